/** The lines of the table: every bar, the tail, what was cut away. */
import { countText, probabilityText } from "../format.js";
import { nextToken as strings } from "../strings.js";
import { expectedText } from "./bars.js";

/** @typedef {import("./picture.js").Picture} Picture */

/**
 * @param {Picture} picture
 * @param {import("./bars.js").Naming} name
 * @returns {string[][]}
 */
export function tableRows({ rows, tail, cut, draws }, name) {
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
