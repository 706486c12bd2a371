/** What the marks on the map mean. */
import { make } from "../lib/dom.js";
import { mapText as strings } from "../strings.js";
import { legendMark } from "./symbols.js";

/**
 * @param {string} word the chosen one, "" for none
 * @param {{ name: string, colour: string, symbol: string }[]} groups that are coloured
 */
export function legendItems(word, groups) {
  const item = (/** @type {SVGElement} */ mark, /** @type {string} */ text) => make("li", {}, mark, text);
  const marks = [
    item(legendMark("circle-open", "var(--ink)"), strings.legendChosen(word)),
    item(legendMark("circle", "var(--word-ink)", true), strings.legendTrue),
    item(legendMark("square-open", "var(--ink)"), strings.legendSeen),
  ];
  return [
    ...(word ? marks : []),
    ...groups.map(({ name, colour, symbol }) => item(legendMark(symbol, colour), name)),
    item(legendMark("circle", "var(--dot)"), strings.legendOther),
  ];
}
