import assert from "node:assert/strict";
import { test } from "node:test";
import { openLens } from "../../src/lens/file.js";
import { Problem } from "../../src/problem.js";
import { readFixture } from "../fixtures.js";

/**
 * @type {{ text: string, tokens: string[], token_ids: number[][][], probabilities: number[][][], entropy: number[][],
 *   divergence: number[][], followed: number[][], path_probabilities: number[][][], ranks: number[][][] }}
 */
const expected = JSON.parse(readFixture("lens.json").toString("utf8"));
const content = readFixture("lens.safetensors");

/**
 * @param {number} found
 * @param {number} wanted
 * @param {number} share
 */
function near(found, wanted, share) {
  assert.ok(Math.abs(found - wanted) <= share * Math.abs(wanted), `${found} is not ${wanted}`);
}

test("every cell is NumPy's, within the error of the packing", () => {
  const lens = openLens(content);
  assert.equal(lens.text, expected.text);
  assert.deepEqual(lens.tokens, expected.tokens);
  assert.deepEqual([lens.rows, lens.columns], [expected.token_ids.length, expected.tokens.length]);
  for (let row = 0; row < lens.rows; row++) {
    for (let column = 0; column < lens.columns; column++) {
      const best = lens.best(row, column);
      assert.deepEqual(best.map(({ id }) => id), expected.token_ids[row][column]);
      for (const [i, { probability }] of best.entries()) near(probability, expected.probabilities[row][column][i], 6e-4);
      near(lens.entropy(row, column), expected.entropy[row][column], 1e-3);
      assert.ok(Math.abs(lens.divergence(row, column) - expected.divergence[row][column]) < 1e-4);
    }
  }
});

test("paths are NumPy's, each token once", () => {
  const lens = openLens(content);
  for (let column = 0; column < lens.columns; column++) {
    const ids = expected.followed[column];
    const paths = lens.paths(column);
    assert.deepEqual(paths.map(({ id }) => id), [...new Set(ids)]);
    for (const { id, probabilities, ranks } of paths) {
      const at = ids.indexOf(id);
      assert.deepEqual(ranks, expected.ranks.map((row) => row[column][at]));
      for (const [row, p] of probabilities.entries()) near(p, expected.path_probabilities[row][column][at], 6e-4);
    }
  }
});

test("the same bytes are read once, and a count limits the tokens", () => {
  assert.equal(openLens(content), openLens(content));
  assert.equal(openLens(content).best(0, 0, 2).length, 2);
  assert.equal(openLens(content).best(0, 0, 99).length, 5);
});

/**
 * The file with another header.
 * @param {(index: any, told: any) => void} change
 */
function changed(change) {
  const length = Number(content.readBigUInt64LE(0));
  const index = JSON.parse(content.subarray(8, 8 + length).toString("utf8"));
  const told = JSON.parse(index.__metadata__.llm_viz_lens);
  change(index, told);
  index.__metadata__.llm_viz_lens = JSON.stringify(told);
  const json = Buffer.from(JSON.stringify(index));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  return new Uint8Array(Buffer.concat([size, json, content.subarray(8 + length)]));
}

test("a file that cannot be believed gets one sentence", () => {
  /** @type {[Uint8Array, RegExp][]} */
  const cases = [
    [new Uint8Array(0), /no logit lens/],
    [new TextEncoder().encode("<html>not found</html>"), /no logit lens/],
    [content.subarray(0, 100), /cut short: it has 100 bytes/],
    [content.subarray(0, content.length - 1), /cut short/],
    [changed((_, told) => (told.schema = 2)), /another schema than 1/],
    [changed((_, told) => (told.tokens = [1, 2])), /its header cannot be read/],
    [changed((_, told) => told.read_ids.pop()), /its header cannot be read/],
    [changed((_, told) => (told.layers = -1)), /its header cannot be read/],
    [changed((_, told) => (told.halves = "no")), /its header cannot be read/],
    [changed((_, told) => (told.layers = 2)), /token_ids is 7 × \d+ × 5, expected 5/],
    [changed((index) => delete index.kl), /its kl cannot be read/],
    [changed((index) => (index.log_probs.dtype = "F32")), /its log_probs cannot be read/],
    [changed((index) => (index.ranks.shape = [7])), /its ranks cannot be read/],
    [changed((index) => (index.entropy.data_offsets = [0, 3])), /its entropy cannot be read/],
    [changed((index) => (index.entropy.data_offsets = "0")), /its entropy cannot be read/],
  ];
  for (const [bytes, sentence] of cases) {
    assert.throws(() => openLens(bytes), (error) => error instanceof Problem && sentence.test(error.message), String(sentence));
  }
});
