/** The parallelogram: the three words, their sum, and the best answers, in the plane of the words. */
import { analogy as strings } from "../strings.js";
import { labelWidth, placeLabels } from "../words/labels.js";
import { picturePlace, shape } from "../words/svg.js";

/** @typedef {import("./plane.js").Point} Point */

const TALLEST = 380;
const MARGIN = 26;
const DOT = 6;

export function parallelogram() {
  /** @type {{ points: Point[], corners: [Point, Point, Point], best: string } | null} */
  let shown = null;
  const place = picturePlace("lv-plane", draw);
  return {
    element: place.element,
    close: place.close,
    /**
     * @param {Point[]} points
     * @param {[a: string, b: string, c: string]} words
     * @param {string} best the best answer
     */
    update(points, words, best) {
      const corner = (/** @type {string} */ word) => /** @type {Point} */ (points.find((point) => point.word === word));
      shown = { points, corners: [corner(words[0]), corner(words[1]), corner(words[2])], best };
      if (place.width()) draw(place.width());
    },
  };

  /** @param {number} width */
  function draw(width) {
    if (!shown) return;
    const { points, corners, best } = shown;
    const height = Math.min(TALLEST, Math.max(240, Math.round(width * 0.62)));
    const at = fit(points, width, height);
    const [a, b, c] = corners.map(at);
    const sumPoint = /** @type {Point} */ (points.find(({ role }) => role === "sum"));
    const sum = at(sumPoint);
    const bestPoint = points.find(({ word }) => word === best);
    const names = points.map((point) => (point.role === "sum" ? strings.sum : point.word));
    const places = placeLabels(points.map((point, i) => ({ ...at(point), label: names[i] })), { width, height });
    place.fill(height, strings.picture(corners.map(({ word }) => word), best), [
      line(a, b, "lv-step"),
      line(c, sum, "lv-step lv-same-step"),
      line(a, c, "lv-side"),
      line(b, sum, "lv-side"),
      ...(bestPoint ? [line(sum, at(bestPoint), "lv-gap")] : []),
      ...points.map((point) => mark(point, at(point), point === bestPoint)),
      ...places.map(({ x, y, anchor }, i) => {
        const strong = points[i].role !== "answer" || points[i] === bestPoint;
        const text = { x, y: y + 5, "text-anchor": anchor, "paint-order": "stroke", class: strong ? "lv-point-name" : "lv-point-name lv-lesser" };
        return shape("text", text, names[i]);
      }),
    ]);
  }
}

/**
 * Where points fall in the picture, both directions on one scale.
 * @param {Point[]} points
 * @param {number} width
 * @param {number} height
 */
function fit(points, width, height) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const widest = Math.min(width / 4, Math.max(...points.map(({ word }) => labelWidth(word))));
  const [roomAcross, roomUp] = [width - 2 * (MARGIN + widest / 2), height - 2 * MARGIN];
  const scale = Math.min(roomAcross / (right - left || 1), roomUp / (high - low || 1));
  return (/** @type {Point} */ { x, y }) => ({
    x: width / 2 + scale * (x - (left + right) / 2),
    y: height / 2 - scale * (y - (low + high) / 2),
  });
}

/**
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 * @param {string} className
 */
function line(from, to, className) {
  const dashes = className === "lv-step" ? "" : className === "lv-gap" ? "2 4" : "6 5";
  return shape("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: className, "stroke-dasharray": dashes });
}

/**
 * @param {Point} point
 * @param {{ x: number, y: number }} place
 * @param {boolean} best
 */
function mark({ role }, { x, y }, best) {
  if (role === "sum") {
    const d = `M${x} ${y - DOT - 2}L${x + DOT + 2} ${y}L${x} ${y + DOT + 2}L${x - DOT - 2} ${y}Z`;
    return shape("path", { d, class: "lv-point lv-point-sum" });
  }
  const className = role === "input" ? "lv-point-input" : best ? "lv-point-best" : "lv-point-answer";
  return shape("circle", { cx: x, cy: y, r: best || role === "input" ? DOT : DOT - 2, class: `lv-point ${className}` });
}
