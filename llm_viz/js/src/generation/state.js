/**
 * The traits of Generation as the view reads them, and which text they choose. Values can come from
 * anywhere (Python, a linked widget, a page's address), so every one is checked before it is drawn.
 */
import { Problem } from "../problem.js";
import { generation as strings } from "../strings.js";
import { openTexts } from "./texts.js";
import { readTraits } from "../traits.js";

/** @typedef {import("./texts.js").Packed} Packed */
/** @typedef {import("./texts.js").Text} Text */
/**
 * @typedef {{ temperature: number, shared: Record<string, number>, different: Record<string, number>,
 *   unrelated: number | null }} Alike
 */
/**
 * @typedef {object} Traits
 * @property {Packed} texts
 * @property {Packed} own texts that Python wrote from the reader's own
 * @property {Alike[]} alike by temperature, rising
 * @property {number} prompt index into the prompts; -1 = the reader's own
 * @property {string} text the reader's own prompt
 * @property {number} temperature the nearest one that there are texts for is shown
 * @property {number} seed
 * @property {number} step how many tokens are shown; past the end of a text: all
 * @property {number} speed tokens a second
 * @property {number | null} tokens_per_second as measured
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */
/**
 * @typedef {object} Picture what there is to see
 * @property {string[]} prompts
 * @property {string} prompt the one that is shown
 * @property {number[]} temperatures rising
 * @property {number[]} seeds rising
 * @property {number} temperature the one that is shown
 * @property {Text | undefined} text undefined: the reader's own, not written yet at this setting
 * @property {number} shown how many of its tokens
 * @property {Alike[]} alike of this prompt
 */

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ ([
  "texts", "own", "alike", "prompt", "text", "temperature", "seed", "step", "speed", "tokens_per_second",
]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["prompt", "temperature", "seed", "step", "speed"]);

export const SLOWEST = 1;
export const FASTEST = 100;

/** A trait out of range. */
export class StateError extends Problem {}

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, WATCHED));
}

/**
 * The text that the traits choose, and what else there is to choose from.
 * @param {Traits} state
 * @returns {Picture}
 * @throws {StateError}
 */
export function makePicture(state) {
  const texts = openTexts(state.texts);
  if (!texts.length) throw new StateError(strings.nothing);
  const prompts = [...new Set(texts.map(({ prompt }) => prompt))];
  const temperatures = rising(texts.map(({ temperature }) => temperature));
  const seeds = rising(texts.map(({ seed }) => seed));

  if (state.prompt !== -1 && !(state.prompt in prompts)) throw new StateError(strings.badPrompt(state.prompt, prompts.length));
  if (state.prompt === -1 && !state.text) throw new StateError(strings.badPrompt(state.prompt, prompts.length));
  if (!(state.temperature >= 0)) throw new StateError(strings.badTemperature(state.temperature));
  if (!seeds.includes(state.seed)) throw new StateError(strings.badSeed(state.seed, seeds));
  if (!Number.isInteger(state.step) || state.step < 0) throw new StateError(strings.badStep(state.step));
  if (!(state.speed >= SLOWEST && state.speed <= FASTEST)) throw new StateError(strings.badSpeed(state.speed, SLOWEST, FASTEST));

  const temperature = nearest(temperatures, state.temperature);
  const prompt = state.prompt === -1 ? state.text : prompts[state.prompt];
  const text = (state.prompt === -1 ? openTexts(state.own) : texts).find(
    (one) =>
      one.prompt === prompt &&
      one.temperature === temperature &&
      (one.seed === state.seed || temperature === 0), // there the seed plays no part
  );
  return {
    prompts,
    prompt,
    temperatures,
    seeds,
    temperature,
    text,
    shown: Math.min(state.step, text?.steps.length ?? 0),
    alike: state.prompt === -1 ? [] : state.alike.filter(({ shared }) => prompt in shared),
  };
}

/** @param {number[]} values */
const rising = (values) => [...new Set(values)].sort((a, b) => a - b);

/**
 * @param {number[]} values
 * @param {number} wanted
 */
export function nearest(values, wanted) {
  return values.reduce((best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best));
}
