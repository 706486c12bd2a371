/**
 * The grid: a row for each layer, the embedding at the bottom, a column for each position, and in
 * each cell the token that would come next, shaded by its probability. It is one tab stop; arrow
 * keys move in it. A moved slider changes classes only: cells are filled when the text changes.
 */
import { probabilityText } from "../format.js";
import { freshId, keepParts, make, setText } from "../lib/dom.js";
import { gridKeys, selectCell } from "../lib/grid_keys.js";
import { logitLens as strings } from "../strings.js";
import { layerOf } from "./state.js";

/** @typedef {import("./file.js").Lens} Lens */
/** @typedef {(id: number) => string} Naming how a token is shown */


/** @param {(row: number, column: number) => void} onMove */
export function lensGrid(onMove) {
  const help = make("span", { class: "lv-spoken", id: freshId() }, strings.gridHelp);
  const body = make("div", { class: "lv-lens-body", role: "rowgroup" });
  const foot = make("div", { class: "lv-lens-row lv-lens-foot", role: "row" }, make("span", { class: "lv-lens-head", role: "columnheader" }, strings.corner));
  const grid = make("div", { class: "lv-lens-grid", role: "grid", "aria-describedby": help.id }, body, make("div", { role: "rowgroup" }, foot));
  const element = make("div", { class: "lv-lens-scroll" }, grid, help);
  /** @type {ReturnType<typeof makeRow>[]} from the top */
  const parts = [];
  /** @type {{ element: HTMLElement }[]} */
  const heads = [];
  /** @type {ReturnType<typeof makeRow>[]} in the document, from the embedding */
  let rows = [];
  /** @type {Lens | null} */
  let drawn = null;
  /** @type {Naming | null} */
  let named = null;
  /** @type {{ row: number, column: number }} */
  let at = { row: -1, column: -1 };

  gridKeys(grid, { cells: ".lv-lens-guess", now: () => drawn && { ...at, rows: drawn.rows, columns: drawn.columns }, move });

  return {
    element,
    /**
     * @param {Lens} lens
     * @param {{ row: number, column: number }} place
     * @param {Naming} name another function once more names are known
     */
    update(lens, place, name) {
      const fresh = lens !== drawn;
      if (fresh || name !== named) fill(lens, name);
      if (fresh || place.row !== at.row || place.column !== at.column) mark(place);
      if (fresh) element.scrollLeft = element.scrollWidth; // the last column holds the answer
    },
  };

  /**
   * @param {number} row
   * @param {number} column
   */
  function move(row, column) {
    onMove(row, column);
    rows[at.row]?.cells[at.column]?.element.focus();
  }

  /**
   * @param {Lens} lens
   * @param {Naming} name
   */
  function fill(lens, name) {
    if (lens !== drawn) unmark();
    [drawn, named] = [lens, name];
    grid.setAttribute("aria-label", strings.grid(lens.text));
    grid.style.setProperty("--columns", String(lens.columns));
    rows = keepParts(body, parts, lens.rows, makeRow).reverse();
    for (const [row, part] of rows.entries()) part.fill(lens, row, name);
    const chips = keepParts(foot, heads, lens.columns, makeHead);
    for (const [column, { element: head }] of chips.entries()) {
      const chip = /** @type {HTMLElement} */ (head.firstChild);
      chip.dataset.token = String(lens.ids[column]);
      setText(chip, lens.tokens[column]);
    }
  }

  /** @param {{ row: number, column: number }} place */
  function mark(place) {
    unmark();
    at = place;
    rows[at.row].element.classList.add("lv-lens-row-now");
    heads[at.column].element.classList.add("lv-lens-column-now");
    selectCell(rows[at.row].cells[at.column].element, true);
  }

  function unmark() {
    if (at.row < 0) return;
    rows[at.row].element.classList.remove("lv-lens-row-now");
    heads[at.column].element.classList.remove("lv-lens-column-now");
    selectCell(rows[at.row].cells[at.column].element, false);
    at = { row: -1, column: -1 };
  }
}

function makeRow() {
  const head = make("span", { class: "lv-lens-head", role: "rowheader" });
  const element = make("div", { class: "lv-lens-row", role: "row" }, head);
  /** @type {{ element: HTMLElement }[]} */
  const parts = [];
  const row = {
    element,
    /** @type {{ element: HTMLElement }[]} */
    cells: [],
    /**
     * @param {Lens} lens
     * @param {number} at
     * @param {Naming} name
     */
    fill(lens, at, name) {
      const layer = layerOf(at, lens.halves);
      setText(head, strings.shortRow(layer));
      head.setAttribute("aria-label", strings.rowName(layer));
      element.classList.toggle("lv-lens-half", !Number.isInteger(layer));
      row.cells = keepParts(element, parts, lens.columns, makeCell);
      for (const [column, { element: cell }] of row.cells.entries()) {
        const [{ id, probability }] = lens.best(at, column, 1);
        const top = name(id);
        setText(cell, top);
        cell.dataset.row = String(at);
        cell.dataset.column = String(column);
        cell.style.setProperty("--share", `${(100 * probability).toFixed(1)}%`);
        cell.setAttribute("aria-label", strings.cell({ layer, after: lens.tokens[column], top, p: probabilityText(probability) }));
      }
    },
  };
  return row;
}

function makeCell() {
  return { element: make("span", { class: "lv-lens-guess", role: "gridcell", "aria-selected": "false", tabindex: -1 }) };
}

function makeHead() {
  return { element: make("span", { class: "lv-lens-token", role: "columnheader" }, make("span", { class: "lv-chip" })) };
}
