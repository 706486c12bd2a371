/** Reads the file of words that are being learned: `publish_learning` in `llm_viz/widgets/word_assets.py`. */
import { loadAsset } from "./assets.js";
import { Problem } from "./problem.js";
import { readSafetensors } from "./safetensors.js";
import { learningErrors as errors } from "./strings.js";
import { isListOfWords } from "./word_list.js";

/**
 * @typedef {object} Learning epoch 0 is before learning
 * @property {string[]} words most frequent first
 * @property {number} last epoch
 * @property {number[]} loss by epoch, in nats
 * @property {number[]} wordsim by epoch
 * @property {number[]} kept by epoch: share of the nearest neighbours that the map keeps
 * @property {number} pairs of words that WordSim asks for
 * @property {number} k how many neighbours
 * @property {Uint8Array} places of all epochs, two numbers a word
 * @property {(epoch: number) => Uint8Array} points of one epoch
 * @property {(epoch: number, place: number) => Uint16Array} neighbours places, nearest first
 */

/**
 * @param {string | undefined} name of the asset
 * @param {import("@anywidget/types").AnyModel<any>} model
 */
export async function loadLearning(name, model) {
  if (!name) throw new Problem(errors.unnamed);
  return parseLearning(await loadAsset(name, model));
}

/**
 * @param {ArrayBuffer} content
 * @returns {Learning}
 * @throws {Problem} the file is cut short, foreign, or contradicts itself
 */
export function parseLearning(content) {
  const file = readSafetensors(content, "llm_viz_learning", 1, errors);
  const { words, loss, wordsim, kept, pairs } = file.told;
  const check = (/** @type {boolean} */ fine, /** @type {string} */ part) => {
    if (!fine) throw new Problem(errors.damaged(part));
  };
  check(isListOfWords(words), "list of words");
  const places = file.array("places", "U8", 3);
  const neighbours = file.array("neighbours", "U16", 3);
  const [n, epochs, k] = [words.length, places.shape[0], neighbours.shape[2]];
  check(epochs > 0 && places.shape.join() === [epochs, n, 2].join(), "places");
  check(k > 0 && neighbours.shape.join() === [epochs, n, k].join(), "neighbours");
  check(neighbours.data.every((place) => place < n), "neighbours");
  for (const [name, list] of Object.entries({ loss, wordsim, kept })) {
    check(Array.isArray(list) && list.length === epochs && list.every(Number.isFinite), name);
  }
  check(Number.isFinite(pairs), "pairs");
  return {
    words,
    last: epochs - 1,
    loss,
    wordsim,
    kept,
    pairs,
    k,
    places: places.data,
    points: (epoch) => places.data.subarray(epoch * n * 2, (epoch + 1) * n * 2),
    neighbours: (epoch, place) => neighbours.data.subarray((epoch * n + place) * k, (epoch * n + place + 1) * k),
  };
}
