/** A packed text is believed only if it agrees with itself. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../src/problem.js";
import { openReading } from "../../src/query_key/file.js";
import { bytesOf, changed, families } from "./examples.js";

test("a text is read once, with its heads", () => {
  const bytes = bytesOf("llama");
  const reading = openReading(bytes);
  assert.equal(openReading(bytes), reading);
  assert.equal(reading.text, families.llama.text);
  assert.deepEqual(reading.heads.map(({ layer, head }) => [layer, head]), families.llama.heads);
  assert.equal(reading.name(families.llama.tokens[0]).length > 0, true);
  assert.equal(reading.name(123456), "#123456");
  assert.equal(openReading(bytesOf("gpt2")).rates.length, 0);
});

test("a model that predicts nothing has no strength and no tokens", () => {
  const reading = openReading(changed((index) => delete index.strength));
  assert.equal(reading.strength, null);
  assert.deepEqual(reading.heads[0].tokenIds, []);
});

test("a file that cannot be believed gets one sentence", () => {
  const content = bytesOf("llama");
  /** @type {[Uint8Array, RegExp][]} */
  const cases = [
    [new Uint8Array(0), /no queries and keys of llm_viz/],
    [new TextEncoder().encode("<html>not found</html>"), /no queries and keys/],
    [content.subarray(0, 100), /cut short: it has 100 bytes/],
    [content.subarray(0, content.length - 1), /cut short/],
    [changed((_, told) => (told.schema = 2)), /another schema than 1/],
    [changed((_, told) => (told.tokens = [1, 2])), /its tokens cannot be right/],
    [changed((_, told) => told.token_ids.pop()), /its tokens cannot be right/],
    [changed((_, told) => (told.heads = [[1]])), /its header cannot be right/],
    [changed((_, told) => (told.heads = [])), /its header cannot be right/],
    [changed((_, told) => (told.scale = "x")), /its header cannot be right/],
    [changed((_, told) => (told.rates = Array(99).fill(1))), /its header cannot be right/],
    [changed((_, told) => (told.causal = 1)), /its header cannot be right/],
    [changed((_, told) => told.heads.pop()), /its queries cannot be right/],
    [changed((index) => delete index.keys), /its keys cannot be right/],
    [changed((index) => (index["said.0"].dtype = "F32")), /its said.0 cannot be right/],
    [changed((index) => delete index["token_ids.1"]), /its token_ids.1 cannot be right/],
    [changed((index) => (index["said.1"] = { ...index["said.1"], shape: [...index["said.1"].shape].reverse() })), /its said.1 cannot be right/],
  ];
  for (const [bytes, sentence] of cases) {
    assert.throws(() => openReading(bytes), (error) => error instanceof Problem && sentence.test(error.message), String(sentence));
  }
});
