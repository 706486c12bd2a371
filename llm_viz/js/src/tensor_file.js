/**
 * Reads the files of arrays that `llm_viz/widgets/word_assets.py` writes: safetensors (a JSON header,
 * then raw little-endian arrays), with what is told of the arrays in the header. Nothing that a file
 * says of itself is believed before it is checked.
 */
import { Problem } from "./problem.js";

/** @typedef {{ dtype?: unknown, shape?: unknown, data_offsets?: unknown }} Entry of the header */
/** @typedef {ReturnType<typeof import("./strings.js").fileErrors>} Errors */

const ARRAYS = { I8: Int8Array, U8: Uint8Array, U16: Uint16Array, F32: Float32Array };

/** @typedef {keyof typeof ARRAYS} Dtype */

export class TensorFile {
  #content;
  /** @type {Record<string, Entry>} */
  #index;
  #start;
  #errors;

  /**
   * @param {ArrayBuffer} content
   * @param {object} kind of file
   * @param {string} kind.key of what is told in the header
   * @param {number} kind.schema
   * @param {Errors} kind.errors how problems with it are told
   * @throws {Problem} the file is cut short, foreign, or of another schema
   */
  constructor(content, { key, schema, errors }) {
    if (content.byteLength < 8) throw new Problem(errors.foreign);
    const length = Number(new DataView(content).getBigUint64(0, true));
    this.#start = 8 + length;
    this.#content = content;
    this.#errors = errors;
    if (this.#start > content.byteLength) {
      // A text file read as safetensors claims a header of billions of bytes.
      throw new Problem(length < 2 ** 32 ? errors.cutShort(this.#start, content.byteLength) : errors.foreign);
    }
    let told;
    try {
      this.#index = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(content, 8, length)));
      told = JSON.parse(/** @type {any} */ (this.#index).__metadata__[key]);
    } catch {
      throw new Problem(errors.foreign);
    }
    if (told?.schema !== schema) throw new Problem(errors.schema(schema));
    /** @type {Record<string, any>} */
    this.told = told;
  }

  /**
   * @template {Dtype} D
   * @param {string} name
   * @param {D} dtype that it must have
   * @returns {{ data: InstanceType<(typeof ARRAYS)[D]>, shape: number[] }} `data` may share the file's memory
   * @throws {Problem} there is no such array, or its entry cannot be believed
   */
  tensor(name, dtype) {
    const { dtype: actual, shape, data_offsets: offsets } = (Object.hasOwn(this.#index, name) && this.#index[name]) || {};
    if (actual !== dtype || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) this.damaged(name);
    const [from, to] = offsets.map((offset) => this.#start + offset);
    const { BYTES_PER_ELEMENT: size } = ARRAYS[dtype];
    if (to - from !== size * shape.reduce((product, n) => product * n, 1)) this.damaged(name);
    if (to > this.#content.byteLength) throw new Problem(this.#errors.cutShort(to, this.#content.byteLength));
    const make = /** @type {any} */ (ARRAYS[dtype]);
    const data = from % size ? new make(this.#content.slice(from, to)) : new make(this.#content, from, (to - from) / size);
    return { data, shape };
  }

  /**
   * @param {string} part
   * @returns {never}
   */
  damaged(part) {
    throw new Problem(this.#errors.damaged(part));
  }
}

/** @param {unknown} value @returns {value is number[]} */
function isCounts(value) {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** @param {unknown} value @returns {value is string[]} at least one, none twice */
export function isListOfWords(value) {
  return Array.isArray(value) && value.length > 0 && value.every((w) => typeof w === "string" && w) && new Set(value).size === value.length;
}

/** @param {unknown} value @param {number} length @returns {value is number[]} */
export function isListOfNumbers(value, length) {
  return Array.isArray(value) && value.length === length && value.every(Number.isFinite);
}
