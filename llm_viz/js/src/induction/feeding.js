/** What induction heads live on: their score while previous-token heads of the layers below go. */
import { keepParts, make, setText } from "../lib/dom.js";
import { induction as strings } from "../strings.js";

/** @typedef {import("../strings/induction.js").Estimate} Estimate */

export function feeding() {
  const text = make("p");
  const list = make("ol", { class: "lv-fed-rows" });
  /** @type {ReturnType<typeof makeRow>[]} */
  const rows = [];
  const keys = make("ul", { class: "lv-note lv-loss-keys" }, ...["best", "other"].map((by) =>
    make("li", {}, make("span", { class: `lv-fed-key lv-fed-${by}`, "aria-hidden": "true" }), by === "best" ? strings.feedingBest : strings.feedingOther),
  ));
  return {
    element: make("div", { class: "lv-fed" }, make("p", { class: "lv-heading" }, strings.feeding), text, list, keys, make("p", { class: "lv-note" }, strings.feedingLegend)),
    /** @param {import("./figures.js").Figures} figures */
    update({ told, share }) {
      setText(text, strings.feedingText(told.fed));
      for (const [off, row] of keepParts(list, rows, told.feeders.length + 1, makeRow).entries()) {
        row.update(strings.feedingRow(told.feeders.slice(0, off)), share("best", off), off ? share("other", off) : null);
      }
    },
  };
}

function makeRow() {
  const name = make("span", { class: "lv-fed-name" });
  const bars = /** @type {const} */ (["best", "other"]).map((by) => {
    const bar = make("span", { class: `lv-fed-bar lv-fed-${by}`, "aria-hidden": "true" });
    const value = make("span", { class: "lv-fed-value" });
    const words = make("span", { class: "lv-spoken" }, by === "best" ? strings.feedingBest : strings.feedingOther);
    return { bar, value, line: make("span", { class: "lv-fed-line" }, words, make("span", { class: "lv-fed-track", "aria-hidden": "true" }, bar), value) };
  });
  const element = make("li", { class: "lv-fed-row" }, name, ...bars.map(({ line }) => line));
  return {
    element,
    /** @param {string} label @param {Estimate} best @param {Estimate | null} other */
    update(label, best, other) {
      setText(name, label);
      for (const [i, found] of [best, other].entries()) {
        const { bar, value, line } = bars[i];
        line.hidden = !found;
        if (!found) continue;
        bar.style.width = `${100 * Math.max(0, Math.min(1, found.mean))}%`;
        setText(value, strings.share(found));
      }
    },
  };
}
