import assert from "node:assert/strict";
import { test } from "node:test";
import { fit, layerTicks, rulerShare, tail } from "../../src/sense_map/layout.js";
import { makePicture } from "../../src/sense_map/state.js";
import { state } from "./examples.js";

test("the plane holds every depth of both cues, one scale both ways, and does not move with the layer", () => {
  const picture = makePicture(state());
  const { at, scale } = fit(picture, 400, 300);
  for (const depth of [0, 1, 2]) {
    for (const i of [0, 1, 2, 3]) {
      const { x, y } = at(picture.result.point(depth, i));
      assert.ok(x >= 0 && x <= 400 && y >= 0 && y <= 300);
    }
  }
  const [zero, right, up] = [at({ x: 0, y: 0 }), at({ x: 1, y: 0 }), at({ x: 0, y: 1 })];
  assert.ok(Math.abs(right.x - zero.x - scale) < 1e-9 && Math.abs(zero.y - up.y - scale) < 1e-9);
  const later = fit(makePicture(state({ layer: 2, cue: "after" })), 400, 300);
  assert.deepEqual(later.at({ x: 1, y: 2 }), at({ x: 1, y: 2 }));
});

test("a tail goes from the beginning to the chosen depth", () => {
  assert.equal(tail(2, (depth) => ({ x: depth, y: 10 * depth })), "0.0,0.0 1.0,10.0 2.0,20.0");
  assert.equal(tail(0, () => ({ x: 1, y: 2 })), "1.0,2.0");
});

test("a ruler is a round number", () => {
  assert.deepEqual([0.7, 1, 3, 5.5, 40].map((wide) => Number(rulerShare(wide).toFixed(6))), [0.1, 0.2, 0.5, 1, 5]);
});

test("ticks are the embedding, round numbers and the last layer, none too near to another", () => {
  assert.deepEqual(layerTicks(6), [-1, 0, 1, 2, 3, 4, 5]);
  assert.deepEqual(layerTicks(30), [-1, 5, 10, 15, 20, 25, 29]);
  assert.deepEqual(layerTicks(32), [-1, 5, 10, 15, 20, 25, 31]);
  assert.deepEqual(layerTicks(12), [-1, 2, 4, 6, 8, 10, 11]);
  assert.deepEqual(layerTicks(1), [-1, 0]);
});
