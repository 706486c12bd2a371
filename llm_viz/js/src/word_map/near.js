/** Who is near whom on a map, and how that compares with the truth. Pure. */
import { Best } from "../best.js";

/** @typedef {ArrayLike<number>} Points `dims` whole numbers a word, one word after the other */

/**
 * The points nearest to one, as `nearest_to` in llm_viz/analyses/projection.py: of equals, the earlier.
 * @param {Points} points
 * @param {number} dims
 * @param {number} place
 * @param {number} k
 */
export function nearestTo(points, dims, place, k) {
  const n = points.length / dims;
  const best = new Best(Math.min(k, n - 1));
  const own = Array.from({ length: dims }, (_, i) => points[place * dims + i]);
  for (let other = 0, at = 0; other < n; other++) {
    let distance = 0;
    for (let i = 0; i < dims; i++) distance += (points[at++] - own[i]) ** 2;
    if (other !== place && -distance > best.bar) best.keep(other, -distance);
  }
  return Array.from(best.places.subarray(0, best.held));
}

/**
 * How many of one list are in the other too.
 * @param {Iterable<number>} one
 * @param {Iterable<number>} other
 */
export function inBoth(one, other) {
  const seen = new Set(other);
  return new Set([...one].filter((place) => seen.has(place)));
}

/**
 * The points as one array a dimension, centred, all sides on one scale, the longest from -0.5 to 0.5:
 * so any map can turn into any other.
 * @param {Points} points
 * @param {number} dims
 * @param {Extent} extent
 * @returns {Float32Array[]}
 */
export function axesOf(points, dims, extent) {
  const side = Math.max(...extent.size) || 1;
  return Array.from({ length: dims }, (_, i) => {
    const axis = new Float32Array(points.length / dims);
    for (let place = 0; place < axis.length; place++) axis[place] = (points[place * dims + i] - extent.middle[i]) / side;
    return axis;
  });
}

/** @typedef {{ middle: number[], size: number[] }} Extent by dimension */

/**
 * How far the axes go to both sides.
 * @param {Extent} extent
 */
export const reachOf = ({ size }) => size.map((length) => length / 2 / (Math.max(...size) || 1));

/**
 * @param {Points} points
 * @param {number} dims
 * @returns {Extent}
 */
export function extentOf(points, dims) {
  const [low, high] = [new Array(dims).fill(Infinity), new Array(dims).fill(-Infinity)];
  for (let at = 0; at < points.length; at++) {
    const i = at % dims;
    if (points[at] < low[i]) low[i] = points[at];
    if (points[at] > high[i]) high[i] = points[at];
  }
  return { middle: low.map((from, i) => (from + high[i]) / 2), size: low.map((from, i) => high[i] - from) };
}
