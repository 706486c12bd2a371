/** A row of the grid as a line of text: what would come next after each token. */
import { makeChip, rove, setChip } from "../lib/chips.js";
import { keepParts, make, setText } from "../lib/dom.js";
import { logitLens as strings } from "../strings.js";
import { layerOf } from "./state.js";

/** @typedef {import("./file.js").Lens} Lens */

export function rowReading() {
  const title = make("span", { class: "lv-note" });
  const chips = make("span", { role: "group" });
  const roving = rove(chips);
  /** @type {{ element: HTMLButtonElement }[]} */
  const parts = [];
  return {
    element: make("div", { class: "lv-lens-reading" }, title, chips),
    /**
     * @param {Lens} lens
     * @param {number} row
     * @param {import("./grid.js").Naming} name
     */
    update(lens, row, name) {
      setText(title, strings.reading(layerOf(row, lens.halves), row === lens.rows - 1));
      const shown = keepParts(chips, parts, lens.columns, () => ({ element: makeChip() }));
      for (const [column, { element }] of shown.entries()) {
        const [{ id }] = lens.best(row, column, 1);
        setChip(element, id, name(id));
      }
      chips.setAttribute("aria-label", strings.readingChips(lens.columns));
      roving.refresh();
    },
  };
}
