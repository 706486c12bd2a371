/**
 * The attention of one text, as `llm_viz/widgets/heads_file.py` packs it: opened once, checked, and
 * asked for in the words of the view. Heads that do not travel are put in when Python has sent them.
 * Pure.
 */
import { once } from "../once.js";
import { Problem } from "../problem.js";
import { readSafetensors } from "../safetensors.js";
import { headsFileErrors as errors } from "../strings.js";
import { blockOf, cellCount, pooled } from "./pattern.js";

const SCHEMA = 1;
const MOST_KEPT = 32 * 2 ** 20; // bytes of heads that Python has sent

/** @typedef {import("./pattern.js").Pattern} Pattern */

/**
 * The opened file, the same one for the same bytes.
 * @type {(bytes: ArrayBuffer | ArrayBufferView) => Heads}
 * @throws {Problem} they are cut short, foreign, or contradict themselves
 */
export const openHeads = once(read);

/** A text and the patterns of its heads; a head's place is `layer * heads + head`. */
export class Heads {
  #patterns;
  #small;
  #kept = 0;

  /**
   * @param {{ text: string, tokens: string[], token_ids: number[], positions: number[], causal: boolean }} told
   * @param {{ layers: number, heads: number, scores: Map<string, Float32Array> }} scored
   * @param {Map<number, Uint8Array>} patterns by place
   * @param {{ small: Uint8Array, first: Uint8Array } | null} small every head pooled without the
   *   first token, and the first token; null if all travel whole
   */
  constructor(told, { layers, heads, scores }, patterns, small) {
    this.#patterns = patterns;
    this.#small = small;
    this.text = told.text;
    this.tokens = told.tokens;
    this.ids = told.token_ids;
    this.positions = told.positions;
    this.causal = told.causal;
    this.layers = layers;
    this.heads = heads;
    this.scores = scores;
    this.n = told.tokens.length;
    this.block = blockOf(this.n);
    this.side = Math.ceil(this.n / this.block);
    /** The first token of the text is among those shown. */
    this.hasFirst = told.positions[0] === 0;
    /** Heads that are here without Python's help. */
    this.carried = [...patterns.keys()];
  }

  /** @param {number} place */
  has(place) {
    return this.#patterns.has(place);
  }

  /** The whole pattern of a head that is here. @param {number} place @returns {Uint8Array} */
  codes(place) {
    const codes = this.#patterns.get(place);
    if (!codes) throw new Error(`head ${place} is not here`);
    return codes;
  }

  /**
   * Keep a head that Python sent. When there is too much of them, all others go.
   * @param {number} place
   * @param {ArrayBuffer | ArrayBufferView} bytes
   * @throws {Problem} they are not as many as there are cells
   */
  keep(place, bytes) {
    const codes = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
    if (codes.length !== cellCount(this.n, this.causal)) throw new Problem(errors.damaged("patterns"));
    this.#patterns.set(place, codes);
    this.#kept += codes.length;
    if (this.#kept <= MOST_KEPT) return;
    for (const old of this.#patterns.keys()) if (old !== place && !this.carried.includes(old)) this.#patterns.delete(old);
    this.#kept = codes.length;
  }

  /**
   * A head as a small picture: the largest share of each block, `side` by `side`.
   * @param {number} place
   * @param {boolean} masked the first token is left out
   */
  small = (place, masked) => {
    const { side } = this;
    if (!this.#small) {
      return pooled({ n: this.n, causal: this.causal, codes: this.codes(place) }, this.block, masked && this.hasFirst ? 1 : 0);
    }
    const { small, first } = this.#small;
    const cells = small.slice(place * side * side, (place + 1) * side * side);
    if (!masked) for (let row = 0; row < side; row++) cells[row * side] = Math.max(cells[row * side], first[place * side + row]);
    return cells;
  };
}

/** @param {ArrayBuffer | ArrayBufferView} bytes */
function read(bytes) {
  const file = readSafetensors(bytes, "llm_viz_heads", SCHEMA, errors);
  const { text, tokens, token_ids: ids, positions, causal, scores: names, heads: listed } = file.told;
  const n = tokens?.length;
  const { data, shape: [count, layers, heads] } = file.array("scores", "F32", 3);
  const all = layers * heads;
  const lists = [tokens, names].every((list) => isListOf(list, isText)) && [ids, positions].every((list) => isListOf(list, isCount) && list.length === n);
  if (!lists || !n || !all || typeof text !== "string" || typeof causal !== "boolean" || count !== names.length || !(listed === null || Array.isArray(listed))) throw new Problem(errors.damaged("header"));
  const scores = new Map(names.map((/** @type {string} */ name, /** @type {number} */ i) => [name, data.subarray(i * all, (i + 1) * all)]));

  const places = /** @type {number[][]} */ (listed)?.map(([layer, head]) => layer * heads + head) ?? [...Array(all).keys()];
  if (!places.every((place) => place < all)) throw new Problem(errors.damaged("heads"));
  const size = cellCount(n, causal);
  const side = Math.ceil(n / blockOf(n));
  const array = (/** @type {string} */ name, /** @type {number[]} */ wanted) => {
    const found = file.array(name, "U8", wanted.length);
    if (found.shape.join() !== wanted.join()) throw new Problem(errors.damaged(name));
    return found.data;
  };
  const patterns = array("patterns", [places.length, size]);
  const held = new Map(places.map((place, i) => [place, patterns.subarray(i * size, (i + 1) * size)]));
  const small = listed && { small: array("small", [layers, heads, side, side]), first: array("small_first", [layers, heads, side]) };
  return new Heads(file.told, { layers, heads, scores }, held, small);
}

/** @param {unknown} value @param {(each: unknown) => boolean} fits */
const isListOf = (value, fits) => Array.isArray(value) && value.every(fits);
/** @param {unknown} value */
const isText = (value) => typeof value === "string";
/** @param {unknown} value */
const isCount = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
