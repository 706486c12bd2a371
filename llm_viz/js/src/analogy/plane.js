/**
 * The plane that the steps from a to b and from a to c span, and where words fall in it. Pure.
 *
 * The three words and their sum lie in it exactly. Any other word is off it, by a distance that the
 * picture cannot show and that is told instead.
 */
import { dot, lengthOf } from "../word_directions.js";

/** @typedef {import("../word_directions.js").Vector} Vector */
/** @typedef {"input" | "sum" | "answer"} Role */
/**
 * @typedef {object} Point
 * @property {Role} role
 * @property {string} word "" for the sum
 * @property {number} x along the step from a to b
 * @property {number} y across it
 * @property {number} off how far from the plane
 * @property {number} share of the vector's own length that its shadow in these two directions has
 */

/**
 * @param {import("../words.js").Words} words
 * @param {import("../words.js").Analogy} analogy
 * @param {number} most answers that are drawn
 * @returns {Point[]} each word once: the three words, their sum, the answers
 */
export function planeOf(words, { a, b, c, target, answers }, most) {
  const origin = words.vector(a);
  const from = (/** @type {Vector} */ vector) => Float64Array.from(vector, (x, i) => x - origin[i]);
  const inputs = [...new Set([a, b, c])];
  const others = answers.map(({ word }) => word).filter((word) => !inputs.includes(word)).slice(0, most);
  // Where a, b and c are no triangle, the answers lend the plane its second direction.
  const axes = twoAxes([b, c, ...others].map((word) => from(words.vector(word))));
  /**
   * @param {Role} role
   * @param {string} word
   * @param {Vector} vector
   * @returns {Point}
   */
  const point = (role, word, vector) => {
    const step = from(vector);
    const [x, y] = axes.map((axis) => dot(step, axis));
    const shadow = Math.hypot(...axes.map((axis) => dot(vector, axis)));
    const off = Math.sqrt(Math.max(0, dot(step, step) - x * x - y * y));
    return { role, word, x, y, off, share: shadow / (lengthOf(vector) || 1) };
  };
  return [
    ...inputs.map((word) => point("input", word, words.vector(word))),
    point("sum", "", target),
    ...others.map((word) => point("answer", word, words.vector(word))),
  ];
}

/**
 * Two directions of length 1 at right angles: the first, and what is left of the next that has
 * something of its own. A direction of zeros stands for one that is not there.
 * @param {Float64Array[]} steps
 */
function twoAxes(steps) {
  /** @type {Float64Array[]} */
  const axes = [];
  for (const step of steps) {
    const rest = axes.reduce((left, axis) => {
      const along = dot(left, axis);
      return left.map((x, i) => x - along * axis[i]);
    }, step);
    const length = lengthOf(rest);
    if (length > 1e-4) axes.push(rest.map((x) => x / length));
    if (axes.length === 2) return axes;
  }
  return [0, 1].map((i) => axes[i] ?? new Float64Array(steps[0].length));
}
