/** Shared by the tests: the fixture that Python made, hand-made traces, and a model without a widget. */
import { readFileSync } from "node:fs";

const folder = new URL("../../../tests/fixtures/", import.meta.url);

/** @param {string} name */
export function readFixture(name) {
  return readFileSync(new URL(name, folder));
}

/**
 * @typedef {{ temperature: number, top_k: number | null, top_p: number | null, min_p: number | null,
 *   probs: number[], kept: boolean[], entropy: number }} Case
 * @typedef {{ text: string, ids: number[], with_start: number[], words: number | null,
 *   characters: number, bytes: number }} Cut
 * @typedef {{ rows: { logits: number[], cases: Case[] }[],
 *   traces: { file: string, expected: Record<string, { shape: number[], values: number[], max_error: number }> }[],
 *   show: { token: string | number[], special: boolean, shown: string }[],
 *   tokenizing: { vocabulary: { tokens: (string | number[])[], special: number[] },
 *     tokenizer: import("../src/tokenizer.js").Data, cases: Cut[] } }} Parity
 */

/** @type {Parity} */
export const parity = JSON.parse(readFixture("parity.json").toString("utf8"));

/**
 * An encoded trace of two tokens, made by hand.
 * @param {Record<string, { dtype: string, shape: number[], data: ArrayBufferView }>} tensors
 * @param {Record<string, unknown>} [changes] to its header
 */
export function encodeTrace(tensors, changes = {}) {
  const header = {
    schema: 1,
    producer: "torch",
    model: { id: "tiny", family: "llama", weight_hash: "0" },
    text: "ab",
    tokens: ["a", "b"],
    token_ids: [7, 9],
    dims: { n_layers: 1, n_heads: 1, n_kv_heads: 1, d_model: 2, d_head: 2, d_mlp: 2, d_vocab: 3, n_ctx: 8 },
    attention: { causal: true, scale: [1] },
    rows: {},
    encodings: {},
    ...changes,
  };
  /** @type {Record<string, unknown>} */
  const index = { __metadata__: { llm_viz: JSON.stringify(header) } };
  let offset = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    index[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const arrays = Object.values(tensors).map(({ data: { buffer, byteOffset, byteLength } }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  return new Uint8Array(Buffer.concat([length, json, ...arrays]));
}

/** A trace of two tokens whose last position has these logits. */
export function traceOfLogits(/** @type {number[]} */ logits) {
  return encodeTrace(
    { logits: { dtype: "F32", shape: [1, logits.length], data: new Float32Array(logits) } },
    { rows: { logits: [1] }, dims: { d_vocab: logits.length } },
  );
}

/** Anywidget's model with nobody at the other end: what is sent is kept for the test to answer. */
export class FakeModel {
  /** @type {any[]} */
  sent = [];
  saves = 0;
  widget_manager = /** @type {any} */ (null);
  #state;
  /** @type {Map<string, Set<Function>>} */
  #listeners = new Map();

  /** @param {Record<string, any>} [state] */
  constructor(state = {}) {
    this.#state = state;
  }
  get(/** @type {string} */ name) {
    return this.#state[name];
  }
  set(/** @type {string} */ name, /** @type {unknown} */ value) {
    this.#state[name] = value;
    this.emit(`change:${name}`);
  }
  on(/** @type {string} */ event, /** @type {Function} */ listener) {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener));
  }
  off(/** @type {any} */ event, /** @type {any} */ listener) {
    this.#listeners.get(event)?.delete(listener);
  }
  emit(/** @type {string} */ event, /** @type {any[]} */ ...values) {
    for (const listener of this.#listeners.get(event) ?? []) listener(...values);
  }
  send(/** @type {any} */ message) {
    this.sent.push(message);
  }
  save_changes() {
    this.saves += 1;
  }
  listening() {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
