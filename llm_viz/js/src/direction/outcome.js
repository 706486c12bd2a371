/** The outcome of the test, before and after the direction is taken out. */
import { probabilityText } from "../format.js";
import { make, setText } from "../lib/dom.js";
import { direction as strings } from "../strings.js";

/** @typedef {import("../weat.js").Weat} Weat */

export function outcomeTable() {
  const rows = strings.times.map((time) => {
    const cells = [make("td"), make("td")];
    return { cells, element: make("tr", {}, make("th", { scope: "row" }, time), ...cells) };
  });
  const heads = strings.outcomeColumns.map((text) => make("th", { scope: "col" }, text));
  const ways = make("p", { class: "lv-note" });
  const table = make("table", { class: "lv-outcome" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows.map(({ element }) => element)));
  return {
    element: make("div", {}, table, ways),
    /** @param {{ before: Weat, after: Weat }} outcome */
    update({ before, after }) {
      for (const [i, { effect, p }] of [before, after].entries()) {
        setText(rows[i].cells[0], strings.effect(effect));
        setText(rows[i].cells[1], probabilityText(p));
      }
      setText(ways, strings.ways(before.ways, before.exact));
    },
  };
}
