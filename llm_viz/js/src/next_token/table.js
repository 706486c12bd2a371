/** The bars as a table, for those who read rather than look. It is filled only while it is open. */
import { keepParts, make, setText } from "../lib/dom.js";
import { countText, probabilityText } from "../format.js";
import { nextToken as strings } from "../strings.js";
import { expectedText } from "./bars.js";

/** @typedef {import("./picture.js").Picture} Picture */

export function tableView() {
  const heads = strings.columns.map((text) => make("th", { scope: "col" }, text));
  const body = make("tbody");
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), body);
  const scroller = make("div", { class: "lv-table", tabindex: 0, role: "region", "aria-label": strings.table }, table);
  const element = make("details", {}, make("summary", {}, strings.table), scroller);
  /** @type {ReturnType<typeof makeLine>[]} */
  const lines = [];
  /** @type {() => void} */
  let fill = () => {};
  element.addEventListener("toggle", () => fill());

  return {
    element,
    /**
     * @param {Picture} picture
     * @param {import("./bars.js").Naming} name
     */
    update(picture, name) {
      fill = () => {
        if (!element.open) return;
        const texts = textsOf(picture, name);
        for (const [i, line] of keepParts(body, lines, texts.length, makeLine).entries()) line.update(texts[i]);
      };
      fill();
    },
  };
}

function makeLine() {
  const cells = strings.columns.map(() => make("td"));
  const element = make("tr", {}, ...cells);
  const update = (/** @type {string[]} */ texts) => cells.forEach((cell, i) => setText(cell, texts[i]));
  return { element, update };
}

/**
 * @param {Picture} picture
 * @param {import("./bars.js").Naming} name
 * @returns {string[][]}
 */
function textsOf({ rows, tail, cut, draws }, name) {
  const drawn = (/** @type {number} */ observed, /** @type {number} */ p) =>
    draws ? [countText(observed), expectedText(draws * p)] : ["", ""];
  return [
    ...rows.map(({ id, probability, before, observed }, i) => [
      String(i + 1),
      name(id),
      String(id),
      probabilityText(probability),
      probabilityText(before),
      ...drawn(observed, probability),
    ]),
    ["", strings.others(tail.tokens), "", probabilityText(tail.probability), "", ...drawn(tail.observed, tail.probability)],
    ["", strings.cut(cut.tokens), "", probabilityText(0), probabilityText(cut.before), "", ""],
  ];
}
