/** Which neuron is looked at, and which side of it: two sliders, over the chosen neurons or over all. */
import { freshId, make, setNote, setText } from "../lib/dom.js";
import { listScale, slider } from "../lib/slider.js";
import { neurons as strings } from "../strings.js";
import { SIDES } from "./state.js";

/** @typedef {import("./state.js").Seen} Seen */
/** @typedef {import("./state.js").Shape} Shape */
/** @typedef {import("./state.js").SideName} SideName */

/**
 * A slider that is made again when the values that it goes over change.
 * @param {string} label
 * @param {(value: number) => void} onChange
 * @param {(sentence: string) => void} onInvalid
 */
function knob(label, onChange, onInvalid) {
  const element = make("div");
  /** @type {ReturnType<typeof slider> | null} */
  let made = null;
  let over = "";
  let mark = (/** @type {number} */ _value) => "";
  return {
    element,
    /**
     * @param {number[]} values rising
     * @param {number} size numbers below it can be typed in
     * @param {number} value
     * @param {(value: number) => string} says
     */
    update(values, size, value, says) {
      mark = says;
      if (over !== values.join()) {
        over = values.join();
        made = slider({ label, scale: listScale(values), bounds: [0, size - 1, 1], mark: (each) => mark(each), onChange, onInvalid });
        element.replaceChildren(made.element);
      }
      made?.update(value);
    },
  };
}

/**
 * @param {object} actions
 * @param {(layer: number) => void} actions.onLayer
 * @param {(number: number) => void} actions.onNeuron
 * @param {(every: boolean) => void} actions.onEvery
 * @param {(sentence: string) => void} actions.onInvalid
 */
export function neuronKnobs({ onLayer, onNeuron, onEvery, onInvalid }) {
  const layer = knob(strings.layer, onLayer, onInvalid);
  const neuron = knob(strings.neuron, onNeuron, onInvalid);
  const box = make("input", { type: "checkbox" });
  box.addEventListener("change", () => onEvery(box.checked));
  const name = make("span");
  const note = make("p", { class: "lv-note", id: freshId() });
  box.setAttribute("aria-describedby", note.id);
  return {
    element: make("div", { class: "lv-neuron-knobs" }, layer.element, neuron.element, make("div", { class: "lv-neuron-every" }, make("label", { class: "lv-neuron-check" }, box, name), note)),
    /**
     * @param {Seen} seen
     * @param {Shape} shape
     * @param {{ layers: number[], numbers: number[] }} reach
     * @param {boolean} live
     */
    update({ layer: at, number, every, chosen }, shape, { layers, numbers }, live) {
      layer.update(layers, shape.layers, at, () => strings.layerMark(numbers.length, every));
      neuron.update(numbers, shape.neurons, number, (value) => {
        const place = numbers.indexOf(value);
        return place < 0 ? strings.onlyThese : strings.neuronMark(place, numbers.length);
      });
      const all = shape.layers * shape.neurons;
      box.disabled = !live;
      box.checked = every;
      setText(name, strings.every(all));
      setNote(note, live ? "" : strings.everyNeeds(chosen.size, all));
    },
  };
}

/** @param {(side: SideName) => void} onChange */
export function sideChoice(onChange) {
  const group = freshId();
  const choices = SIDES.map((side) => {
    const input = make("input", { type: "radio", name: group, value: side });
    input.addEventListener("change", () => onChange(side));
    const note = make("span", { class: "lv-note" });
    const swatch = make("span", { class: `lv-neuron-swatch lv-neuron-${side}`, "aria-hidden": "true" });
    return { input, note, label: make("label", {}, input, swatch, make("span", {}, strings.sides[side]), note) };
  });
  return {
    element: make("div", { class: "lv-neuron-sides", role: "radiogroup", "aria-label": strings.side }, make("span", {}, strings.side), ...choices.map(({ label }) => label)),
    /**
     * @param {import("./file.js").Neuron} neuron
     * @param {0 | 1} side
     */
    update({ sides }, side) {
      for (const [i, { input, note }] of choices.entries()) {
        input.checked = i === side;
        const { pattern, score } = sides[i];
        setText(note, strings.sideNote(pattern && !Number.isNaN(score) ? strings.holds(score) : strings.noPattern));
      }
    },
  };
}
