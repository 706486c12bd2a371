/** Which neurons promote a word: a field, and what was found, to go there. */
import { keepParts, make, setNote, setText } from "../lib/dom.js";
import { neurons as strings } from "../strings.js";
import { wordField } from "../words/field.js";
import { SIDES, nameOf } from "./state.js";

/** @typedef {import("./search.js").Hit} Hit */

const MOST_HITS = 12;

/**
 * @param {object} actions
 * @param {(typed: string) => void} actions.onTyped
 * @param {(beginning: string, k: number) => string[]} actions.complete
 * @param {(hit: Hit) => void} actions.onHit
 */
export function finder({ onTyped, complete, onHit }) {
  const field = wordField({ label: strings.search, onTyped, complete });
  const heading = make("p", { class: "lv-note", role: "status" });
  const list = make("ul", { class: "lv-neuron-hits" });
  /** @type {ReturnType<typeof makeHit>[]} */
  const parts = [];
  return {
    element: make("div", { class: "lv-neuron-finder" }, field.element, heading, list),
    /**
     * @param {string} typed
     * @param {{ hits: Hit[], heading: string, wrong: { message: string, suggestions: string[] } | null }} found
     * @param {{ layer: number, number: number, side: 0 | 1 }} now what is shown
     */
    update(typed, { hits, heading: text, wrong }, now) {
      field.update(typed, wrong && { ...wrong, typed });
      setNote(heading, text);
      const shown = hits.slice(0, MOST_HITS);
      for (const [i, part] of keepParts(list, parts, shown.length, () => makeHit(onHit)).entries()) part.update(shown[i], now);
    },
  };
}

/** @param {(hit: Hit) => void} onHit */
function makeHit(onHit) {
  const button = make("button", { type: "button", class: "lv-button" });
  /** @type {Hit | null} */
  let held = null;
  button.addEventListener("click", () => held && onHit(held));
  return {
    element: make("li", {}, button),
    /**
     * @param {Hit} hit
     * @param {{ layer: number, number: number, side: 0 | 1 }} now
     */
    update(hit, now) {
      held = hit;
      setText(button, strings.hit(nameOf(hit.layer, hit.neuron), hit.side, hit.push));
      button.setAttribute("aria-pressed", String(hit.layer === now.layer && hit.neuron === now.number && hit.side === SIDES[now.side]));
    },
  };
}
