/**
 * The map: a row for each layer, the first at the bottom, a column for each token; a cell is the
 * darker the more of the answer comes back. It is one tab stop; arrow keys move in it. A moved slider
 * changes classes only: colours are set when the text or the kind changes.
 */
import { probabilityText } from "../format.js";
import { freshId, keepParts, make, setText } from "../lib/dom.js";
import { gridKeys, selectCell } from "../lib/grid_keys.js";
import { causalTrace as strings } from "../strings.js";

/** @typedef {import("./file.js").Kind} Kind */
/** @typedef {import("./file.js").Traced} Traced */
/** @typedef {import("./state.js").Seen} Seen */

const EVERY = 5; // layers between two that are numbered

/** @param {(layer: number, position: number) => void} onMove */
export function traceGrid(onMove) {
  const help = make("span", { class: "lv-spoken", id: freshId() }, strings.gridHelp);
  const body = make("div", { role: "rowgroup" });
  const foot = make("div", { class: "lv-trace-row lv-trace-foot", role: "row" }, make("span", { class: "lv-trace-head", role: "columnheader" }, strings.corner));
  const grid = make("div", { class: "lv-trace-grid", role: "grid", "aria-describedby": help.id }, body, make("div", { role: "rowgroup" }, foot));
  const element = make("div", { class: "lv-trace-scroll" }, grid, help);
  /** @type {ReturnType<typeof makeRow>[]} from the top */
  const parts = [];
  /** @type {ReturnType<typeof makeHead>[]} */
  const heads = [];
  /** @type {ReturnType<typeof makeRow>[]} in the document, from layer 0 */
  let rows = [];
  /** @type {{ traced: Traced, kind: Kind } | null} */
  let drawn = null;
  let at = { layer: -1, position: -1 };

  gridKeys(grid, {
    cells: ".lv-trace-cell",
    now: () => drawn && { row: at.layer, column: at.position, rows: drawn.traced.layers, columns: drawn.traced.tokens.length },
    move,
  });

  return {
    element,
    /** @param {Seen} seen */
    update({ traced, kind, layer, position }) {
      const fresh = traced !== drawn?.traced;
      if (fresh || kind !== drawn?.kind) fill(traced, kind);
      if (layer !== at.layer || position !== at.position) mark(layer, position);
      if (fresh) element.scrollLeft = element.scrollWidth; // the last column holds the answer
    },
  };

  /**
   * @param {number} layer
   * @param {number} position
   */
  function move(layer, position) {
    onMove(layer, position);
    rows[layer]?.cells[position]?.element.focus();
  }

  /**
   * @param {Traced} traced
   * @param {Kind} kind
   */
  function fill(traced, kind) {
    unmark();
    drawn = { traced, kind };
    grid.setAttribute("aria-label", strings.grid(kind, traced.text));
    grid.style.setProperty("--columns", String(traced.tokens.length));
    rows = keepParts(body, parts, traced.layers, makeRow).reverse();
    for (const [layer, row] of rows.entries()) row.fill(traced, kind, layer);
    const chips = keepParts(foot, heads, traced.tokens.length, makeHead);
    for (const [position, { chip }] of chips.entries()) {
      chip.dataset.token = String(traced.ids[position]);
      setText(chip, traced.tokens[position]);
      chip.classList.toggle("lv-trace-noisy", traced.subject.includes(position));
    }
  }

  /**
   * @param {number} layer
   * @param {number} position
   */
  function mark(layer, position) {
    unmark();
    at = { layer, position };
    rows[layer].element.classList.add("lv-trace-row-now");
    heads[position].element.classList.add("lv-trace-column-now");
    selectCell(rows[layer].cells[position].element, true);
  }

  function unmark() {
    const { layer, position } = at;
    if (layer < 0) return;
    rows[layer]?.element.classList.remove("lv-trace-row-now");
    heads[position]?.element.classList.remove("lv-trace-column-now");
    if (rows[layer]?.cells[position]) selectCell(rows[layer].cells[position].element, false);
    at = { layer: -1, position: -1 };
  }
}

function makeRow() {
  const head = make("span", { class: "lv-trace-head", role: "rowheader" });
  const element = make("div", { class: "lv-trace-row", role: "row" }, head);
  /** @type {{ element: HTMLElement }[]} */
  const parts = [];
  const row = {
    element,
    /** @type {{ element: HTMLElement }[]} */
    cells: [],
    /**
     * @param {Traced} traced
     * @param {Kind} kind
     * @param {number} layer
     */
    fill(traced, kind, layer) {
      setText(head, layer % EVERY && layer !== traced.layers - 1 ? "" : String(layer));
      head.setAttribute("aria-label", strings.layerName(layer));
      row.cells = keepParts(element, parts, traced.tokens.length, makeCell);
      for (const [position, { element: cell }] of row.cells.entries()) {
        const { p } = traced.at(kind, layer, position);
        cell.dataset.row = String(layer);
        cell.dataset.column = String(position);
        cell.style.setProperty("--share", `${Math.min(100, (100 * p) / traced.pClean).toFixed(1)}%`);
        cell.setAttribute("aria-label", strings.cell(layer, traced.tokens[position], probabilityText(p)));
      }
    },
  };
  return row;
}

function makeCell() {
  return { element: make("span", { class: "lv-trace-cell", role: "gridcell", "aria-selected": "false", tabindex: -1 }) };
}

function makeHead() {
  const chip = make("span", { class: "lv-chip" });
  return { element: make("span", { class: "lv-trace-token", role: "columnheader" }, chip), chip };
}
