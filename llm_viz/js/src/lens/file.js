/**
 * Reads the logit lens of one text, as `llm_viz/widgets/lens_file.py` packs it: safetensors with the
 * likeliest tokens of every cell, the paths of the followed tokens, and what is told in the header.
 */
import { once } from "../once.js";
import { Problem } from "../problem.js";
import { probabilityOf } from "../steps.js";
import { lensErrors as errors } from "../strings.js";

const SCHEMA = 1;
const ARRAYS = /** @type {const} */ ({ U16: Uint16Array, U32: Uint32Array, F32: Float32Array });

/** @typedef {Uint16Array | Uint32Array | Float32Array} Numbers */
/** @typedef {{ id: number, probability: number }} Guess */
/** @typedef {{ id: number, probabilities: number[], ranks: number[] }} Path of a token, by row */

/**
 * The opened file, the same one for the same bytes.
 * @type {(bytes: ArrayBuffer | ArrayBufferView) => Lens}
 * @throws {Problem} the bytes are truncated, foreign, or contradict themselves
 */
export const openLens = once(parseLens);

/** The cells of a text: rows go up from the embedding, columns along the text. */
export class Lens {
  #arrays;

  /**
   * @param {{ text: string, tokens: string[], read_ids: number[], positions: number[], halves: boolean }} told
   * @param {Record<string, Numbers>} arrays
   * @param {{ rows: number, kept: number, followed: number }} sizes
   */
  constructor(told, arrays, { rows, kept, followed }) {
    this.#arrays = arrays;
    this.text = told.text;
    this.tokens = told.tokens;
    this.ids = told.read_ids;
    this.positions = told.positions;
    this.halves = told.halves;
    this.rows = rows;
    this.columns = told.tokens.length;
    this.kept = kept;
    this.followed = followed;
  }

  /**
   * The likeliest tokens of a cell, best first.
   * @param {number} row
   * @param {number} column
   * @param {number} [count] all that are kept if left out
   * @returns {Guess[]}
   */
  best(row, column, count = this.kept) {
    const at = (row * this.columns + column) * this.kept;
    const { token_ids: ids, log_probs: logs } = this.#arrays;
    return Array.from({ length: Math.min(count, this.kept) }, (_, i) => ({ id: ids[at + i], probability: probabilityOf(logs[at + i]) }));
  }

  /** Bits. @param {number} row @param {number} column */
  entropy(row, column) {
    return this.#arrays.entropy[row * this.columns + column];
  }

  /** Bits, from the prediction of a cell to the final one of its column. @param {number} row @param {number} column */
  divergence(row, column) {
    return this.#arrays.kl[row * this.columns + column];
  }

  /**
   * The tokens that are followed at a column, each once: the author's, then the model's favourites.
   * @param {number} column
   * @returns {Path[]}
   */
  paths(column) {
    const { path_ids: ids, path_log_probs: logs, ranks } = this.#arrays;
    const rows = [...Array(this.rows).keys()];
    const found = new Map();
    for (let i = 0; i < this.followed; i++) {
      const id = ids[column * this.followed + i];
      const at = (/** @type {number} */ row) => (row * this.columns + column) * this.followed + i;
      if (found.has(id)) continue;
      found.set(id, { id, probabilities: rows.map((row) => probabilityOf(logs[at(row)])), ranks: rows.map((row) => ranks[at(row)]) });
    }
    return [...found.values()];
  }
}

