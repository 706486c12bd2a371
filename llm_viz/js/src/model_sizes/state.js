/** The traits of ModelSizes as the view reads them, each checked before it is drawn. */
import { Problem } from "../problem.js";
import { modelSizes as strings } from "../strings.js";
import { readTraits } from "../traits.js";

/**
 * @typedef {object} Sized a model and its weights by part
 * @property {string} name
 * @property {boolean} ours
 * @property {number} n_layers
 * @property {number} n_heads
 * @property {number} d_model
 * @property {number} d_mlp
 * @property {number} embedding
 * @property {number} attention
 * @property {number} mlp
 * @property {number} norm
 * @property {number} unembedding
 * @property {number} total
 * @property {string} source
 */
/** @typedef {{ models: Sized[], zoom: number }} Traits */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */

export const WATCHED = /** @type {const} */ (["models", "zoom"]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["zoom"]);

export const ZOOMS = 4; // each shows a tenth of the one before

/**
 * @param {Model} model
 * @returns {Traits}
 * @throws {Problem}
 */
export function readState(model) {
  const state = /** @type {Traits} */ (readTraits(model, WATCHED));
  if (!state.models.length) throw new Problem(strings.nothing);
  if (!(Number.isInteger(state.zoom) && state.zoom >= 0 && state.zoom < ZOOMS)) throw new Problem(strings.badZoom(state.zoom, ZOOMS - 1));
  return state;
}
