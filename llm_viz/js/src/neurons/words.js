/** What a neuron writes: the words that it makes likelier and less likely, as bars. */
import { keepParts, make, setNote, setText } from "../lib/dom.js";
import { neurons as strings } from "../strings.js";
import { SIDES } from "./state.js";

/** @typedef {import("./file.js").Push} Push */

export function wordBars() {
  const title = make("p", { class: "lv-heading" }, strings.words);
  const note = make("p", { class: "lv-note" });
  const [promoted, suppressed] = /** @type {const} */ (["promoted", "suppressed"]).map(barList);
  return {
    element: make("div", { class: "lv-neuron-writes" }, title, note, promoted.element, suppressed.element),
    /**
     * @param {import("./file.js").Side} side
     * @param {0 | 1} place of the side
     */
    update(side, place) {
      const most = Math.max(...[...side.promoted, ...side.suppressed].map(({ push }) => Math.abs(push)), 0) || 1;
      setText(note, strings.wordsNote(SIDES[place]));
      promoted.update(side.promoted, most);
      suppressed.update(side.suppressed, most);
    },
  };
}

/** @param {"promoted" | "suppressed"} kind */
function barList(kind) {
  const list = make("ol", { class: `lv-neuron-bars lv-neuron-bars-${kind}`, "aria-label": strings[kind] });
  const none = make("p", { class: "lv-note" });
  /** @type {ReturnType<typeof makeBar>[]} */
  const parts = [];
  return {
    element: make("div", {}, make("p", { class: "lv-neuron-kind" }, strings[kind]), none, list),
    /**
     * @param {Push[]} words
     * @param {number} most the length of a whole bar
     */
    update(words, most) {
      for (const [i, part] of keepParts(list, parts, words.length, makeBar).entries()) part.update(words[i], most);
      setNote(none, words.length ? "" : strings.noWords);
    },
  };
}

function makeBar() {
  const chip = make("span", { class: "lv-chip" });
  const bar = make("span", { class: "lv-neuron-bar" });
  const value = make("span", { class: "lv-neuron-push" });
  return {
    element: make("li", {}, chip, make("span", { class: "lv-neuron-track", "aria-hidden": "true" }, bar), value),
    /**
     * @param {Push} word
     * @param {number} most
     */
    update({ word, push }, most) {
      setText(chip, word);
      bar.style.width = `${((100 * Math.abs(push)) / most).toFixed(1)}%`;
      setText(value, strings.push(push));
    },
  };
}
