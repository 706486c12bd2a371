/** What the reader can turn: the draws, and temperature and the three cuts as sliders. */
import { evenScale, listScale, slider } from "../lib/slider.js";
import { freshId, make, setText } from "../lib/dom.js";
import { nextToken as strings } from "../strings.js";
import { LARGEST_SEED, MOST_DRAWS } from "./state.js";

/** @typedef {import("./state.js").Traits} Traits */

const MANY = 200;
const TOP_K = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100,
  120, 150, 200, 250, 300, 400, 500, 600, 800, 1000,
];
const MIN_P = [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/**
 * @param {object} actions
 * @param {(changes: Partial<Traits>) => void} actions.onChange
 * @param {(sentence: string) => void} actions.onInvalid
 */
export function controlPanel({ onChange, onInvalid }) {
  /**
   * @param {"temperature" | "top_k" | "top_p" | "min_p"} name of the trait
   * @param {Omit<import("../lib/slider.js").Options, "onChange" | "onInvalid">} options
   */
  const knob = (name, options) => {
    const { element, update } = slider({ ...options, onChange: (value) => onChange({ [name]: value }), onInvalid });
    return { element, update: (/** @type {Traits} */ state) => update(state[name]) };
  };
  const topP = evenScale(0.01, 1, 0.01);
  const knobs = [
    knob("temperature", {
      label: strings.temperature,
      scale: evenScale(0, 5, 0.05),
      bounds: [0, 5, 0.05],
      mark: strings.temperatureMark,
    }),
    knob("top_k", {
      label: strings.topK,
      scale: listScale([...TOP_K, Infinity]),
      bounds: [1, 1_000_000, 1],
      off: { position: TOP_K.length, first: 40, text: strings.all },
      mark: strings.topKMark,
    }),
    knob("top_p", {
      label: strings.topP,
      scale: topP,
      bounds: [0.01, 1, 0.01],
      off: { position: topP.last, first: 0.9, text: strings.all },
      mark: strings.topPMark,
    }),
    knob("min_p", {
      label: strings.minP,
      scale: listScale(MIN_P),
      bounds: [0, 1, 0.01],
      off: { position: 0, first: 0.05, text: strings.all },
      mark: strings.minPMark,
    }),
  ];
  const draws = makeDraws(onChange, onInvalid);

  const parts = knobs.map(({ element }) => element);
  const element = make(
    "div",
    { class: "lv-controls" },
    draws.element,
    make("div", { role: "group", "aria-label": strings.sampling, class: "lv-sliders" }, ...parts),
  );
  return {
    element,
    /**
     * @param {Traits} state
     * @param {string} last the token drawn last, as shown
     */
    update(state, last) {
      for (const { update } of knobs) update(state);
      draws.update(state, last);
    },
  };
}

/**
 * @param {(changes: Partial<Traits>) => void} onChange
 * @param {(sentence: string) => void} onInvalid
 */
function makeDraws(onChange, onInvalid) {
  let now = { draws: 0, seed: 0 };
  const button = (/** @type {string} */ text, /** @type {number} */ more) => {
    const element = make("button", { type: "button", class: "lv-button" }, text);
    element.addEventListener("click", () => onChange({ draws: more ? now.draws + more : 0 }));
    return element;
  };
  const one = button(strings.drawOne, 1);
  const many = button(strings.drawMany(MANY), MANY);
  const clear = button(strings.clear, 0);
  const seedId = freshId();
  const seed = make("input", { type: "number", id: seedId, min: 0, max: LARGEST_SEED, step: 1 });
  seed.addEventListener("input", () => {
    const value = seed.valueAsNumber;
    if (Number.isNaN(value)) return; // half typed
    if (Number.isInteger(value) && value >= 0 && value <= LARGEST_SEED) onChange({ seed: value });
    else onInvalid(strings.badWhole("seed", seed.value, 0, LARGEST_SEED));
  });
  seed.addEventListener("change", () => {
    seed.value = String(now.seed);
  });
  const note = make("p", { class: "lv-note" });
  const element = make("div", { role: "group", "aria-label": strings.drawing, class: "lv-draw" });
  element.append(one, many, clear, make("label", { for: seedId }, strings.seed), seed, note);
  return {
    element,
    /**
     * @param {Traits} state
     * @param {string} last
     */
    update(state, last) {
      now = state;
      one.disabled = state.draws + 1 > MOST_DRAWS;
      many.disabled = state.draws + MANY > MOST_DRAWS;
      clear.disabled = state.draws === 0;
      if (seed.valueAsNumber !== state.seed) seed.value = String(state.seed);
      if (many.disabled) setText(note, strings.enough(state.draws));
      else setText(note, state.draws ? strings.draws(state.draws, last) : strings.noDraws);
    },
  };
}
