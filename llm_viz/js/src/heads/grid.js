/**
 * Every head as a small picture of the text's own pattern, in a frame that tells its score. All
 * pictures are on one canvas; over it lies a grid of cells, one tab stop, in which arrow keys move.
 */
import { freshId, keepParts, make, setText } from "../lib/dom.js";
import { attentionHeads as strings } from "../strings.js";
import { dots, inksOf, sharpen } from "./canvas.js";
import { nameOf, sorted } from "./state.js";

/** @typedef {import("./file.js").Heads} Heads */
/** @typedef {import("./state.js").Traits} Traits */
/** @typedef {import("./state.js").Choice} Choice */

const WIDTH = 330; // pixels that a row should take
const [SMALLEST, LARGEST] = [16, 30]; // of a cell
const FRAME = 3; // pixels around a picture

/**
 * @param {object} actions
 * @param {(place: number) => void} actions.onMove
 * @param {(place: number) => void} actions.onPress by pointer, Enter or Space
 */
export function headGrid({ onMove, onPress }) {
  const title = make("p", { class: "lv-heading", id: freshId() });
  const canvas = make("canvas", { "aria-hidden": "true" });
  const body = make("div", { role: "rowgroup" });
  const foot = make("div", { "aria-hidden": "true" });
  const grid = make("div", { class: "lv-heads-grid", role: "grid", "aria-labelledby": title.id, "aria-multiselectable": "true" }, canvas, body);
  const scroller = make("div", { class: "lv-heads-scroll" }, grid, foot);
  const told = make("p", { class: "lv-heads-told" });
  const note = make("p", { class: "lv-note" });
  /** @type {ReturnType<typeof makeRow>[]} */
  const rows = [];
  const column = makeRow();
  foot.append(column.element);
  /** @type {HTMLElement[]} by rank */
  let cells = [];
  /** @type {number[]} places by rank: row by row from the top */
  let places = [];
  /** @type {{ file: Heads, state: Traits, choice: Choice } | null} */
  let now = null;
  let drawn = ""; // what the canvas shows
  let filled = ""; // what the cells say
  /** @type {Heads | null} */
  let shown = null;

  const rankOf = (/** @type {Event} */ event) => cells.indexOf(/** @type {HTMLElement} */ (event.target));
  grid.addEventListener("click", (event) => {
    const rank = rankOf(event);
    if (rank >= 0) onPress(places[rank]);
  });
  grid.addEventListener("pointerover", (event) => tell(rankOf(event)));
  grid.addEventListener("pointerleave", () => tell(-1));
  grid.addEventListener("keydown", (event) => {
    const rank = rankOf(event);
    const to = target(event.key, rank);
    if (rank < 0 || to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (to === rank) return event.key.startsWith("A") ? undefined : onPress(places[rank]);
    const place = places[to];
    onMove(place);
    cells[to].focus();
  });

  /**
   * Where a key leads: nowhere beyond the edges; Enter and Space stay.
   * @param {string} key
   * @param {number} rank
   */
  function target(key, rank) {
    const heads = now?.file.heads ?? 1;
    const step = { ArrowUp: -heads, ArrowDown: heads, ArrowLeft: -1, ArrowRight: 1, Home: -rank, End: places.length - 1 - rank, Enter: 0, " ": 0 }[key];
    if (step === undefined) return undefined;
    return places[rank + step] === undefined ? rank : rank + step;
  }

  return {
    element: make("div", { class: "lv-heads-all" }, title, scroller, told, note),
    /**
     * @param {Heads} file
     * @param {Traits} state
     * @param {Choice} choice
     */
    update(file, state, choice) {
      now = { file, state, choice };
      const look = [state.score, state.order].join();
      const fresh = file !== shown;
      if (fresh || look !== filled) {
        [shown, filled, drawn] = [file, look, ""];
        fill(file, state);
      }
      draw();
      mark(choice);
      if (fresh) scroller.scrollTop = cells[places.indexOf(choice.place)].offsetTop - scroller.clientHeight / 2;
    },
    /** Draw the canvas again, though nothing changed. */
    redraw() {
      drawn = "";
      draw();
    },
  };

  /** @param {Heads} file @param {Traits} state */
  function fill(file, { score: name, order }) {
    const { layers, heads } = file;
    const scores = /** @type {Float32Array} */ (file.scores.get(name));
    places = sorted(order, scores, heads);
    scroller.style.setProperty("--pitch", `${pitchOf(heads)}px`);
    scroller.style.setProperty("--heads", String(heads));
    setText(title, strings.grid(layers, heads));
    const finite = scores.filter((x) => !Number.isNaN(x));
    setText(note, finite.length ? strings.gridNote(file.block) : strings.noScore(name));
    const most = Math.max(...finite, 1e-9);
    const byLayer = order === "layer";
    cells = keepParts(body, rows, layers, makeRow).flatMap((row, i) => {
      const number = byLayer ? layers - 1 - i : i * heads + 1;
      return row.fill(String(number), strings.rowLabel(byLayer, number), heads);
    });
    for (const [rank, cell] of cells.entries()) {
      const value = scores[places[rank]];
      cell.setAttribute("aria-label", strings.cell(nameOf(places[rank], heads), name, value));
      cell.style.setProperty("--score", `${Math.round(100 * Math.min(1, (value || 0) / most))}%`);
    }
    for (const [head, cell] of column.fill(strings.corner, "", heads).entries()) setText(cell, String(head));
    foot.hidden = !byLayer;
  }

  function draw() {
    if (!now) return;
    const { file: { heads, layers, side, small }, state: { mask_first: masked } } = now;
    if (String(masked) === drawn) return;
    drawn = String(masked);
    const pitch = pitchOf(heads);
    const size = pitch - 2 * FRAME;
    const context = sharpen(canvas, heads * pitch, layers * pitch);
    const inks = inksOf(canvas);
    const at = (/** @type {number} */ rank) => [rank % heads, Math.floor(rank / heads)];
    const sheet = new Uint8Array(places.length * side * side); // all pictures, edge to edge
    for (const [rank, place] of places.entries()) {
      const [column, row] = at(rank);
      const codes = small(place, masked);
      for (let i = 0; i < side; i++) sheet.set(codes.subarray(i * side, (i + 1) * side), ((row * side + i) * heads + column) * side);
    }
    const image = dots(sheet, heads * side, inks.attend);
    context.fillStyle = inks.paper;
    context.imageSmoothingEnabled = side > size * devicePixelRatio; // else small cells would be dropped
    for (const rank of places.keys()) {
      const [column, row] = at(rank);
      const [x, y] = [column * pitch + FRAME, row * pitch + FRAME];
      context.fillRect(x, y, size, size);
      context.drawImage(image, column * side, row * side, side, side, x, y, size, size);
    }
  }

  /** @param {Choice} choice */
  function mark({ place, shown: chosen }) {
    for (const [rank, cell] of cells.entries()) {
      const picked = String(chosen.includes(places[rank]));
      if (cell.getAttribute("aria-selected") !== picked) cell.setAttribute("aria-selected", picked);
      cell.tabIndex = places[rank] === place ? 0 : -1;
    }
    tell(-1);
  }

  /** @param {number} rank of the cell under the pointer; -1 = the chosen one */
  function tell(rank) {
    const cell = cells[rank < 0 && now ? places.indexOf(now.choice.place) : rank];
    if (cell) setText(told, cell.getAttribute("aria-label") ?? "");
  }
}

/** @param {number} heads */
const pitchOf = (heads) => Math.max(SMALLEST, Math.min(LARGEST, Math.floor(WIDTH / heads)));

function makeRow() {
  const head = make("span", { class: "lv-heads-name", role: "rowheader" });
  const element = make("div", { class: "lv-heads-row", role: "row" }, head);
  /** @type {{ element: HTMLElement }[]} */
  const parts = [];
  const makeCell = () => ({ element: make("span", { class: "lv-heads-cell", role: "gridcell", tabindex: -1 }) });
  return {
    element,
    /**
     * @param {string} name
     * @param {string} label for those who listen
     * @param {number} count of cells
     */
    fill(name, label, count) {
      setText(head, name);
      head.setAttribute("aria-label", label);
      return keepParts(element, parts, count, makeCell).map(({ element: cell }) => cell);
    },
  };
}
