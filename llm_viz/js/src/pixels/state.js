/** The traits of PixelNetwork as the view reads them, each checked before it is drawn. */
import { Problem } from "../problem.js";
import { pixelNetwork as strings } from "../strings.js";
import { readTraits } from "../traits.js";

/** @typedef {"image" | "lesson"} Look */
/** @typedef {{ pixels: string, rate: number, hidden: number, seen: number, seed: number, look: Look }} Traits */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */

export const WATCHED = /** @type {const} */ (["pixels", "rate", "hidden", "seen", "seed", "look"]);

/** The traits that the reader changes, and that Reset puts back: all of them. */
export const CONTROLLED = WATCHED;

/** From, to, and whether it is a whole number. */
export const BOUNDS = /** @type {const} */ ({
  rate: [0.001, 10, false],
  hidden: [1, 16, true],
  seen: [0, 10_000, true],
  seed: [0, 9_999, true],
});

/**
 * @param {Pick<Model, "get">} model
 * @returns {Traits}
 * @throws {Problem}
 */
export function readState(model) {
  const state = /** @type {Traits} */ (readTraits(model, WATCHED));
  if (!/^[01]{9}$/.test(state.pixels)) throw new Problem(strings.badPixels(state.pixels));
  for (const [name, [min, max, whole]] of Object.entries(BOUNDS)) {
    const value = state[/** @type {keyof typeof BOUNDS} */ (name)];
    const fits = value >= min && value <= max && (!whole || Number.isInteger(value));
    if (!fits) throw new Problem(strings.badNumber(name, value, min, max, whole));
  }
  if (!Object.hasOwn(strings.look, state.look)) throw new Problem(strings.badLook(state.look));
  return state;
}
