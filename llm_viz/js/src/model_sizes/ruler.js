/** Bars of whole models on one straight axis, in steps of ten. Pure. */

/** @typedef {import("./state.js").Sized} Sized */

const PARTS = /** @type {const} */ (["embedding", "attention", "mlp", "unembedding"]);

/**
 * The end of the axis: the largest model rounded up to 1, 2 or 5 times a power of ten, then a tenth
 * of it for each step of zoom.
 * @param {Sized[]} sizes
 * @param {number} zoom
 */
export function axisEnd(sizes, zoom) {
  const most = Math.max(1, ...sizes.map(({ total }) => total));
  const power = 10 ** Math.floor(Math.log10(most));
  const whole = [1, 2, 5, 10].map((times) => times * power).find((end) => end >= most);
  return /** @type {number} */ (whole) / 10 ** zoom;
}

/**
 * The pieces of a model's bar, left to right, as shares of the axis; what lies beyond its end is cut.
 * Norms are left out: no model has enough of them to be seen.
 * @param {Sized} model
 * @param {number} end of the axis
 */
export function pieces(model, end) {
  let from = 0;
  return PARTS.map((part) => {
    const start = Math.min(1, from / end);
    from += model[part];
    return { part, start, width: Math.min(1, from / end) - start };
  }).filter(({ width }) => width > 0);
}
