/**
 * One text with the queries, keys and values of some heads, as `llm_viz/widgets/query_key_file.py`
 * packs it: opened once, checked, and asked for head by head. Pure.
 */
import { halvesToFloats } from "../half.js";
import { once } from "../once.js";
import { Problem } from "../problem.js";
import { readSafetensors } from "../safetensors.js";
import { queryKeyErrors as errors } from "../strings.js";

const SCHEMA = 1;

/** @typedef {ArrayBuffer | ArrayBufferView} Bytes */
/**
 * @typedef {object} Head
 * @property {number} layer
 * @property {number} head
 * @property {Float32Array[]} queries by position, before the turn
 * @property {Float32Array[]} keys
 * @property {number[]} tokenIds that its values were read out for
 * @property {(key: number, id: number) => number} said what a whole value adds to a token's logit
 *   after the last position
 */
/**
 * @typedef {object} Reading of one text
 * @property {string} text
 * @property {string[]} tokens as shown to people
 * @property {number[]} ids
 * @property {number} scale
 * @property {number[]} rates radians a position, of each pair of dimensions; none if nothing turns
 * @property {boolean} causal
 * @property {Float32Array | null} strength by position, of what is said there; null if the model
 *   predicts no tokens
 * @property {Head[]} heads
 * @property {(id: number) => string} name
 */

/**
 * The opened file, the same one for the same bytes.
 * @type {(bytes: Bytes) => Reading}
 * @throws {Problem} they are cut short, foreign, or contradict themselves
 */
export const openReading = once(read);

/**
 * @param {Bytes} bytes
 * @returns {Reading}
 */
function read(bytes) {
  const file = readSafetensors(bytes, "llm_viz_query_key", SCHEMA, errors);
  const { text, tokens, token_ids: ids, heads, scale, rates, causal, names } = file.told;
  const n = isList(tokens, (each) => typeof each === "string") ? tokens.length : 0;
  if (typeof text !== "string" || !n || !isList(ids, isCount) || ids.length !== n) damaged("tokens");
  const pairs = isList(heads, (pair) => isList(pair, isCount) && pair.length === 2);
  if (!pairs || !heads.length || typeof causal !== "boolean" || typeof names !== "object" || names === null) damaged("header");
  if (!Number.isFinite(scale) || !isList(rates, Number.isFinite)) damaged("header");

  const queries = file.array("queries", "F32", 3);
  const keys = file.array("keys", "F32", 3);
  const wide = queries.shape[2];
  for (const [name, { data, shape }] of Object.entries({ queries, keys })) {
    if (shape.join() !== [heads.length, n, wide].join() || !data.every(Number.isFinite)) damaged(name);
  }
  if (2 * rates.length > wide) damaged("header");
  const strength = file.has("strength") ? file.array("strength", "F32", 1).data : null;
  if (strength && (strength.length !== n || !strength.every(Number.isFinite))) damaged("strength");

  const rows = (/** @type {Float32Array} */ data, /** @type {number} */ i) =>
    Array.from({ length: n }, (_, at) => data.subarray((i * n + at) * wide, (i * n + at + 1) * wide));
  const makeHead = (/** @type {number[]} */ [layer, head], /** @type {number} */ i) => {
    const tokenIds = strength ? [...file.array(`token_ids.${i}`, "U32", 1).data] : [];
    const said = strength ? file.array(`said.${i}`, "U16", 2) : { data: new Uint16Array(), shape: [n, 0] };
    const numbers = halvesToFloats(said.data);
    if (said.shape.join() !== [n, tokenIds.length].join() || !numbers.every(Number.isFinite)) damaged(`said.${i}`);
    const columns = new Map(tokenIds.map((id, column) => [id, column]));
    return {
      layer,
      head,
      queries: rows(queries.data, i),
      keys: rows(keys.data, i),
      tokenIds,
      said: (/** @type {number} */ key, /** @type {number} */ id) => numbers[key * tokenIds.length + (columns.get(id) ?? NaN)],
    };
  };
  return { text, tokens, ids, scale, rates, causal, strength, heads: heads.map(makeHead), name: (id) => String(names[id] ?? `#${id}`) };
}

/**
 * @param {string} part
 * @returns {never}
 */
function damaged(part) {
  throw new Problem(errors.damaged(part));
}

/**
 * @param {unknown} value
 * @param {(each: any) => boolean} fits
 * @returns {value is any[]}
 */
function isList(value, fits) {
  return Array.isArray(value) && value.every(fits);
}

/** @param {unknown} value */
function isCount(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
