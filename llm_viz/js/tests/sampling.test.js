import assert from "node:assert/strict";
import { test } from "node:test";
import {
  SamplingError,
  checkParameters,
  distribution,
  drawRanks,
  mulberry32,
  nucleusSize,
  probability,
  probabilityBeforeCut,
  rank,
} from "../src/sampling.js";
import { parity } from "./fixtures.js";

const OFF = { temperature: 1, top_k: null, top_p: null, min_p: null };

/** @param {number[]} logits */
const ranked = (logits) => rank(new Float32Array(logits));

/**
 * Probabilities by token id, as Python gives them.
 * @param {number[]} logits
 * @param {Partial<import("../src/sampling.js").Parameters>} parameters
 */
function byId(logits, parameters) {
  const ranking = ranked(logits);
  const now = distribution(ranking, { ...OFF, ...parameters });
  const probs = new Array(logits.length).fill(0);
  const kept = new Array(logits.length).fill(false);
  for (const [i, id] of ranking.order.entries()) {
    probs[id] = probability(now, i);
    kept[id] = i < now.count;
  }
  return { probs, kept, entropy: now.entropy };
}

/**
 * @param {number} actual
 * @param {number} expected
 * @param {number} relative
 */
function close(actual, expected, relative) {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected) + 1e-300, `${actual} is not ${expected}`);
}

test("agrees with Python on every case of the fixture", () => {
  assert.ok(parity.rows.length > 0);
  for (const { logits, cases } of parity.rows) {
    for (const { probs, kept, entropy, ...parameters } of cases) {
      const ours = byId(logits, parameters);
      assert.deepEqual(ours.kept, kept, JSON.stringify(parameters));
      probs.forEach((p, id) => close(ours.probs[id], p, 1e-9));
      assert.ok(Math.abs(ours.entropy - entropy) < 1e-9, `${ours.entropy} is not ${entropy}`);
    }
  }
});

test("worked by hand: weights 4, 2, 1, 1 of 8", () => {
  const logits = [0, Math.log(4), 0, Math.log(2)];
  const sum = 8;
  const all = byId(logits, {});
  all.probs.forEach((p, id) => close(p, [1, 4, 1, 2][id] / sum, 1e-6));
  assert.ok(Math.abs(all.entropy - 1.75) < 1e-6); // 1/2 + 2/4 + 2·3/8
  assert.deepEqual(byId(logits, { top_k: 3 }).kept, [true, true, false, true]); // the lower id of two equals
  assert.deepEqual(byId(logits, { top_p: 0.75 + 1e-9 }).kept, [true, true, false, true]);
  assert.deepEqual(byId(logits, { min_p: 0.5 - 1e-6 }).kept, [false, true, false, true]);
  close(byId(logits, { top_k: 2 }).probs[1], 2 / 3, 1e-6);
});

test("each filter works on what the one before it left", () => {
  const logits = [4, 2, 1, 1].map(Math.log);
  // Of the top three (4, 2, 1 of 7), the first two hold 6/7: enough for 0.8, which 6/8 is not.
  assert.deepEqual(byId(logits, { top_k: 3, top_p: 0.8 }).kept, [true, true, false, false]);
  assert.deepEqual(byId(logits, { top_p: 0.8 }).kept, [true, true, true, false]);
});

test("temperature 0 takes the top token, the lower id of equals, whatever else is set", () => {
  assert.deepEqual(byId([1, 3, 3], { temperature: 0 }).probs, [0, 1, 0]);
  assert.deepEqual(byId([1, 3, 3], { temperature: 0, top_k: 2, top_p: 0.5, min_p: 1 }).probs, [0, 1, 0]);
  assert.equal(byId([1, 3, 3], { temperature: 0 }).entropy, 0);
});

