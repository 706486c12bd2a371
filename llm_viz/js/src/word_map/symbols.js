/** The marks of words on a map, by plotly's names for them, and as shapes for the legend. */
import { shape } from "../words/svg.js";

/**
 * One a group, in order, by number of dimensions: colour is never the only thing that tells them
 * apart. In three dimensions plotly draws them as letters of a font, which may lack the rarer ones.
 * @type {Record<number, string[]>}
 */
export const GROUP_SYMBOLS = {
  2: ["circle", "square", "diamond", "cross", "x", "square"],
  3: ["circle", "square", "diamond", "diamond-open", "circle-open", "square"],
};

/** @type {Record<string, string>} within -6 to 6 */
const PATHS = {
  circle: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z",
  square: "M-4.5-4.5h9v9h-9Z",
  diamond: "M0-6L6 0L0 6L-6 0Z",
  cross: "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4Z",
  x: "M-5.6-2.8L-2.8-5.6L0-2.8L2.8-5.6L5.6-2.8L2.8 0L5.6 2.8L2.8 5.6L0 2.8L-2.8 5.6L-5.6 2.8L-2.8 0Z",
};

/**
 * @param {string} symbol
 * @param {string} colour as CSS writes it
 * @param {boolean} [joined] with a line to it
 */
export function legendMark(symbol, colour, joined = false) {
  const open = symbol.endsWith("-open");
  const outline = open ? colour : "var(--outline)";
  const mark = shape("path", { d: PATHS[symbol.replace("-open", "")], fill: open ? "none" : colour, stroke: outline, "stroke-width": open ? 2 : 1 });
  const line = joined ? [shape("line", { x1: -15, x2: 0, y1: 0, y2: 0, stroke: colour, "stroke-width": 2 })] : [];
  return shape("svg", { viewBox: joined ? "-15 -8 23 16" : "-8 -8 16 16", width: joined ? 23 : 16, height: 16, "aria-hidden": "true" }, ...line, mark);
}
