/**
 * The traits of NextToken as the view reads them. Values can come from anywhere (Python, a link to
 * another widget, a page's address), so every one is checked before anything is drawn from it.
 */
import { Problem } from "../problem.js";
import { checkParameters } from "../sampling.js";
import { nextToken as strings } from "../strings.js";
import { readTraits } from "../traits.js";

/** @typedef {ArrayBuffer | ArrayBufferView} Bytes */
/** @typedef {import("../sources/embedded.js").Elsewhere} Elsewhere */
/**
 * @typedef {object} Traits
 * @property {(Bytes | Elsewhere)[]} traces encoded, with the logits of the last position
 * @property {string[]} labels of the traces
 * @property {number} prompt index into `traces`; -1 = `own`
 * @property {string} text the reader's own
 * @property {Bytes} own trace of `text`; no bytes if there is none
 * @property {number} temperature
 * @property {Record<string, string>} names of the likeliest tokens, by id
 * @property {number | null} top_k null = off, as below
 * @property {number | null} top_p
 * @property {number | null} min_p
 * @property {"linear" | "log"} scale
 * @property {number} bars how many tokens are drawn
 * @property {number} seed
 * @property {number} draws how many were drawn, 0 = none
 * @property {{ vocabulary?: string }} assets file names
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */

export const MOST_DRAWS = 10_000;
export const MOST_BARS = 50;
export const LARGEST_SEED = 2 ** 32 - 1;

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ ([
  "traces", "labels", "names", "prompt", "text", "own", "temperature", "top_k", "top_p", "min_p",
  "scale", "bars", "seed", "draws",
]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ ([
  "prompt", "temperature", "top_k", "top_p", "min_p", "scale", "seed", "draws",
]);

/** A trait out of range. */
export class StateError extends Problem {}

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, [...WATCHED, "assets"]));
}

/**
 * @param {Traits} state
 * @throws {StateError | import("../sampling.js").SamplingError}
 */
export function checkState(state) {
  const { prompt, traces, scale } = state;
  const exists = prompt === -1 ? state.own.byteLength > 0 : prompt in traces;
  if (!exists) throw new StateError(traces.length ? strings.badPrompt(prompt, traces.length) : strings.nothing);
  checkParameters(state);
  if (scale !== "linear" && scale !== "log") throw new StateError(strings.badScale(scale));
  checkWhole("bars", state.bars, 1, MOST_BARS);
  checkWhole("seed", state.seed, 0, LARGEST_SEED);
  checkWhole("draws", state.draws, 0, MOST_DRAWS);
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} min
 * @param {number} max
 */
function checkWhole(name, value, min, max) {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new StateError(strings.badWhole(name, value, min, max));
  }
}
