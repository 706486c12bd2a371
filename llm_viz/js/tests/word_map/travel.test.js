/** Points on their way from one map to another. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { between, eased, travel } from "../../src/word_map/travel.js";

test("half way is in the middle, and the ends are the ends", () => {
  const [from, to] = [[Float32Array.of(0, 2), Float32Array.of(1, 1)], [Float32Array.of(4, 2), Float32Array.of(0, 3)]];
  assert.deepEqual(between(from, to, 0.5), [Float32Array.of(2, 2), Float32Array.of(0.5, 2)]);
  assert.deepEqual(between(from, to, 0), from);
  assert.deepEqual(between(from, to, 1), to);
  assert.deepEqual([eased(0), eased(0.5), eased(1)], [0, 0.5, 1]);
});

/**
 * Travel for a second on a machine that needs so long for a frame.
 * @param {number} cost
 * @param {{ duration?: number, stopAt?: number }} [way]
 */
async function shares(cost, { duration = 1000, stopAt = Infinity } = {}) {
  let now = 0;
  /** @type {number[]} */
  const seen = [];
  const done = await travel({
    duration,
    frame: async () => (now += cost),
    draw: async (share) => void seen.push(share),
    stopped: () => seen.length >= stopAt,
  });
  return { seen, done, took: now };
}

test("a fast machine shows many frames, a slow one few, and both are done in time", async () => {
  const fast = await shares(16);
  assert.ok(fast.seen.length > 50);
  assert.deepEqual(fast.seen, [...fast.seen].sort((a, b) => a - b));
  assert.ok(fast.took < 1050);
  const slow = await shares(600);
  assert.deepEqual(slow.seen.map((share) => share.toFixed(2)), ["0.00", "1.00"]);
  for (const { seen, done } of [fast, slow]) assert.deepEqual([seen.at(-1), done], [1, true]);
});

test("with reduced motion it is there at once, and a new way ends the old one", async () => {
  assert.deepEqual((await shares(16, { duration: 0 })).seen, [1]);
  const { seen, done } = await shares(16, { stopAt: 3 });
  assert.deepEqual([seen.length, done], [3, false]);
});
