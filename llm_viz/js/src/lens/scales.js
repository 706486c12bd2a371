/** Where a probability, a rank and a layer stand in the picture of the paths. Pure arithmetic. */

export const LEAST = 1e-8; // what is less probable is drawn as this
export const PROBABILITIES = [1, 1e-2, 1e-4, 1e-6, LEAST]; // that have a line

/**
 * @param {number} p
 * @returns {number} 0 at the top (certainty) to 1 at the bottom, in equal steps for equal factors
 */
export function downOfProbability(p) {
  return Math.min(1, Math.log(Math.max(p, LEAST)) / Math.log(LEAST));
}

/**
 * @param {number} rank 1 or more
 * @param {number} most the rank at the bottom
 */
export function downOfRank(rank, most) {
  return Math.log(rank) / Math.log(most);
}

/**
 * The ranks that have a line: 1, 10, 100 … up to the first that is no smaller than any shown.
 * @param {number[]} ranks
 */
export function rankLines(ranks) {
  const digits = Math.max(1, Math.ceil(Math.log10(Math.max(...ranks)) - 1e-9));
  return Array.from({ length: digits + 1 }, (_, i) => 10 ** i);
}

/**
 * The layers that are named below the picture: few enough for its width.
 * @param {number} layers
 * @param {number} most names
 */
export function layerNames(layers, most) {
  const step = [1, 2, 5, 10, 20, 50, 100].find((each) => layers / each <= most) ?? layers;
  return Array.from({ length: Math.ceil(layers / step) }, (_, i) => i * step);
}

/**
 * @param {number[]} xs
 * @param {number[]} ys
 * @returns {string} the points of an SVG polyline
 */
export function points(xs, ys) {
  return xs.map((x, i) => `${x.toFixed(1)},${ys[i].toFixed(1)}`).join(" ");
}