/** @param {ArrayBuffer | ArrayBufferView} source */
function parseLens(source) {
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  const { index, told, start } = readHeader(bytes);
  const columns = told.tokens.length;
  const rows = told.layers * (told.halves ? 2 : 1) + 1;
  const body = bytes.subarray(start);
  const tensor = (/** @type {string} */ name, /** @type {(keyof typeof ARRAYS)[]} */ kinds, /** @type {number} */ axes) =>
    readTensor(name, index[name], body, kinds, axes);
  const whole = /** @type {(keyof typeof ARRAYS)[]} */ (["U16", "U32"]);
  const read = {
    token_ids: tensor("token_ids", whole, 3),
    log_probs: tensor("log_probs", ["U16"], 3),
    entropy: tensor("entropy", ["F32"], 2),
    kl: tensor("kl", ["F32"], 2),
    path_ids: tensor("path_ids", whole, 2),
    path_log_probs: tensor("path_log_probs", ["U16"], 3),
    ranks: tensor("ranks", whole, 3),
  };
  const kept = read.token_ids.shape[2];
  const followed = read.path_ids.shape[1];
  /** @type {Record<keyof typeof read, number[]>} */
  const expected = {
    token_ids: [rows, columns, kept],
    log_probs: [rows, columns, kept],
    entropy: [rows, columns],
    kl: [rows, columns],
    path_ids: [columns, followed],
    path_log_probs: [rows, columns, followed],
    ranks: [rows, columns, followed],
  };
  for (const [name, shape] of Object.entries(expected)) {
    const { shape: actual } = read[/** @type {keyof typeof read} */ (name)];
    if (String(actual) !== String(shape)) throw new Problem(errors.shape(name, actual.join(" × "), shape.join(" × ")));
  }
  if (!kept || !columns) throw new Problem(errors.damaged("token_ids"));
  const arrays = Object.fromEntries(Object.entries(read).map(([name, { numbers }]) => [name, numbers]));
  return new Lens(told, arrays, { rows, kept, followed });
}

/** @param {Uint8Array} bytes */
function readHeader(bytes) {
  if (bytes.length < 8) throw new Problem(errors.foreign);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const start = 8 + length;
  if (start > bytes.length) {
    // A text file read as safetensors claims a header of billions of bytes.
    throw new Problem(length < 2 ** 32 ? errors.cutShort(start, bytes.length) : errors.foreign);
  }
  let index, told;
  try {
    index = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start)));
    told = JSON.parse(index.__metadata__.llm_viz_lens);
  } catch {
    throw new Problem(errors.foreign);
  }
  if (told?.schema !== SCHEMA) throw new Problem(errors.schema(SCHEMA));
  const { text, tokens, read_ids, positions, layers, halves } = told;
  const lists = isListOf("string", tokens) && isCounts(read_ids) && isCounts(positions);
  if (typeof text !== "string" || !lists || !isCounts([layers]) || typeof halves !== "boolean") throw new Problem(errors.damaged("header"));
  if (read_ids.length !== tokens.length || positions.length !== tokens.length) throw new Problem(errors.damaged("header"));
  return { index, told, start };
}

/**
 * @param {string} name
 * @param {{ dtype?: any, shape?: any, data_offsets?: any } | undefined} entry of the header
 * @param {Uint8Array} body
 * @param {(keyof typeof ARRAYS)[]} kinds that it may be of
 * @param {number} axes
 * @returns {{ numbers: Numbers, shape: number[] }}
 */
function readTensor(name, entry, body, kinds, axes) {
  const { dtype, shape, data_offsets: offsets } = entry ?? {};
  if (!kinds.includes(dtype) || !isCounts(shape) || shape.length !== axes || !isCounts(offsets) || offsets.length !== 2) {
    throw new Problem(errors.damaged(name));
  }
  const kind = ARRAYS[/** @type {keyof typeof ARRAYS} */ (dtype)];
  const [from, to] = offsets;
  if (to - from !== kind.BYTES_PER_ELEMENT * shape.reduce((product, n) => product * n, 1)) throw new Problem(errors.damaged(name));
  if (to > body.length) throw new Problem(errors.cutShort(to, body.length));
  return { numbers: new kind(body.slice(from, to).buffer), shape }; // a copy: typed arrays need an aligned start
}

/** @param {unknown} value @returns {value is number[]} */
function isCounts(value) {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** @param {string} type @param {unknown} value */
function isListOf(type, value) {
  return Array.isArray(value) && value.every((each) => typeof each === type);
}
