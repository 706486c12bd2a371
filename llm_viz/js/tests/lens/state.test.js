import assert from "node:assert/strict";
import { test } from "node:test";
import { checkState, columnOf, layerOf, rowOf } from "../../src/lens/state.js";
import { Problem } from "../../src/problem.js";

const GOOD = {
  traces: [new Uint8Array(1), { asset: "trace-1.safetensors" }],
  labels: [],
  names: {},
  n_layers: 3,
  halves: false,
  text: "",
  own: new Uint8Array(0),
  prompt: 0,
  beside: null,
  layer: 2,
  position: -1,
  position_beside: -1,
  assets: {},
};

/** @param {object} changes */
const check = (changes) => checkState(/** @type {any} */ ({ ...GOOD, ...changes }));

test("sound traits pass", () => {
  check({});
  check({ prompt: 1, beside: 0, layer: -1 });
  check({ halves: true, layer: 0.5 });
  check({ prompt: -1, own: new Uint8Array(1) });
});

test("each unsound trait is named with its value", () => {
  /** @type {[object, RegExp][]} */
  const cases = [
    [{ traces: [] }, /no text yet/],
    [{ prompt: 2 }, /prompt is 2; expected 0 to 1/],
    [{ prompt: -1 }, /prompt is -1/],
    [{ prompt: "x" }, /prompt is x/],
    [{ beside: 2 }, /beside is 2; expected 0 to 1, or off/],
    [{ beside: -1 }, /beside is -1/],
    [{ layer: 3 }, /layer is 3; expected -1 \(the embedding\) to 2$/],
    [{ layer: -2 }, /layer is -2/],
    [{ layer: 0.5 }, /layer is 0.5/],
    [{ layer: NaN }, /layer is NaN/],
    [{ layer: 0.25, halves: true }, /layer is 0.25; .* in steps of a half/],
    [{ layer: 2.5, halves: true }, /layer is 2.5/],
  ];
  for (const [changes, sentence] of cases) {
    assert.throws(() => check(changes), (error) => error instanceof Problem && sentence.test(error.message), String(sentence));
  }
});

test("rows and layers turn into each other", () => {
  for (const halves of [false, true]) {
    for (let row = 0; row < 7; row++) assert.equal(rowOf(layerOf(row, halves), halves), row);
  }
  assert.equal(rowOf(-1, true), 0);
  assert.equal(rowOf(0, true), 2);
  assert.equal(rowOf(29, false), 30);
});

test("a position is found among those shown", () => {
  const lens = /** @type {any} */ ({ columns: 3, positions: [4, 5, 6] });
  assert.equal(columnOf(lens, -1), 2);
  assert.equal(columnOf(lens, 5), 1);
  assert.throws(() => columnOf(lens, 0), /position is 0; this text shows the positions 4 to 6/);
  assert.throws(() => columnOf({ ...lens, positions: [9, 1, 3] }, 2), /shows the positions 9, 1, 3/);
});
