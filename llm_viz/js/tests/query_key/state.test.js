/** What the traits choose. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../src/problem.js";
import { see } from "../../src/query_key/state.js";
import { bytesOf, changed } from "./examples.js";

const NONE = new Uint8Array();

/** @param {object} [changes] */
const state = (changes) => /** @type {import("../../src/query_key/state.js").Traits} */ ({
  texts: [bytesOf("llama")], labels: ["A"], shape: { layers: 3, heads: 6 }, text: "", own: NONE, fetched: NONE,
  prompt: 0, layer: 1, head: 5, query: -1, key: null, pair: null, shift: 0, token: null, ...changes,
});

/** @param {object} [changes] */
function seen(changes) {
  const found = see(state(changes));
  assert.ok("match" in found);
  return found;
}

test("nothing chosen: the last token, the key that it looks at most, that token, the weightiest clock", () => {
  const { reading, match, token, pair, missed } = seen();
  assert.equal(match.query, reading.tokens.length - 1);
  const most = Math.max(...match.rivals.map(({ exact }) => exact));
  assert.equal(match.rivals[match.key].exact, most);
  assert.equal(token, reading.ids[match.key]);
  const sums = reading.rates.map((_, i) => Math.abs(match.products[i] + match.products[i + reading.rates.length]));
  assert.equal(sums[pair], Math.max(...sums));
  assert.equal(missed, false);
});

test("a token that the head does not tell of is missed", () => {
  assert.deepEqual([seen({ token: 7 }).token, seen({ token: 7 }).missed], [7, false]);
  const { token, missed, reading, match } = seen({ token: 123456, key: 1 });
  assert.deepEqual([token, missed], [reading.ids[match.key], true]);
});

test("a head that the text lacks is asked for, and taken from what was fetched of the same text", () => {
  const lacking = see(state({ layer: 0, head: 0 }));
  assert.ok(!("match" in lacking) && lacking.carried.length === 2);
  const fetched = changed((_, told) => (told.heads = [[0, 0], [0, 1]]));
  assert.equal(seen({ layer: 0, head: 0, fetched }).head.head, 0);
  const foreign = changed((_, told) => Object.assign(told, { heads: [[0, 0], [0, 1]], text: "other" }));
  assert.ok(!("match" in see(state({ layer: 0, head: 0, fetched: foreign }))));
});

test("the reader's own text is prompt -1, and a model without turns needs no pair", () => {
  const own = bytesOf("gpt2");
  assert.equal(seen({ own, prompt: -1, layer: 2, head: 0, pair: 9 }).reading.rates.length, 0);
});

test("a model that predicts nothing follows no token", () => {
  const own = changed((index) => delete index.strength);
  const { token, missed } = seen({ own, prompt: -1, token: 5 });
  assert.deepEqual([token, missed], [null, false]);
});

test("traits that make no sense are refused in a sentence", () => {
  for (const [changes, message] of /** @type {[object, RegExp][]} */ ([
    [{ texts: [] }, /no text yet/],
    [{ prompt: 5 }, /prompt is 5; expected 0 to 0/],
    [{ prompt: -1 }, /prompt is -1/],
    [{ layer: 3 }, /layer is 3; expected 0 to 2/],
    [{ head: 6 }, /head is 6; expected 0 to 5/],
    [{ head: 1.5 }, /head is 1.5/],
    [{ query: 99 }, /query is 99; expected 0 to/],
    [{ query: -2 }, /query is -2/],
    [{ key: 99 }, /key is 99/],
    [{ key: "x" }, /key is x/],
    [{ pair: 2 }, /pair is 2; expected 0 to 1/],
    [{ shift: 65 }, /shift is 65; expected 0 to 64/],
    [{ token: -4 }, /token is -4/],
  ])) {
    assert.throws(() => see(state(changes)), (/** @type {Error} */ error) => error instanceof Problem && message.test(error.message), String(message));
  }
});
