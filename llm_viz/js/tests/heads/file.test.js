/** Packed attention: what NumPy says of it, and what is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openHeads } from "../../src/heads/file.js";
import { codeAt, SHARE } from "../../src/heads/pattern.js";
import { Problem } from "../../src/problem.js";
import { readFixture } from "../fixtures.js";

/** @typedef {{ tokens: number, block: number, patterns: Record<string, number[][]>, small: number[][], small_masked: number[][] }} Expected */
/** @type {Record<string, Expected>} */
const expected = JSON.parse(readFixture("heads.json").toString("utf8"));
const contentOf = (/** @type {string} */ kind) => new Uint8Array(readFixture(`heads_${kind}.safetensors`));

for (const [kind, { tokens: n, block, patterns, small, small_masked: masked }] of Object.entries(expected)) {
  test(`${kind}: every share is NumPy's, within the error of the packing`, () => {
    const file = openHeads(contentOf(kind));
    assert.deepEqual([file.n, file.block, file.layers, file.heads, file.causal], [n, block, 2, 3, kind !== "both"]);
    assert.deepEqual(file.carried.map(String), Object.keys(patterns));
    for (const [place, rows] of Object.entries(patterns)) {
      const pattern = { n, causal: file.causal, codes: file.codes(Number(place)) };
      for (const [query, row] of rows.entries()) {
        for (const [key, share] of row.entries()) {
          const found = SHARE[codeAt(pattern, query, key)];
          const allowed = found ? 0.004 * Math.sqrt(share) + 4e-6 : Math.min(0.001, 0.1 / n);
          assert.ok(Math.abs(found - share) <= allowed, `${place}: ${query}, ${key} is ${found}, not ${share}`);
        }
      }
    }
  });

  test(`${kind}: small pictures are NumPy's, with the first token and without`, () => {
    const file = openHeads(contentOf(kind));
    for (const place of small.keys()) {
      assert.deepEqual([...file.small(place, false)], small[place]);
      assert.deepEqual([...file.small(place, true)], masked[place]);
      assert.equal(file.side, Math.ceil(n / block));
    }
  });
}

test("a head that Python sends is kept, and must fit", () => {
  const file = openHeads(contentOf("some"));
  assert.equal(file.has(0), false);
  assert.throws(() => file.codes(0), /not here/);
  assert.throws(() => file.keep(0, new Uint8Array(3)), Problem);
  file.keep(0, new DataView(new Uint8Array(465).fill(9).buffer));
  assert.equal(file.codes(0)[464], 9);
  assert.deepEqual(file.carried, [5], "it does not travel");
});

test("of too many heads that were sent, those that travel and the last stay", () => {
  const file = openHeads(contentOf("some"));
  for (let i = 0; i < 80_000; i++) file.keep(i % 2, new Uint8Array(465));
  assert.ok(file.has(5) && file.has(1));
});

test("the same bytes are opened once", () => {
  const content = contentOf("all");
  assert.equal(openHeads(content), openHeads(content));
});

/**
 * The file with another header.
 * @param {string} kind
 * @param {(index: any, told: any) => void} change
 */
function changed(kind, change) {
  const content = readFixture(`heads_${kind}.safetensors`);
  const length = Number(content.readBigUInt64LE(0));
  const index = JSON.parse(content.subarray(8, 8 + length).toString("utf8"));
  const told = JSON.parse(index.__metadata__.llm_viz_heads);
  change(index, told);
  index.__metadata__.llm_viz_heads = JSON.stringify(told);
  const json = Buffer.from(JSON.stringify(index));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  return new Uint8Array(Buffer.concat([size, json, content.subarray(8 + length)]));
}

test("a file that cannot be believed gets one sentence", () => {
  /** @type {[Uint8Array, RegExp][]} */
  const cases = [
    [new Uint8Array(0), /no attention patterns/],
    [new TextEncoder().encode("<html>not found</html>"), /no attention patterns/],
    [contentOf("all").subarray(0, 100), /cut short/],
    [changed("all", (_, told) => (told.schema = 2)), /another schema than 1/],
    [changed("all", (_, told) => told.tokens.pop()), /its header cannot be right/],
    [changed("all", (_, told) => (told.token_ids = null)), /its header cannot be right/],
    [changed("all", (_, told) => told.scores.pop()), /its header cannot be right/],
    [changed("all", (_, told) => (told.causal = false)), /its patterns cannot be right/],
    [changed("all", (_, told) => (told.heads = 3)), /its header cannot be right/],
    [changed("some", (_, told) => (told.heads = [[9, 9]])), /its heads cannot be right/],
    [changed("some", (_, told) => (told.heads = null)), /its patterns cannot be right/],
    [changed("some", (index) => delete index.small), /its small cannot be right/],
    [changed("all", (index) => (index.scores.dtype = "U8")), /its scores cannot be right/],
  ];
  for (const [bytes, sentence] of cases) {
    assert.throws(() => openHeads(bytes), (error) => error instanceof Problem && sentence.test(error.message), String(sentence));
  }
});
