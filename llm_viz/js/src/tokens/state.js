/** The traits of Tokens as the view reads them, checked before anything is drawn from them. */
import { Problem } from "../problem.js";
import { tokens as strings } from "../strings.js";
import { readTraits } from "../traits.js";

/** @typedef {import("./lengths.js").Measure} Measure */
/** @typedef {{ ids: number[], tokens: string[] }} Known a text's token ids, and how they are shown */
/**
 * @typedef {object} Traits
 * @property {string} text the one that is typed
 * @property {string[]} texts compared with it
 * @property {string[]} labels of these; "" for none
 * @property {boolean} translations whether `texts` say the same thing
 * @property {Measure} measure that the bars show
 * @property {Record<string, Known>} known by text, without the tokens around it
 * @property {{ start?: [id: number, shown: string], end?: [id: number, shown: string] }} around
 * @property {import("../tokenizer.js").Assets} assets
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */

export const MOST = 2000; // characters of a text, as in llm_viz/widgets/base.py
export const MEASURES = /** @type {Measure[]} */ (["tokens", "per_word", "per_character", "bytes_per_token"]);

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ (["text", "texts", "labels", "translations", "measure", "known", "around"]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["text", "measure"]);

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, [...WATCHED, "assets"]));
}

/**
 * @param {Traits} state
 * @throws {Problem}
 */
export function checkState({ text, texts, labels, measure }) {
  if (labels.length !== texts.length) throw new Problem(strings.noTexts);
  if (!MEASURES.includes(measure)) throw new Problem(strings.badMeasure(measure));
  const { length } = [...text];
  if (length > MOST) throw new Problem(strings.tooLong(length, MOST));
}
