/** The parts without which a measure moves most, each a button that switches it. */
import { freshId, keepParts, make, setText } from "../lib/dom.js";
import { switches as strings } from "../strings.js";
import { isOff } from "./parts.js";

/** @typedef {import("./parts.js").Part} Part */
/** @typedef {import("./file.js").Measure} Measure */

const MOST = 8;

/** @param {(part: Part) => void} onToggle */
export function ranking(onToggle) {
  const title = make("p", { class: "lv-heading", id: freshId() });
  const list = make("ol", { class: "lv-switch-ranking", "aria-labelledby": title.id });
  const element = make("div", {}, title, list);
  /** @type {ReturnType<typeof makeRow>[]} */
  const rows = [];
  return {
    element,
    /**
     * @param {import("./state.js").Seen} seen
     * @param {Measure} measure
     */
    update({ tried, columns, parts }, measure) {
      const best = rank(columns.flat(), (name) => tried.change(name, measure));
      element.hidden = !best.length;
      setText(title, strings.ranking(measure));
      const most = Math.max(...best.map(({ change }) => Math.abs(change))) || 1;
      for (const [i, row] of keepParts(list, rows, best.length, makeRow).entries()) row.update(best[i], most, measure, isOff(parts, best[i].part));
    },
  };

  function makeRow() {
    const name = make("button", { type: "button", class: "lv-switch-ranked" });
    const bar = make("span", { class: "lv-switch-signed" });
    const value = make("span", { class: "lv-switch-value" });
    /** @type {Part | null} */
    let shown = null;
    name.addEventListener("click", () => shown && onToggle(shown));
    return {
      element: make("li", {}, name, make("span", { class: "lv-switch-axis", "aria-hidden": "true" }, bar), value),
      /**
       * @param {{ part: Part, change: number }} ranked
       * @param {number} most
       * @param {Measure} measure
       * @param {boolean} off
       */
      update({ part, change }, most, measure, off) {
        shown = part;
        setText(name, part.name);
        name.setAttribute("aria-label", strings.toggle(part.name, strings.effect(change, measure)));
        name.setAttribute("aria-pressed", String(off));
        const length = (50 * Math.abs(change)) / most;
        bar.classList.toggle("lv-switch-missed", measure === "loss" ? change > 0 : change < 0);
        bar.style.width = `${length}%`;
        bar.style.left = `${change < 0 ? 50 - length : 50}%`;
        setText(value, strings.signed(change));
      },
    };
  }
}

/**
 * @param {Part[]} parts
 * @param {(name: string) => number | null} changeOf
 * @returns {{ part: Part, change: number }[]} furthest first, without those that were not tried
 */
export function rank(parts, changeOf) {
  return parts
    .map((part) => ({ part, change: changeOf(part.name) ?? NaN }))
    .filter(({ change }) => !Number.isNaN(change))
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
    .slice(0, MOST);
}
