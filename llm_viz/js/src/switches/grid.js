/**
 * The grid of switches: a row for each layer, layer 0 at the bottom, a column for each head and, if
 * the author likes, one for whole attention layers and one for FFNs. It is one tab stop; arrow keys
 * move in it. A click changes what it must: colours are set when the text or the measure changes.
 */
import { keepParts, make, setText } from "../lib/dom.js";
import { switches as strings } from "../strings.js";
import { isOff } from "./parts.js";

/** @typedef {import("./parts.js").Part} Part */
/** @typedef {import("./state.js").Seen} Seen */
/** @typedef {import("./file.js").Measure} Measure */
/** @typedef {import("./file.js").Switched} Switched */

const PAGE = 5; // rows that PageUp and PageDown move
const OFF = "×";

/**
 * @param {object} actions
 * @param {(part: Part) => void} actions.onToggle
 * @param {(part: Part | null) => void} actions.onLook a switch is pointed at or focused; null: none
 */
export function switchGrid({ onToggle, onLook }) {
  const body = make("div", { class: "lv-switch-body" });
  const foot = make("div", { class: "lv-switch-row lv-switch-foot", "aria-hidden": "true" }, make("span", { class: "lv-switch-layer" }));
  const element = make("div", { class: "lv-switch-grid", role: "group" }, body, foot);
  /** @type {{ element: HTMLElement, part: Part }[][]} by column and layer */
  let cells = [];
  /** @type {{ tried: Switched, measure: Measure } | null} */
  let drawn = null;
  let shape = "";
  let at = { column: 0, layer: 0 };

  const partOf = (/** @type {Event} */ event) => {
    const cell = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".lv-switch"));
    return cell ? cells[Number(cell.dataset.column)][Number(cell.dataset.layer)] : null;
  };
  element.addEventListener("click", (event) => {
    const found = partOf(event);
    if (!found) return;
    reach(Number(found.element.dataset.column), found.part.layer);
    onToggle(found.part);
  });
  element.addEventListener("keydown", (event) => {
    const found = partOf(event);
    if (!found || event.altKey || event.metaKey || event.ctrlKey) return;
    const { column, layer } = at;
    const [top, right] = [cells[0].length - 1, cells.length - 1];
    const to = {
      ArrowUp: [column, layer + 1],
      ArrowDown: [column, layer - 1],
      ArrowRight: [column + 1, layer],
      ArrowLeft: [column - 1, layer],
      Home: [0, layer],
      End: [right, layer],
      PageUp: [column, layer + PAGE],
      PageDown: [column, layer - PAGE],
    }[event.key];
    const pressed = event.key === " " || event.key === "Enter";
    if (!to && !pressed) return;
    event.preventDefault();
    if (pressed && !event.repeat) onToggle(found.part);
    if (!to) return;
    reach(Math.max(0, Math.min(right, to[0])), Math.max(0, Math.min(top, to[1])));
    cells[at.column][at.layer].element.focus();
  });
  for (const kind of ["pointerover", "focusin"]) element.addEventListener(kind, (event) => onLook(partOf(event)?.part ?? null));
  for (const kind of ["pointerleave", "focusout"]) element.addEventListener(kind, () => onLook(null));

  return {
    element,
    /**
     * @param {Seen} seen
     * @param {Measure} measure
     */
    update(seen, measure) {
      const { tried, parts, columns } = seen;
      if (shape !== JSON.stringify(columns)) {
        shape = JSON.stringify(columns);
        build(columns);
        drawn = null;
      }
      if (drawn?.tried !== tried || drawn.measure !== measure) {
        drawn = { tried, measure };
        colour(tried, measure);
      }
      for (const { element: cell, part } of cells.flat()) {
        const off = isOff(parts, part);
        cell.setAttribute("aria-checked", String(!off));
        setText(cell, off ? OFF : "");
      }
    },
  };

  /** @param {Part[][]} columns */
  function build(columns) {
    const layers = columns[0].length;
    cells = columns.map((column) => column.map((part) => ({ element: makeSwitch(), part })));
    const rows = Array.from({ length: layers }, (_, i) => {
      const layer = layers - 1 - i;
      const name = make("span", { class: "lv-switch-layer", "aria-hidden": "true" }, String(layer));
      const switches = cells.map((column, place) => {
        const { element: cell, part } = column[layer];
        cell.dataset.column = String(place);
        cell.dataset.layer = String(layer);
        cell.classList.toggle("lv-switch-apart", part.kind !== "head" && place > 0);
        return cell;
      });
      return make("div", { class: "lv-switch-row" }, name, ...switches);
    });
    body.replaceChildren(...rows);
    const heads = keepParts(foot, [], columns.length, () => ({ element: make("span", { class: "lv-switch-column" }) }));
    foot.replaceChildren(make("span", { class: "lv-switch-layer" }, ""), ...heads.map(({ element: head }) => head));
    for (const [i, { element: head }] of heads.entries()) setText(head, strings.column(columns[i][0]));
    element.style.setProperty("--columns", String(columns.length));
    element.setAttribute("aria-label", strings.grid(layers, columns.length));
    reach(0, layers - 1);
  }

  /**
   * @param {Switched} tried
   * @param {Measure} measure
   */
  function colour(tried, measure) {
    const most = largest(tried, cells.flat().map(({ part }) => part), measure);
    for (const { element: cell, part } of cells.flat()) {
      const change = tried.change(part.name, measure);
      const share = change === null || Number.isNaN(change) ? 0 : change / most;
      const missed = measure === "loss" ? share > 0 : share < 0;
      cell.classList.toggle("lv-switch-missed", missed);
      cell.classList.toggle("lv-switch-unknown", change === null);
      cell.style.setProperty("--share", `${Math.min(100, 100 * Math.abs(share)).toFixed(1)}%`);
      cell.setAttribute("aria-label", strings.switchName(part.name, strings.effect(change, measure)));
    }
  }

  /**
   * @param {number} column
   * @param {number} layer
   */
  function reach(column, layer) {
    const last = cells[at.column]?.[at.layer];
    if (last) last.element.tabIndex = -1;
    at = { column, layer };
    cells[column][layer].element.tabIndex = 0;
  }
}

/**
 * The largest effect of one head alone, which has the full colour. Whole layers may do much more;
 * they have the full colour too.
 * @param {Switched} tried
 * @param {Part[]} parts
 * @param {Measure} measure
 * @returns {number} above 0
 */
export function largest(tried, parts, measure) {
  const heads = parts.filter(({ kind }) => kind === "head");
  const sizes = (heads.length ? heads : parts).map(({ name }) => Math.abs(tried.change(name, measure) || 0));
  return Math.max(...sizes) || 1;
}

function makeSwitch() {
  return make("span", { class: "lv-switch", role: "switch", "aria-checked": "true", tabindex: -1 });
}
