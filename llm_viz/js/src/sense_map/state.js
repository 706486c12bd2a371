/** The traits of SenseMap as the view reads them, and what they choose. Pure. */
import { Problem } from "../problem.js";
import { senseMap as strings } from "../strings.js";
import { readTraits } from "../traits.js";
import { openSenses } from "./data.js";

/** @typedef {import("./data.js").Packed} Packed */
/** @typedef {import("./data.js").Senses} Senses */
/** @typedef {import("./data.js").Word} Word */
/** @typedef {import("./data.js").Model} SenseModel */
/** @typedef {import("./data.js").Cue} Cue */
/**
 * @typedef {object} Traits
 * @property {Packed} study
 * @property {Packed} own what Python made of the reader's own sentences
 * @property {string} word "" for the reader's own
 * @property {string} model
 * @property {Cue} cue
 * @property {number} layer -1 is the embedding
 * @property {boolean} can_run whether Python has a model for the reader's own sentences
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */
/**
 * @typedef {object} Picture what is drawn
 * @property {Senses} senses the study's words, or the reader's own
 * @property {Word} word
 * @property {SenseModel} model
 * @property {Cue} cue
 * @property {number} depth how many layers the word has gone through: 0 at the embedding, one more than `layer`
 * @property {import("./data.js").Result} result
 */

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ (["study", "own", "word", "model", "cue", "layer", "can_run"]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["word", "model", "cue", "layer"]);

/** @param {Model} model @returns {Traits} */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, WATCHED));
}

/**
 * @param {Traits} state
 * @returns {Picture}
 * @throws {Problem} a trait makes no sense, or the data are damaged
 */
export function makePicture(state) {
  const senses = openSenses(state.word ? state.study : state.own);
  const word = state.word ? senses.words.find((each) => each.word === state.word) : senses.words[0];
  if (!word) throw new Problem(strings.noWord(state.word));
  if (!Number.isInteger(state.layer) || state.layer < -1) throw new Problem(strings.badLayer(state.layer));
  const model = senses.models.find(({ name }) => name === state.model) ?? senses.models[0];
  const cue = word.cues[state.cue] ? state.cue : "before";
  return { senses, word, model, cue, depth: Math.min(state.layer + 1, model.layers), result: model.result(word, cue) };
}

/**
 * How many sentences have a nearest neighbour of their own sense, and how many would by chance.
 * @param {Picture} picture
 * @param {number} [depth]
 */
export function neighbours({ word, cue, depth: shown, result }, depth = shown) {
  const { marks } = /** @type {import("./data.js").Sentences} */ (word.cues[cue]);
  const nearest = marks.map((_, i) => result.nearest(depth, i));
  const alike = nearest.every((other, i) => other === i);
  const own = nearest.filter((other, i) => marks[other] === marks[i]).length;
  const chance = marks.reduce((sum, mark) => sum + (marks.filter((other) => other === mark).length - 1) / (marks.length - 1), 0);
  return { n: marks.length, alike, own, chance };
}
