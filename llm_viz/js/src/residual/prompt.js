/**
 * A prompt as Python packed it (`llm_viz/widgets/pushes.py`): for each position that is carried, the
 * candidates, their probabilities, and what every component added to the logit of each, in whole
 * hundredths of a logit that add up. Checked before it is believed. Pure.
 */
import { Problem } from "../problem.js";
import { residual as strings } from "../strings.js";

/** @typedef {ArrayBuffer | ArrayBufferView} Bytes */
/** @typedef {{ layers: number, heads: number, bias: boolean, constant: boolean }} Shape */
/**
 * @typedef {object} Packed
 * @property {string} text
 * @property {string[]} tokens as shown to people
 * @property {number[]} token_ids
 * @property {number[]} positions that are carried, rising
 * @property {number[][]} candidates of each position, likeliest first
 * @property {Record<string, string>} names of the candidates, by id
 * @property {Bytes} chances float32, of all candidates one after the other
 * @property {Bytes} steps int32 (candidate, component)
 */
/** @typedef {{ id: number, name: string, chance: number, steps: Int32Array }} Candidate */
/** @typedef {{ tokens: string[], ids: number[], positions: number[], at: Map<number, Candidate[]> }} Prompt */

/** @type {WeakMap<object, Prompt>} */
const opened = new WeakMap();

/** @param {Shape} shape @returns {number} how many components there are */
export const componentCount = ({ layers, heads, bias, constant }) =>
  1 + layers * (heads + Number(bias) + 1) + Number(constant);

/**
 * @param {Packed} packed
 * @param {Shape} shape
 * @returns {Prompt}
 * @throws {Problem} it contradicts itself
 */
export function openPrompt(packed, shape) {
  const known = opened.get(packed);
  if (known) return known;
  const { tokens, token_ids: ids, positions, candidates, names } = packed;
  if (!isList(tokens, (t) => typeof t === "string") || !isList(ids, isCount) || ids.length !== tokens.length) damaged("list of tokens");
  const rising = isList(positions, isCount) && positions.every((p, i) => p < tokens.length && (i === 0 || p > positions[i - 1]));
  if (!rising) damaged("list of positions");
  const listed = Array.isArray(candidates) && candidates.length === positions.length && candidates.every((each) => isList(each, isCount));
  if (!listed || candidates.some((each) => new Set(each).size !== each.length)) damaged("list of candidates");
  if (candidates.flat().some((id) => typeof names?.[id] !== "string")) damaged("list of names");

  const width = componentCount(shape);
  const n = candidates.flat().length;
  const chances = numbers(packed.chances, n, (view, at) => view.getFloat32(at, true), Float32Array);
  if (!chances?.every((p) => p >= 0 && p <= 1)) damaged("list of probabilities");
  const steps = numbers(packed.steps, n * width, (view, at) => view.getInt32(at, true), Int32Array);
  if (!steps) damaged("list of steps");

  const at = new Map();
  let next = 0;
  for (const [i, position] of positions.entries()) {
    const here = candidates[i].map((id) => {
      const from = next++;
      return { id, name: names[id], chance: chances[from], steps: steps.subarray(from * width, (from + 1) * width) };
    });
    at.set(position, here);
  }
  const prompt = { tokens, ids, positions, at };
  opened.set(packed, prompt);
  return prompt;
}

/**
 * @template {Float32Array | Int32Array} Numbers
 * @param {Bytes} bytes
 * @param {number} n how many there must be
 * @param {(view: DataView, at: number) => number} read
 * @param {new (n: number) => Numbers} Kind
 * @returns {Numbers | null} null if there are not so many
 */
function numbers(bytes, n, read, Kind) {
  if (bytes?.byteLength !== 4 * n) return null;
  const view = ArrayBuffer.isView(bytes) ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new DataView(bytes);
  const made = new Kind(n);
  for (let i = 0; i < n; i++) made[i] = read(view, 4 * i); // a buffer that came in a message may not be aligned
  return made;
}

/**
 * @param {string} part
 * @returns {never}
 */
function damaged(part) {
  throw new Problem(strings.damaged(part));
}

/**
 * @param {unknown} value
 * @param {(each: any) => boolean} fits
 * @returns {value is any[]} a list that is not empty
 */
function isList(value, fits) {
  return Array.isArray(value) && value.length > 0 && value.every(fits);
}

/** @param {unknown} value @returns {value is number} */
function isCount(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
