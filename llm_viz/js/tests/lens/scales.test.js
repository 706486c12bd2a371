import assert from "node:assert/strict";
import { test } from "node:test";
import { LEAST, downOfProbability, downOfRank, layerNames, points, rankLines } from "../../src/lens/scales.js";

test("equal factors are equal steps, and what is less than the least stands there", () => {
  assert.equal(downOfProbability(1) + 0, 0); // and no negative zero
  assert.ok(Math.abs(downOfProbability(1e-4) - 0.5) < 1e-12);
  assert.equal(downOfProbability(LEAST), 1);
  assert.equal(downOfProbability(0), 1);
  assert.equal(downOfRank(1, 100_000), 0);
  assert.equal(downOfRank(100_000, 100_000), 1);
});

test("ranks have lines up to the worst of them", () => {
  assert.deepEqual(rankLines([1, 1]), [1, 10]);
  assert.deepEqual(rankLines([3, 1000]), [1, 10, 100, 1000]);
  assert.deepEqual(rankLines([1001]), [1, 10, 100, 1000, 10_000]);
});

test("few layers are named", () => {
  assert.deepEqual(layerNames(3, 10), [0, 1, 2]);
  assert.deepEqual(layerNames(30, 8), [0, 5, 10, 15, 20, 25]);
  assert.deepEqual(layerNames(30, 0.5), [0]);
});

test("points are written as SVG reads them", () => {
  assert.equal(points([0, 1.25], [2, 3]), "0.0,2.0 1.3,3.0");
});
