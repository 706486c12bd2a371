import assert from "node:assert/strict";
import { test } from "node:test";
import { along, makePicture } from "../../src/next_token/picture.js";
import { rank } from "../../src/sampling.js";

// Weights 8, 4, 2, 1, 1 of 16; ids from the least likely up.
const RANKING = rank(new Float32Array([1, 1, 2, 4, 8].map(Math.log)));
const STATE = { temperature: 1, top_k: null, top_p: null, min_p: null, bars: 2, seed: 0, draws: 0 };

/** @param {number} x */
const round = (x) => Math.round(x * 1e6) / 1e6;

test("bars and tail hold all the probability", () => {
  const picture = makePicture(RANKING, STATE);
  assert.deepEqual(picture.rows.map(({ id, probability }) => [id, round(probability)]), [[4, 0.5], [3, 0.25]]);
  assert.equal(picture.tail.tokens, 3);
  assert.equal(round(picture.tail.probability), 0.25);
  assert.deepEqual(picture.cut, { tokens: 0, before: 0 });
  assert.deepEqual(picture.nucleus, { share: 0.9, tokens: 4 });
  assert.equal(picture.candidates, 5);
  assert.equal(picture.last, -1);
});

test("what is cut keeps its bar, in what it had before", () => {
  const picture = makePicture(RANKING, { ...STATE, bars: 3, top_k: 2 });
  const [, , third] = picture.rows;
  assert.deepEqual([third.kept, third.probability, round(third.before)], [false, 0, 0.125]);
  assert.equal(picture.tail.tokens, 0);
  assert.equal(picture.tail.probability, 0);
  assert.equal(picture.cut.tokens, 3);
  assert.equal(round(picture.cut.before), 0.25);
});

test("at temperature 0 nothing is cut: the others are left with nothing", () => {
  const picture = makePicture(RANKING, { ...STATE, temperature: 0 });
  assert.deepEqual(picture.rows.map(({ kept, probability }) => [kept, probability]), [[true, 1], [true, 0]]);
  assert.equal(picture.tail.tokens, 3);
  assert.equal(picture.cut.tokens, 0);
  assert.equal(picture.candidates, 1);
});

test("with top-p on, the nucleus is what top-p keeps, whatever min-p cuts after it", () => {
  const picture = makePicture(RANKING, { ...STATE, top_p: 0.8, min_p: 0.9 });
  assert.deepEqual(picture.nucleus, { share: 0.8, tokens: 3 });
  assert.equal(picture.candidates, 1);
});

test("every draw is counted once, in a bar or in the tail", () => {
  const picture = makePicture(RANKING, { ...STATE, draws: 100 });
  const barred = picture.rows.reduce((sum, { observed }) => sum + observed, 0);
  assert.equal(barred + picture.tail.observed, 100);
  assert.ok(picture.tail.observed > 0);
  assert.ok(picture.last >= 0);
});

test("a vocabulary smaller than the number of bars", () => {
  const picture = makePicture(RANKING, { ...STATE, bars: 12 });
  assert.equal(picture.rows.length, 5);
  assert.deepEqual(picture.tail, { tokens: 0, probability: 0, observed: 0 });
});

test("a tail far below rounding is not lost", () => {
  const ranking = rank(new Float32Array([0, -60]));
  assert.ok(makePicture(ranking, { ...STATE, bars: 1 }).tail.probability > 1e-27);
});

test("both scales run from 0 to 1", () => {
  assert.deepEqual([0, 0.3, 1].map((p) => along(p, "linear")), [0, 0.3, 1]);
  assert.deepEqual([0, 1e-9, 1e-6, 1e-3, 1].map((p) => round(along(p, "log"))), [0, 0, 0, 0.5, 1]);
});
