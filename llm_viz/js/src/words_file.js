/**
 * Reads the file of word vectors that `llm_viz/widgets/word_assets.py` writes: safetensors with one
 * row of 8-bit integers for each word, and the words in the header.
 */
import { loadAsset } from "./assets.js";
import { Problem } from "./problem.js";
import { wordErrors as errors } from "./strings.js";
import { Words } from "./words.js";

const SCHEMA = 1;

/** @typedef {{ dtype?: unknown, shape?: unknown, data_offsets?: unknown }} Entry of the header */
/**
 * @typedef {object} WordFile
 * @property {string} name of the vectors
 * @property {string[]} words most frequent first
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
  const { index, told, start } = readHeader(content);
  const { name, words } = told;
  if (typeof name !== "string" || !isListOfWords(words)) throw new Problem(errors.damaged("list of words"));
  const vectors = bytesOf(content, start, index.vectors, "vectors", "I8", 1);
  const [n, width] = vectors.shape;
  if (vectors.shape.length !== 2 || n !== words.length || width < 1) {
    throw new Problem(errors.rows(words.length, vectors.shape.join(" × ")));
  }
  const { at, shape } = bytesOf(content, start, index.scale, "scale", "F32", 4);
  const scale = shape.join() === "1" ? new DataView(content, at, 4).getFloat32(0, true) : NaN;
  if (!(scale > 0 && scale < Infinity)) throw new Problem(errors.damaged("scale"));
  return { name, words, rows: new Int8Array(content, vectors.at, n * width), width };
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
  return { name: first.name, words, rows: all, width: first.width };
}

/** @param {ArrayBuffer} content */
function readHeader(content) {
  if (content.byteLength < 8) throw new Problem(errors.foreign);
  const length = Number(new DataView(content).getBigUint64(0, true));
  const start = 8 + length;
  if (start > content.byteLength) {
    // A text file read as safetensors claims a header of billions of bytes.
    throw new Problem(length < 2 ** 32 ? errors.cutShort(start, content.byteLength) : errors.foreign);
  }
  let index, told;
  try {
    index = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(content, 8, length)));
    told = JSON.parse(index.__metadata__.llm_viz_words);
  } catch {
    throw new Problem(errors.foreign);
  }
  if (told?.schema !== SCHEMA) throw new Problem(errors.schema(SCHEMA));
  return { index, told, start };
}

/**
 * Where a tensor lies, if its entry can be believed.
 * @param {ArrayBuffer} content
 * @param {number} start of the arrays
 * @param {Entry | undefined} entry
 * @param {string} name
 * @param {string} dtype that it must have
 * @param {number} itemBytes
 */
function bytesOf(content, start, entry, name, dtype, itemBytes) {
  const { dtype: actual, shape, data_offsets: offsets } = entry ?? {};
  if (actual !== dtype || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw new Problem(errors.damaged(name));
  }
  const [from, to] = offsets;
  if (to - from !== itemBytes * shape.reduce((product, n) => product * n, 1)) throw new Problem(errors.damaged(name));
  if (start + to > content.byteLength) throw new Problem(errors.cutShort(start + to, content.byteLength));
  return { at: start + from, shape };
}

/** @param {unknown} value @returns {value is number[]} */
function isCounts(value) {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** @param {unknown} value @returns {value is string[]} */
function isListOfWords(value) {
  return Array.isArray(value) && value.length > 0 && value.every((w) => typeof w === "string" && w) && new Set(value).size === value.length;
}
