/** Where things fall in the two pictures. Pure arithmetic. */

/** @typedef {import("./state.js").Picture} Picture */
/** @typedef {{ x: number, y: number }} Spot */

const MARGIN = 22;
const RULER = 34; // pixels at the bottom for the ruler

/**
 * Both directions on one scale, and room for all depths and both places of the cue: the plane must not
 * move with the layer.
 * @param {Picture} picture
 * @param {number} width
 * @param {number} height
 * @returns {{ at: (spot: Spot) => Spot, scale: number }} scale: pixels a unit
 */
export function fit({ word, model }, width, height) {
  const spots = [{ x: 0, y: 0 }];
  for (const [cue, sentences] of Object.entries(word.cues)) {
    const result = model.result(word, /** @type {import("./data.js").Cue} */ (cue));
    for (let depth = 0; depth <= model.layers; depth += 1) {
      for (const i of sentences.marks.keys()) spots.push(result.point(depth, i));
    }
  }
  const [xs, ys] = [spots.map(({ x }) => x), spots.map(({ y }) => y)];
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = height - 2 * MARGIN - RULER;
  const scale = Math.min((width - 2 * MARGIN) / (right - left || 1), room / (high - low || 1));
  const [acrossMiddle, upMiddle] = [(left + right) / 2, (low + high) / 2];
  return {
    scale,
    at: ({ x, y }) => ({ x: width / 2 + scale * (x - acrossMiddle), y: MARGIN + room / 2 - scale * (y - upMiddle) }),
  };
}

/**
 * The length of a ruler that takes about a fifth of the picture: 1, 2 or 5 and zeros.
 * @param {number} wide of the picture, in its units
 */
export function rulerShare(wide) {
  const wanted = wide / 5;
  const zeros = 10 ** Math.floor(Math.log10(wanted));
  return ([5, 2, 1].find((digit) => digit * zeros <= wanted) ?? 1) * zeros;
}

/**
 * The points of a way from the beginning to a depth, as SVG writes them.
 * @param {number} depth
 * @param {(depth: number) => Spot} at
 */
export function tail(depth, at) {
  return Array.from({ length: depth + 1 }, (_, i) => at(i))
    .map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`)
    .join(" ");
}

/**
 * Ticks of an axis of layers: the embedding (-1), a few round numbers, and the last layer.
 * @param {number} layers
 */
export function layerTicks(layers) {
  const step = layers <= 8 ? 1 : layers <= 16 ? 2 : 5;
  const first = step === 1 ? 0 : step; // further off than the name of the embedding is wide
  const last = layers - 1;
  const ticks = Array.from({ length: layers }, (_, i) => first + i * step);
  return [-1, ...ticks.filter((layer) => layer <= last - step / 2), last];
}
