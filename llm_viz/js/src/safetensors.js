/**
 * Safetensors: a JSON header, then arrays. Every entry is checked before an array is made of it, for
 * the bytes may come from a file that was cut short or belongs to another version.
 */
import { Problem } from "./problem.js";

const MAKERS = { I8: Int8Array, U8: Uint8Array, U16: Uint16Array, U32: Uint32Array, F32: Float32Array };

/** @typedef {{ dtype?: unknown, shape?: unknown, data_offsets?: unknown }} Entry of the header */
/** @typedef {keyof typeof MAKERS} Kind */
/**
 * How problems with a file are told.
 * @typedef {object} Errors
 * @property {string} foreign
 * @property {(expected: number, found: number) => string} cutShort
 * @property {(known: number) => string} schema
 * @property {(part: string) => string} damaged
 */

/**
 * @param {ArrayBuffer | ArrayBufferView} content
 * @param {string} key under which the header tells of the arrays
 * @param {number} schema that it must name
 * @param {Errors} errors
 * @throws {Problem}
 */
export function readSafetensors(content, key, schema, errors) {
  // A copy: typed arrays need an aligned start, which a message's buffer may lack.
  const bytes = ArrayBuffer.isView(content)
    ? new Uint8Array(content.buffer, content.byteOffset, content.byteLength).slice()
    : new Uint8Array(content);
  if (bytes.length < 8) throw new Problem(errors.foreign);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const start = 8 + length;
  if (start > bytes.length) {
    // A text file read as safetensors claims a header of billions of bytes.
    throw new Problem(length < 2 ** 32 ? errors.cutShort(start, bytes.length) : errors.foreign);
  }
  /** @type {Record<string, Entry>} */
  let index;
  /** @type {any} */
  let told;
  try {
    const header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start)));
    told = JSON.parse(header.__metadata__[key]);
    index = header;
  } catch {
    throw new Problem(errors.foreign);
  }
  if (told?.schema !== schema) throw new Problem(errors.schema(schema));

  return {
    told,
    /** @param {string} name */
    has: (name) => Object.hasOwn(index, name),
    /**
     * @template {Kind} K
     * @param {string} name
     * @param {K} kind
     * @param {number} axes how many
     * @returns {{ data: InstanceType<(typeof MAKERS)[K]>, shape: number[] }}
     * @throws {Problem} it is missing, of another kind, or does not fit
     */
    array(name, kind, axes) {
      const { dtype, shape, data_offsets: offsets } = (Object.hasOwn(index, name) && index[name]) || {};
      const Maker = MAKERS[kind];
      const fits = dtype === kind && isCounts(shape) && shape.length === axes && isCounts(offsets) && offsets.length === 2;
      if (!fits) throw new Problem(errors.damaged(name));
      const [from, to] = offsets;
      const size = shape.reduce((product, n) => product * n, 1);
      if (to - from !== size * Maker.BYTES_PER_ELEMENT) throw new Problem(errors.damaged(name));
      if (start + to > bytes.length) throw new Problem(errors.cutShort(start + to, bytes.length));
      const data = new Maker(bytes.slice(start + from, start + to).buffer);
      return { data: /** @type {InstanceType<(typeof MAKERS)[K]>} */ (data), shape };
    },
  };
}

/** @param {unknown} value @returns {value is number[]} */
function isCounts(value) {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
