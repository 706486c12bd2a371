/** Which texts are looked at, and at which layer. */
import { freshId, make } from "../lib/dom.js";
import { evenScale, slider } from "../lib/slider.js";
import { logitLens as strings } from "../strings.js";

/** @typedef {import("./state.js").Traits} Traits */

const OPTION_LENGTH = 40;

/** @param {(changes: Partial<Traits>) => void} onChange */
export function textChoosers(onChange) {
  const first = chooser(strings.text, (value) => onChange({ prompt: Number(value), position: -1 }));
  const second = chooser(strings.beside, (value) => onChange({ beside: value === "" ? null : Number(value), position_beside: -1 }));
  return {
    element: make("div", { class: "lv-lens-choosers" }, first.element, second.element),
    /** @param {Traits} state */
    update({ traces, labels, text, own, prompt, beside }) {
      const texts = traces.map((_, i) => [String(i), labels[i] ?? String(i + 1)]);
      const owns = own.byteLength ? [["-1", strings.ownOption([...text].slice(0, OPTION_LENGTH).join(""))]] : [];
      first.update([...texts, ...owns], String(prompt));
      second.update([["", strings.noOther], ...texts], beside === null ? "" : String(beside));
      first.element.hidden = texts.length + owns.length < 2;
      second.element.hidden = texts.length + owns.length < 2;
    },
  };
}

/**
 * @param {string} label
 * @param {(value: string) => void} onChoose
 */
function chooser(label, onChoose) {
  const id = freshId();
  const select = make("select", { id });
  select.addEventListener("change", () => onChoose(select.value));
  let offered = "";
  return {
    element: make("div", { class: "lv-lens-chooser" }, make("label", { for: id }, label), select),
    /**
     * @param {string[][]} options value and label of each
     * @param {string} chosen
     */
    update(options, chosen) {
      if (offered !== JSON.stringify(options)) {
        offered = JSON.stringify(options);
        select.replaceChildren(...options.map(([value, name]) => make("option", { value }, name)));
      }
      select.value = chosen;
    },
  };
}

/**
 * @param {{ layers: number, halves: boolean, onChange: (layer: number) => void, onInvalid: (sentence: string) => void }} options
 */
export function layerSlider({ layers, halves, onChange, onInvalid }) {
  const step = halves ? 0.5 : 1;
  return slider({
    label: strings.layer,
    scale: evenScale(-1, layers - 1, step),
    bounds: [-1, layers - 1, step],
    mark: (layer) => strings.layerMark(layer, layers),
    onChange: (layer) => (Number.isInteger(layer / step) ? onChange(layer) : onInvalid(strings.badLayer(layer, layers, halves))),
    onInvalid,
  });
}
