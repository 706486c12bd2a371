import assert from "node:assert/strict";
import { test } from "node:test";
import { measured, textLengths } from "../../src/tokens/lengths.js";
import { parity } from "../fixtures.js";

test("counts every odd text as Python does", () => {
  for (const { text, ids, words, characters, bytes } of parity.tokenizing.cases) {
    assert.deepEqual(textLengths(text, ids.length), { tokens: ids.length, words, characters, bytes }, JSON.stringify(text));
  }
});

test("worked by hand", () => {
  assert.deepEqual(textLengths("The cat, it sat – on 2 mats.", 9), { tokens: 9, words: 7, characters: 28, bytes: 30 });
  assert.equal(textLengths("猫坐下了。", 7).words, null);
  assert.equal(textLengths("한국어 말", 7).words, 2);
  assert.equal(textLengths("🙂", 2).words, 0);
});

test("a ratio of nothing is no number", () => {
  const empty = textLengths("", 0);
  assert.deepEqual(["tokens", "per_word", "per_character", "bytes_per_token"].map((m) => measured(empty, /** @type {any} */ (m))), [0, null, null, null]);
  const four = textLengths("a bc", 2);
  assert.deepEqual(["tokens", "per_word", "per_character", "bytes_per_token"].map((m) => measured(four, /** @type {any} */ (m))), [2, 1, 0.5, 2]);
});
