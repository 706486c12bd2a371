import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../src/problem.js";
import { parseVocabulary } from "../src/vocabulary.js";

/** @param {string} text */
const content = (text) => /** @type {ArrayBuffer} */ (new TextEncoder().encode(text).buffer);

test("names tokens by id", () => {
  const vocabulary = parseVocabulary(content('{"tokens":["<|end text|>"," the",[240,159],"<b>"],"special":[0]}'));
  assert.deepEqual([0, 1, 2, 3].map((id) => vocabulary.show(id)), ["<|end text|>", "·the", "⟨F0⟩⟨9F⟩", "<b>"]);
  assert.deepEqual(vocabulary.bytes(1), [0x20, 0x74, 0x68, 0x65]);
  assert.ok(vocabulary.has(3));
  assert.ok(!vocabulary.has(4));
});

test("refuses what is no vocabulary", () => {
  for (const text of ["", "[]", "null", '{"tokens":[]}', "<!doctype html>"]) {
    assert.throws(() => parseVocabulary(content(text)), Problem);
  }
});
