/** The traits of Direction as the view reads them, and the examples that they are. */
import { readTraits } from "../traits.js";

/** @typedef {{ name: string, low: string, high: string, words: string }} Axis lists of words, with commas */
/** @typedef {{ name: string, targets_x: string, targets_y: string, attributes_a: string, attributes_b: string }} Test */
/**
 * @typedef {object} Traits
 * @property {string} low the words at each end, with commas
 * @property {string} high
 * @property {string} words that are placed
 * @property {boolean} debias whether what is left without the direction is shown
 * @property {string} targets_x the sets of the test
 * @property {string} targets_y
 * @property {string} attributes_a
 * @property {string} attributes_b
 * @property {Axis[]} axes
 * @property {Test[]} tests
 * @property {{ words?: string, more?: string }} assets
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */

export const ENDS = /** @type {const} */ (["low", "high", "words"]);
export const SETS = /** @type {const} */ (["targets_x", "targets_y", "attributes_a", "attributes_b"]);

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ ([...ENDS, "debias", ...SETS, "axes", "tests"]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ ([...ENDS, "debias", ...SETS]);

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, [...WATCHED, "assets"]));
}