test("extreme temperatures stay finite", () => {
  assert.deepEqual(byId([1, 2, 0], { temperature: 5e-324 }).probs, [0, 1, 0]);
  byId([1, 2, 0], { temperature: 1e300 }).probs.forEach((p) => close(p, 1 / 3, 1e-9));
});

test("ranks negative, zero and infinite logits, ties by lower id", () => {
  assert.deepEqual([...ranked([-1, 0, -0, 2.5, -Infinity, 2.5, -3e38]).order], [3, 5, 1, 2, 0, 6, 4]);
  assert.equal(byId([0, -Infinity], {}).probs[1], 0);
  assert.equal(byId([0, -Infinity], {}).entropy, 0);
});

test("refuses logits that make no distribution", () => {
  for (const logits of [[], [1, NaN], [1, Infinity], [-Infinity, -Infinity]]) {
    assert.throws(() => ranked(logits), SamplingError);
  }
});

test("refuses parameters out of range, naming the value", () => {
  /** @type {[object, RegExp][]} */
  const wrong = [
    [{ temperature: -1 }, /temperature is -1/],
    [{ temperature: NaN }, /temperature is NaN/],
    [{ temperature: Infinity }, /temperature is Infinity/],
    [{ temperature: null }, /temperature is null/],
    [{ top_k: 0 }, /top-k is 0/],
    [{ top_k: 1.5 }, /top-k is 1.5/],
    [{ top_p: 0 }, /top-p is 0/],
    [{ top_p: 1.01 }, /top-p is 1.01/],
    [{ min_p: -0.1 }, /min-p is -0.1/],
    [{ min_p: NaN }, /min-p is NaN/],
  ];
  for (const [parameters, message] of wrong) {
    assert.throws(() => checkParameters({ ...OFF, ...parameters }), { name: "Error", message });
    assert.throws(() => checkParameters({ ...OFF, ...parameters }), SamplingError);
  }
});

test("the nucleus is the shortest prefix that reaches the share", () => {
  const now = distribution(ranked([4, 2, 1, 1].map(Math.log)), OFF);
  assert.deepEqual([0.1, 0.5 - 1e-9, 0.6, 0.8, 1].map((p) => nucleusSize(now, p)), [1, 1, 2, 3, 4]);
  assert.throws(() => nucleusSize(now, 0), /p is 0/);
});

test("a cut token keeps the probability that it had before", () => {
  const now = distribution(ranked([4, 2, 1, 1].map(Math.log)), { ...OFF, top_k: 1 });
  assert.equal(probability(now, 1), 0);
  close(probabilityBeforeCut(now, 1), 0.25, 1e-6);
});

test("draws are seeded, follow the distribution, and never leave what is kept", () => {
  const now = distribution(ranked([4, 2, 1, 1].map(Math.log)), { ...OFF, top_k: 3 });
  const { counts, last } = drawRanks(now, 5, 7000);
  assert.deepEqual([...counts.keys()].sort(), [0, 1, 2]);
  for (const [i, share] of [4 / 7, 2 / 7, 1 / 7].entries()) {
    const spread = Math.sqrt(7000 * share * (1 - share));
    assert.ok(Math.abs((counts.get(i) ?? 0) - 7000 * share) < 4 * spread);
  }
  assert.deepEqual(drawRanks(now, 5, 7000), { counts, last });
  assert.notDeepEqual(drawRanks(now, 6, 7000).counts, counts);
  assert.equal(drawRanks(now, 5, 0).last, -1);
});

test("one more draw adds to the draws before it", () => {
  const now = distribution(ranked([1, 1, 1, 1]), OFF);
  const before = drawRanks(now, 1, 20).counts;
  const { counts, last } = drawRanks(now, 1, 21);
  assert.equal(counts.get(last), (before.get(last) ?? 0) + 1);
});

test("mulberry32 gives the numbers of other implementations", () => {
  const random = mulberry32(12345);
  assert.deepEqual([random(), random(), random()], [0.9797282677609473, 0.3067522644996643, 0.484205421525985]);
});
