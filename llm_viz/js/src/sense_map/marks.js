/** The mark of a sense: a circle for the first, a triangle for the second, each in its own colour. */
import { shape } from "../words/svg.js";

const SIZE = 7;

/**
 * @param {number} sense 0 or 1
 * @returns {SVGElement} drawn around (0, 0)
 */
export function senseMark(sense) {
  const name = `lv-sense lv-sense-${sense}`;
  if (sense === 0) return shape("circle", { r: SIZE - 1, class: name });
  return shape("path", { d: `M0 ${-SIZE}L${SIZE} ${SIZE - 2}L${-SIZE} ${SIZE - 2}Z`, class: name });
}

/**
 * The mark within a line of text.
 * @param {number} sense
 */
export function inlineMark(sense) {
  return shape("svg", { class: "lv-inline-mark", viewBox: "-9 -9 18 18", width: 16, height: 16, "aria-hidden": "true" }, senseMark(sense));
}
