/** Which word, which model, where the cue stands, and the layer. */
import { freshId, make, setNote } from "../lib/dom.js";
import { evenScale, slider } from "../lib/slider.js";
import { senseMap as strings } from "../strings.js";

/** @typedef {import("./state.js").Traits} Traits */
/** @typedef {import("./state.js").Picture} Picture */
/** @typedef {import("./data.js").Packed} Packed */

const KINDS = /** @type {const} */ (["homonym", "polyseme", "one sense", ""]);
const OWN = "own"; // the list's value for the reader's own word: an empty one would be no choice

/**
 * @param {object} actions
 * @param {(changes: Partial<Traits>) => void} actions.onChange
 * @param {(sentence: string) => void} actions.onInvalid
 */
export function choosers({ onChange, onInvalid }) {
  const word = makeWords((chosen) => onChange({ word: chosen }));
  const model = radios(strings.model, (name) => onChange({ model: name }));
  const cue = radios(strings.cue, (value) => onChange({ cue: /** @type {import("./data.js").Cue} */ (value) }));
  const note = make("p", { class: "lv-note" }, strings.noCue);
  cue.element.append(note);
  const place = make("div", { class: "lv-senses-layer" });
  let last = -1;
  /** @type {ReturnType<typeof slider>} */
  let layer;

  /** @param {number} layers */
  const offer = (layers) => {
    last = layers;
    layer = slider({
      label: strings.layer,
      scale: evenScale(-1, layers - 1, 1),
      bounds: [-1, layers - 1, 1],
      mark: (value) => strings.layerMark(value, layers),
      onChange: (value) => onChange({ layer: Math.round(value) }),
      onInvalid,
    });
    place.replaceChildren(layer.element);
  };
  return {
    element: make("div", { class: "lv-senses-choices" }, word.element, model.element, cue.element),
    layer: place,
    /**
     * @param {Traits} state
     * @param {Picture} picture
     */
    update(state, picture) {
      if (last !== picture.model.layers) offer(picture.model.layers);
      layer.update(picture.depth - 1);
      word.update(state);
      const { models } = picture.senses;
      model.update(models.map(({ name, causal }) => ({ value: name, texts: strings.looks(causal, name) })), picture.model.name);
      const both = Boolean(picture.word.cues.before && picture.word.cues.after);
      cue.update(Object.entries(strings.cues).map(([value, text]) => ({ value, texts: [text], off: !both && value === "after" })), picture.cue);
      setNote(note, both ? "" : strings.noCue);
    },
  };
}

/** @param {(word: string) => void} onChoose */
function makeWords(onChoose) {
  const id = freshId();
  const select = make("select", { id });
  select.addEventListener("change", () => onChoose(select.value === OWN ? "" : select.value));
  let offered = "";
  return {
    element: make("div", { class: "lv-senses-word" }, make("label", { for: id }, strings.word), select),
    /** @param {Traits} state */
    update({ study, own, word }) {
      const words = [...study.words, ...own.words.map((each) => ({ ...each, kind: /** @type {const} */ ("") }))];
      const names = JSON.stringify(words.map((each) => [each.word, each.kind, each.senses]));
      if (offered !== names) {
        offered = names;
        const isOwn = (/** @type {import("./data.js").Word} */ each) => words.indexOf(each) >= study.words.length;
        const option = (/** @type {import("./data.js").Word} */ each) =>
          make("option", { value: isOwn(each) ? OWN : each.word }, strings.option(each.word, each.senses));
        const groups = KINDS.map((kind) => ({ kind, held: words.filter((each) => each.kind === kind) })).filter(({ held }) => held.length);
        select.replaceChildren(...groups.map(({ kind, held }) => make("optgroup", { label: strings.kinds[kind] }, ...held.map(option))));
      }
      select.value = word || OWN;
    },
  };
}

/**
 * One of a few, all of them seen.
 * @param {string} legend
 * @param {(value: string) => void} onChoose
 */
function radios(legend, onChoose) {
  const group = freshId();
  const buttons = make("div", { class: "lv-senses-radios" });
  const element = make("fieldset", { class: "lv-senses-set" }, make("legend", {}, legend), buttons);
  /** @type {HTMLInputElement[]} */
  let inputs = [];
  let offered = "";
  return {
    element,
    /**
     * @param {{ value: string, texts: string[], off?: boolean }[]} options text, and what is written small beside it
     * @param {string} chosen
     */
    update(options, chosen) {
      if (offered !== JSON.stringify(options)) {
        offered = JSON.stringify(options);
        inputs = options.map(({ value, off = false }) => make("input", { type: "radio", name: group, value, disabled: off }));
        for (const input of inputs) input.addEventListener("change", () => onChoose(input.value));
        buttons.replaceChildren(
          ...options.map(({ texts: [text, small] }, i) => make("label", {}, inputs[i], make("span", {}, text, ...(small ? [make("span", { class: "lv-note" }, small)] : [])))),
        );
      }
      for (const input of inputs) input.checked = input.value === chosen;
    },
  };
}
