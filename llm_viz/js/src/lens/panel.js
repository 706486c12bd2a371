/** One text: what the chosen layer says of it, its grid, and below what the chosen cell holds. */
import { make, setText } from "../lib/dom.js";
import { cellDetail } from "./cell.js";
import { lensGrid } from "./grid.js";
import { pathPicture } from "./paths.js";
import { rowReading } from "./reading.js";

/** @typedef {import("./file.js").Lens} Lens */

/** @param {(row: number, column: number) => void} onMove */
export function lensPanel(onMove) {
  const title = make("p", { class: "lv-lens-text" });
  const reading = rowReading();
  const grid = lensGrid(onMove);
  const cell = cellDetail();
  const paths = pathPicture();
  return {
    element: make("div", { class: "lv-lens-panel" }, title, reading.element, grid.element, make("div", { class: "lv-lens-below" }, cell.element, paths.element)),
    close: paths.close,
    /**
     * @param {Lens} lens
     * @param {{ row: number, column: number }} place
     * @param {import("./grid.js").Naming} name
     */
    update(lens, place, name) {
      setText(title, lens.text);
      reading.update(lens, place.row, name);
      grid.update(lens, place, name);
      cell.update(lens, place, name);
      paths.update(lens, place, name);
    },
  };
}
