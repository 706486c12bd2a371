/** What a network has learned follows from its traits alone, however it got there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { curveOf, makeLearner } from "../../src/pixels/learner.js";
import { forward, makePass, pixelsOf } from "../../src/pixels/network.js";
import { readState } from "../../src/pixels/state.js";
import { tableRows } from "../../src/pixels/table.js";
import { FakeModel } from "../fixtures.js";

const asked = { hidden: 8, rate: 0.1, seed: 2, seen: 300 };
const weights = (/** @type {import("../../src/pixels/learner.js").Learnt} */ { network }) => network.flatMap((layer) => [...layer.weights, ...layer.biases]);

test("step by step is the same as all at once, and as after a detour", () => {
  const whole = weights(makeLearner()(asked));
  const learn = makeLearner();
  for (let seen = 0; seen <= 300; seen += 10) learn({ ...asked, seen });
  assert.deepEqual(weights(learn(asked)), whole);
  for (const other of [{ rate: 1 }, { hidden: 3 }, { seed: 5 }, { seen: 400 }]) {
    assert.notDeepEqual(weights(learn({ ...asked, ...other })), whole);
    assert.deepEqual(weights(learn(asked)), whole);
  }
});

test("a lesson and its losses are there once an example was shown", () => {
  const learn = makeLearner();
  const none = learn({ ...asked, seen: 0 });
  assert.equal(none.lesson, null);
  assert.equal(none.losses.length, 0);
  const { lesson, losses, accuracy } = learn({ ...asked, seen: 1000 });
  assert.equal(losses.length, 1000);
  assert.equal(lesson?.loss, losses[999]);
  assert.ok(accuracy > 0.9 && none.accuracy < 0.4);
});

test("a nudge is the rate times the slope, downhill", () => {
  const [before, learn] = [weights(makeLearner()({ ...asked, seen: 9 })), makeLearner()];
  const after = learn({ ...asked, seen: 10 });
  const slopes = (after.lesson?.pass.slopes ?? []).flatMap((layer) => [...layer.weights, ...layer.biases]);
  for (const [i, weight] of weights(after).entries()) assert.ok(Math.abs(weight - (before[i] - 0.1 * slopes[i])) < 1e-15);
});

test("the highest rate and the largest network stay finite", () => {
  const { network, losses } = makeLearner()({ hidden: 16, rate: 10, seed: 1, seen: 10_000 });
  assert.ok(losses.every(Number.isFinite));
  for (const layer of network) assert.ok(layer.weights.every(Number.isFinite));
});

test("the curve is the mean of so many examples each", () => {
  assert.deepEqual(curveOf(Float64Array.of(4, 2, 3, 1, 8), 3), { width: 2, points: [{ at: 1, loss: 3 }, { at: 3, loss: 2 }, { at: 4.5, loss: 8 }] });
  assert.deepEqual(curveOf(new Float64Array(0), 3), { width: 1, points: [] });
});

test("every weight and bias has its row, and each neuron's products add up to its sum", () => {
  const { network, lesson } = makeLearner()({ ...asked, seen: 50 });
  assert.ok(lesson);
  const rows = tableRows(network, lesson.pass.values, null);
  assert.equal(rows.length, 168 + 20);
  assert.equal(rows[0][5], "none yet");
  const number = (/** @type {string} */ text) => Number(text.replace("\u2212", "-"));
  const fresh = makeLearner()({ ...asked, seen: 0 });
  const values = makeValues(fresh.network);
  const first = tableRows(fresh.network, values, null).slice(0, 10);
  const sum = first.reduce((total, row) => total + number(row[3]) * number(row[4]), 0);
  assert.ok(Math.abs(Math.tanh(sum) - number(first[0][1])) < 0.01);
});

test("traits that make no sense are told", () => {
  const good = { pixels: "010010010", rate: 0.1, hidden: 8, seen: 0, seed: 2, look: "image" };
  const read = (/** @type {object} */ changes) => readState(/** @type {any} */ (new FakeModel({ ...good, ...changes })));
  assert.deepEqual(read({}), good);
  for (const pixels of ["01", "01001001x", 7]) assert.throws(() => read({ pixels }), /expected nine characters/);
  assert.throws(() => read({ rate: 0 }), /rate is 0; expected a number from 0.001 to 10/);
  assert.throws(() => read({ rate: NaN }), /rate is NaN/);
  assert.throws(() => read({ hidden: 8.5 }), /hidden is 8.5; expected a whole number from 1 to 16/);
  assert.throws(() => read({ seen: 10_001 }), /seen is 10001; expected a whole number from 0 to 10,000/);
  assert.throws(() => read({ seed: -1 }), /seed is -1/);
  assert.throws(() => read({ look: "toString" }), /look is “toString”/);
});

/** @param {import("../../src/pixels/network.js").Layer[]} network */
function makeValues(network) {
  const pass = makePass(network);
  forward(network, pass, pixelsOf("010010010"));
  return pass.values;
}
