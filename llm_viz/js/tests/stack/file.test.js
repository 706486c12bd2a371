/** The packed text: every number is Python's, and nothing of a damaged file is believed. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { openStages } from "../../src/stack/file.js";
import { readFixture } from "../fixtures.js";

const content = new Uint8Array(readFixture("stack.safetensors"));
const expected = JSON.parse(readFixture("stack.json").toString("utf8"));
const [LAYERS, HEADS, TOKENS] = [2, 3, 4];
const within = (/** @type {number} */ found, /** @type {number} */ wanted, most = 1e-6 * Math.abs(wanted)) =>
  assert.ok(Math.abs(found - wanted) <= most, `${found} is not ${wanted}`);

test("every number is the one that Python packed", () => {
  const made = openStages(content);
  assert.deepEqual([made.text, made.tokens, made.ids], [expected.text, expected.tokens, expected.ids]);
  assert.deepEqual([made.layers, made.heads, made.predicts], [LAYERS, HEADS, true]);
  const lengths = expected.lengths.flat();
  within(made.range[0], Math.min(...lengths));
  within(made.range[1], Math.max(...lengths));
  for (let position = 0; position < TOKENS; position++) {
    for (let state = 0; state <= 2 * LAYERS; state++) {
      within(made.length(state, position), expected.lengths[state][position]);
      assert.deepEqual(made.guesses(state, position).map(({ id }) => id), expected.guesses[state][position]);
      if (state < 2 * LAYERS) within(made.added(state, position), expected.added[state][position]);
    }
    for (let layer = 0; layer < LAYERS; layer++) {
      for (const { head, key, share } of made.looks(layer, position)) {
        assert.equal(key, expected.top_keys[layer][head][position]);
        within(share, expected.top_shares[layer][head][position], 8e-6);
      }
      const { active, strongest } = made.neurons(layer, position);
      assert.equal(active, expected.active[layer][position]);
      assert.deepEqual(strongest.map(({ neuron }) => neuron), expected.strongest[layer][position]);
      for (const [i, { output }] of strongest.entries()) within(output, expected.outputs[layer][position][i]);
    }
    for (const [i, next] of made.next(position).entries()) {
      assert.equal(next.id, expected.next_ids[position][i]);
      assert.equal(next.name, `<${next.id}>`);
      within(next.score, expected.next_scores[position][i]);
      within(next.probability, expected.next_probs[position][i]);
    }
  }
});

test("it is opened once, wherever it lies in its buffer", () => {
  assert.equal(openStages(content), openStages(content));
  const shifted = new Uint8Array(content.length + 1);
  shifted.set(content, 1);
  assert.equal(openStages(new DataView(shifted.buffer, 1)).text, expected.text);
});

/**
 * The file with another header.
 * @param {(header: any, told: any) => void} change
 */
function changed(change) {
  const length = Number(new DataView(content.buffer, content.byteOffset, 8).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(content.subarray(8, 8 + length)));
  const told = JSON.parse(header.__metadata__.llm_viz_stages);
  change(header, told);
  header.__metadata__.llm_viz_stages = JSON.stringify(told);
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + content.length - 8 - length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(content.subarray(8 + length), 8 + json.length);
  return bytes;
}

for (const [what, bytes, message] of /** @type {[string, Uint8Array, RegExp][]} */ ([
  ["nothing", new Uint8Array(), /not of this book's kind/],
  ["a text", new TextEncoder().encode("<html>hello, this is no file of ours"), /not of this book's kind/],
  ["half of it", content.subarray(0, content.length - 5), /cut short: it has 4,171 bytes of 4,176/],
  ["its first bytes", content.subarray(0, 100), /cut short/],
  ["another schema", changed((_, told) => { told.schema = 2; }), /another schema than 1/],
  ["no tokens", changed((_, told) => { told.tokens = []; told.token_ids = []; }), /its tokens cannot be right/],
  ["other tokens", changed((_, told) => { told.tokens.push("x"); told.token_ids.push(1); }), /top_keys cannot be right/],
  ["no lengths", changed((header) => { delete header.lengths; }), /its lengths cannot be right/],
  ["another kind", changed((header) => { header.lengths.dtype = "I32"; }), /its lengths cannot be right/],
  ["another shape", changed((header) => { header.active.shape.reverse(); }), /its active cannot be right/],
  ["the wrong place", changed((header) => { header.outputs.data_offsets = [0, -4]; }), /its outputs cannot be right/],
  ["a position beyond the text", changed((header) => { header.top_keys.data_offsets = [...header.active.data_offsets.map((/** @type {number} */ n) => n - 12)].map((from, i, [first]) => (i ? first + 24 : from)); }), /top_keys cannot be right|cut short/],
])) {
  test(`${what}: one sentence`, () => assert.throws(() => openStages(bytes), { message }));
}

test("a number that is none is not drawn", () => {
  const length = Number(new DataView(content.buffer, content.byteOffset, 8).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(content.subarray(8, 8 + length)));
  const bytes = content.slice();
  new DataView(bytes.buffer).setFloat32(8 + length + header.lengths.data_offsets[0], NaN, true);
  assert.throws(() => openStages(bytes), { message: /its lengths cannot be right/ });
});

test("a model that predicts nothing has neither guesses nor a next token", () => {
  const made = openStages(changed((header) => {
    for (const name of ["guesses", "next_ids", "next_scores", "next_probs"]) delete header[name];
  }));
  assert.equal(made.predicts, false);
  assert.deepEqual([made.guesses(0, 0), made.next(0)], [[], []]);
});
