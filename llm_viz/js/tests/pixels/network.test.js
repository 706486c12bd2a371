/** The page's network computes what `tests/fixtures/make_pixels.py` wrote out in NumPy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accuracy, backward, forward, IMAGES, lossOf, makeExamples, makeNetwork, makePass, N_PIXELS, noisySymbols, nudge, pixelsOf } from "../../src/pixels/network.js";
import { readFixture } from "../fixtures.js";

/** @typedef {{ pixels: number[], symbol: number, loss: number }} Held */
/** @typedef {{ hidden: number, seed: number, rate: number, beginning: number[], outputs: number[], loss: number, gradients: number[], examples: Held[], after: number[] }} Case */
/** @type {{ image: string, sets: string[][], cases: Case[], tests: { count: number, first: number[], last: number[], symbols: number[] } }} */
const held = JSON.parse(readFixture("pixels.json").toString("utf8"));

/** @param {ArrayLike<number>} found @param {number[]} wanted */
function agree(found, wanted) {
  assert.equal(found.length, wanted.length);
  for (const [i, value] of wanted.entries()) assert.ok(Math.abs(found[i] - value) < 1e-9, `${i}: ${found[i]} for ${value}`);
}

const flat = (/** @type {{ weights: Float64Array, biases: Float64Array }[]} */ parts) => parts.flatMap(({ weights, biases }) => [...weights, ...biases]);

for (const { hidden, seed, rate, beginning, outputs, loss, gradients, examples, after } of held.cases) {
  test(`forward, loss and gradients with ${hidden} neurons`, () => {
    const network = makeNetwork(hidden, seed);
    const pass = makePass(network);
    agree(flat(network), beginning);
    agree(forward(network, pass, pixelsOf(held.image)), outputs);
    agree([lossOf(pass, 1)], [loss]);
    backward(network, pass, 1);
    agree(flat(pass.slopes), gradients);
  });

  test(`ten updates with ${hidden} neurons`, () => {
    const network = makeNetwork(hidden, seed);
    const pass = makePass(network);
    const next = makeExamples(seed);
    const pixels = new Float64Array(N_PIXELS);
    for (const wanted of examples) {
      const symbol = next(pixels);
      agree(pixels, wanted.pixels);
      assert.equal(symbol, wanted.symbol);
      forward(network, pass, pixels);
      agree([lossOf(pass, symbol)], [wanted.loss]);
      backward(network, pass, symbol);
      nudge(network, pass, rate);
    }
    agree(flat(network), after);
  });
}

test("the symbols and the noisy ones are the same", () => {
  assert.deepEqual(IMAGES.map((images) => [...images].sort()), held.sets.map((images) => [...images].sort()));
  const tests = noisySymbols();
  assert.equal(tests.length, held.tests.count);
  agree(tests[0].pixels, held.tests.first);
  agree(tests[tests.length - 1].pixels, held.tests.last);
});

test("an output that is rounded to the wrong end costs much, not infinity", () => {
  const network = makeNetwork(1, 1);
  network[2].biases.set([-800, 800, 0, 0]);
  const pass = makePass(network);
  forward(network, pass, pixelsOf("111111111"));
  const loss = lossOf(pass, 0);
  assert.ok(loss > 100 && Number.isFinite(loss));
});

test("accuracy counts the highest output", () => {
  const network = makeNetwork(2, 1);
  const pass = makePass(network);
  network[2].weights.fill(0);
  network[2].biases.set([0, 0, 1, 0]); // whatever it sees: horizontal
  assert.equal(accuracy(network, pass, noisySymbols()), 6 / 18);
});
