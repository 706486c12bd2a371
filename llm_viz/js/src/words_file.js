/**
 * Reads the file of word vectors that `llm_viz/widgets/word_assets.py` writes: safetensors with one
 * row of 8-bit integers for each word, and the words in the header.
 */
import { loadAsset } from "./assets.js";
import { Problem } from "./problem.js";
import { wordErrors as errors } from "./strings.js";
import { readSafetensors } from "./safetensors.js";
import { isListOfWords } from "./word_list.js";
import { Words } from "./words.js";

/**
 * @typedef {object} WordFile
 * @property {string} name of the vectors
 * @property {string[]} words most frequent first
 * @property {string} digest of the words of the first file, by which their maps name them
 * @property {Int8Array} rows one a word; only their directions count
 * @property {number} width numbers in a row
 */

/** @type {Map<string, Words>} by file names, which hold digests */
const made = new Map();

/**
 * The words of a page, ready to compute with; every view of the page has the same ones.
 * @param {{ words?: string, more?: string }} assets file names; `more` holds words that are too rare
 *   to be in the first file, and that a view needs all the same
 * @param {import("@anywidget/types").AnyModel<any>} model
 */
export async function loadWords({ words, more }, model) {
  if (!words) throw new Problem(errors.unnamed);
  const names = more ? [words, more] : [words];
  const contents = await Promise.all(names.map((name) => loadAsset(name, model)));
  const key = names.join(" ");
  const known = made.get(key);
  if (known) return known;
  const read = new Words(joined(contents.map(parseWords)));
  made.set(key, read);
  return read;
}

/**
 * @param {ArrayBuffer} content
 * @returns {WordFile}
 * @throws {Problem} the file is cut short, foreign, or contradicts itself
 */
export function parseWords(content) {
  const file = readSafetensors(content, "llm_viz_words", 1, errors);
  const { name, words, digest } = file.told;
  if (![name, digest].every((text) => typeof text === "string") || !isListOfWords(words)) throw new Problem(errors.damaged("list of words"));
  const vectors = file.array("vectors", "I8", 2);
  const [n, width] = vectors.shape;
  if (n !== words.length || width < 1) throw new Problem(errors.rows(words.length, vectors.shape.join(" × ")));
  const { data, shape } = file.array("scale", "F32", 1);
  if (shape[0] !== 1 || !(data[0] > 0 && data[0] < Infinity)) throw new Problem(errors.damaged("scale"));
  return { name, words, digest, rows: vectors.data, width };
}

/**
 * @param {WordFile[]} files the first gives its name; a word that an earlier file has is not taken again
 * @returns {WordFile}
 */
function joined(files) {
  if (files.length === 1) return files[0];
  const [first, ...others] = files;
  const seen = new Set(first.words);
  const words = [...first.words];
  const rows = [first.rows];
  for (const other of others) {
    if (other.width !== first.width) throw new Problem(errors.widths(first.width, other.width));
    for (const [i, word] of other.words.entries()) {
      if (seen.has(word)) continue;
      seen.add(word);
      words.push(word);
      rows.push(other.rows.subarray(i * first.width, (i + 1) * first.width));
    }
  }
  const all = new Int8Array(words.length * first.width);
  let at = 0;
  for (const part of rows) {
    all.set(part, at);
    at += part.length;
  }
  return { ...first, words, rows: all };
}
