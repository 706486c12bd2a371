/**
 * A picture's numbers as a table, for those who read rather than look. It is filled only while it
 * is open.
 */
import { frameText as strings } from "../strings.js";
import { keepParts, make, setText } from "./dom.js";

/** @param {string[]} columns */
export function tableView(columns) {
  const body = make("tbody");
  const heads = columns.map((text) => make("th", { scope: "col" }, text));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), body);
  const scroller = make("div", { class: "lv-table", tabindex: 0, role: "region", "aria-label": strings.table }, table);
  const element = make("details", { class: "lv-numbers" }, make("summary", {}, strings.table), scroller);
  /** @type {ReturnType<typeof makeLine>[]} */
  const lines = [];
  let fill = () => {};
  element.addEventListener("toggle", () => fill());

  return {
    element,
    /** @param {() => string[][]} rows asked for only while the table is open */
    update(rows) {
      fill = () => {
        if (!element.open) return;
        const texts = rows();
        const shown = keepParts(body, lines, texts.length, () => makeLine(columns.length));
        for (const [i, line] of shown.entries()) line.update(texts[i]);
      };
      fill();
    },
  };
}

/** @param {number} width */
function makeLine(width) {
  const cells = Array.from({ length: width }, () => make("td"));
  const element = make("tr", {}, ...cells);
  const update = (/** @type {string[]} */ texts) => cells.forEach((cell, i) => setText(cell, texts[i]));
  return { element, update };
}
