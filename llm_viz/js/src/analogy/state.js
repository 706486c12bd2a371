/** The traits of Analogy as the view reads them, and the example that they are. */
import { readTraits } from "../traits.js";

/** @typedef {[a: string, b: string, c: string, expected: string]} Preset `expected` is "" where no answer is right */
/**
 * @typedef {object} Family
 * @property {string} name
 * @property {Preset[]} presets
 * @property {number | null} right of the questions of a published test, null if it does not ask such
 * @property {number | null} asked
 */
/**
 * @typedef {object} Traits
 * @property {string} a
 * @property {string} b
 * @property {string} c
 * @property {boolean} exclude whether the three words are left out of the answers
 * @property {Family[]} families
 * @property {{ words?: string, more?: string }} assets
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */

export const LETTERS = /** @type {const} */ (["a", "b", "c"]);

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ (["a", "b", "c", "exclude", "families"]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["a", "b", "c", "exclude"]);

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, [...WATCHED, "assets"]));
}

/**
 * The example that is shown, if it is one.
 * @param {Traits} state
 * @returns {{ family: Family, preset: Preset, key: string } | undefined}
 */
export function currentExample({ a, b, c, families }) {
  for (const [i, family] of families.entries()) {
    for (const [j, preset] of family.presets.entries()) {
      if (preset[0] === a && preset[1] === b && preset[2] === c) return { family, preset, key: `${i} ${j}` };
    }
  }
  return undefined;
}
