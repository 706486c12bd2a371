/** What one cell holds: its likeliest tokens as bars, how sure it is, how far from the final word. */
import { makeChip, rove, setChip } from "../lib/chips.js";
import { freshId, keepParts, make, setText } from "../lib/dom.js";
import { probabilityText } from "../format.js";
import { logitLens as strings } from "../strings.js";
import { layerOf } from "./state.js";

/** @typedef {import("./file.js").Lens} Lens */
/** @typedef {import("./grid.js").Naming} Naming */

export function cellDetail() {
  const [before, after] = [make("span"), make("span")];
  const token = make("span", { class: "lv-chip" });
  const title = make("p", { class: "lv-heading", id: freshId() }, before, token, after);
  const list = make("ol", { class: "lv-lens-bars", "aria-labelledby": title.id });
  const note = make("p", { class: "lv-note" });
  const figures = Array.from({ length: 2 }, makeFigure);
  const chips = rove(list);
  /** @type {ReturnType<typeof makeBar>[]} */
  const parts = [];
  return {
    element: make("div", { class: "lv-lens-cell" }, title, note, list, make("dl", { class: "lv-lens-figures" }, ...figures.map(({ element }) => element))),
    /**
     * @param {Lens} lens
     * @param {{ row: number, column: number }} place
     * @param {Naming} name
     */
    update(lens, { row, column }, name) {
      const layer = layerOf(row, lens.halves);
      const words = strings.chosen(layer, lens.tokens[column]);
      setText(before, words[0]);
      setText(token, words[1]);
      token.dataset.token = String(lens.ids[column]);
      setText(after, words[2]);
      const best = lens.best(row, column);
      const bars = keepParts(list, parts, best.length, makeBar);
      for (const [i, { id, probability }] of best.entries()) {
        setChip(bars[i].chip, id, name(id));
        bars[i].bar.style.width = `${100 * probability}%`;
        setText(bars[i].value, probabilityText(probability));
      }
      chips.refresh();
      setText(note, strings.bars(best.length));
      const entropy = lens.entropy(row, column);
      figures[0].update(strings.entropy, strings.bits(entropy), strings.entropyNote(2 ** entropy));
      figures[1].update(strings.divergence, strings.bits(lens.divergence(row, column)), strings.divergenceNote(row === lens.rows - 1));
    },
  };
}

function makeBar() {
  const chip = makeChip();
  const bar = make("span", { class: "lv-lens-bar" });
  const value = make("span", { class: "lv-lens-value" });
  return { chip, bar, value, element: make("li", {}, chip, make("span", { class: "lv-lens-track", "aria-hidden": "true" }, bar), value) };
}

function makeFigure() {
  const [name, value, note] = [make("dt"), make("dd", { class: "lv-lens-figure" }), make("dd", { class: "lv-note" })];
  return {
    element: make("div", {}, name, value, note),
    /** @param {string[]} texts */
    update(...texts) {
      for (const [i, part] of [name, value, note].entries()) setText(part, texts[i]);
    },
  };
}
