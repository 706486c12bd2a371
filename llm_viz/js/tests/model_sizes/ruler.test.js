/** Bars to scale: a straight axis in steps of ten, and nothing drawn beyond its end. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { axisEnd, pieces } from "../../src/model_sizes/ruler.js";
import { readState } from "../../src/model_sizes/state.js";
import { FakeModel } from "../fixtures.js";

const model = { name: "a", ours: false, n_layers: 1, n_heads: 1, d_model: 1, d_mlp: 1, embedding: 10, attention: 30, mlp: 60, norm: 0, unembedding: 0, total: 100, source: "" };

test("the axis ends at a round number at or beyond the largest model", () => {
  const end = (/** @type {number} */ total, zoom = 0) => axisEnd([{ ...model, total }, model], zoom);
  assert.deepEqual([100, 101, 201, 501, 174.6e9].map((total) => end(total)), [100, 200, 500, 1000, 200e9]);
  assert.equal(end(174.6e9, 3), 200e6);
});

test("pieces are shares of the axis, in order, and end with it", () => {
  assert.deepEqual(pieces(model, 200), [
    { part: "embedding", start: 0, width: 0.05 },
    { part: "attention", start: 0.05, width: 0.15000000000000002 },
    { part: "mlp", start: 0.2, width: 0.3 },
  ]);
  const cut = pieces(model, 20);
  assert.deepEqual(cut.map(({ part }) => part), ["embedding", "attention"]);
  assert.equal(cut.reduce((sum, { width }) => sum + width, 0), 1);
});

test("traits that make no sense are told", () => {
  const state = (/** @type {object} */ changes) => readState(/** @type {any} */ (new FakeModel({ models: [model], zoom: 0, ...changes })));
  assert.equal(state({ zoom: 3 }).zoom, 3);
  assert.throws(() => state({ models: [] }), { message: /no model to show/ });
  for (const zoom of [4, -1, 0.5, "0"]) assert.throws(() => state({ zoom }), { message: /expected a whole number from 0 to 3/ });
});
