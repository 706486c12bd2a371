/** A map as plotly gets it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { FEW, figureOf, plain, rangesOf } from "../../src/word_map/figure.js";

const names = ["the", "cat", "dog", "a<b>"].map(plain);
const axes = [Float32Array.of(-0.5, 0, 0.1, 0.5), Float32Array.of(-0.2, 0, 0.1, 0.2)];
const scene = {
  key: "flat", frame: "flat", label: "", axes, reach: [0.5, 0.2], names,
  groups: [{ colour: "#E69F00", symbol: "square", places: [1, 2] }],
  chosen: /** @type {number | null} */ (1), near: [2, 3], seen: [0, 2],
};
const colours = { ink: "i", soft: "s", panel: "p", outline: "o", word: "w", dot: "d" };
const way = { axes, webgl: true, labels: true, drag: true, look: { x: 0, y: 0, zoom: 1 }, camera: { eye: { x: 1, y: 1, z: 1 }, center: { x: 0, y: 0, z: 0 } }, size: { width: 500, height: 400 }, colours };

/** @param {object[]} data */
const types = (data) => new Set(data.map((each) => /** @type {any} */ (each).type));

test("every curve knows the words of its points", () => {
  const { data, layout, placesOf } = figureOf(scene, way);
  assert.deepEqual(types(data), new Set(["scattergl"]));
  assert.equal(placesOf(0), null); // all words, in order
  assert.deepEqual([1, 3, 4, 5].map(placesOf), [[1, 2], [0, 2], [2, 3], [1]]);
  const lines = /** @type {any} */ (data[2]);
  assert.deepEqual(lines.x.map((/** @type {number} */ x) => x?.toFixed(1)), ["0.0", "0.1", undefined, "0.0", "0.5", undefined]);
  const labels = /** @type {any} */ (layout).annotations;
  assert.deepEqual(labels.map((/** @type {any} */ { text }) => text), ["cat", "dog", "a&lt;b&gt;"]);
});

test("while it moves no name stands on it, and without a chosen word there is none", () => {
  assert.deepEqual(/** @type {any} */ (figureOf(scene, { ...way, labels: false }).layout).annotations, []);
  const { data, layout } = figureOf({ ...scene, chosen: null }, way);
  assert.equal(data.length, 2);
  assert.deepEqual(/** @type {any} */ (layout).annotations, []);
});

test("without WebGL only the most frequent words are drawn, as elements of the page", () => {
  const many = Array.from({ length: FEW + 9 }, (_, i) => `w${i}`);
  const long = [0, 1].map(() => new Float32Array(FEW + 9));
  const { data, placesOf } = figureOf({ ...scene, names: many, axes: long }, { ...way, axes: long, webgl: false });
  assert.deepEqual(types(data), new Set(["scatter"]));
  assert.equal(placesOf(0)?.length, FEW);
});

test("in three dimensions there is a third axis and a place to look from", () => {
  const solid = [...axes, Float32Array.of(0, 0, 0, 0)];
  const { data, layout } = figureOf({ ...scene, axes: solid }, { ...way, axes: solid });
  assert.deepEqual(types(data), new Set(["scatter3d"]));
  assert.deepEqual(/** @type {any} */ (layout).scene.camera, way.camera);
});

test("both directions are on one scale, and closer is closer", () => {
  const { x, y, perPixel } = rangesOf([0.5, 0.2], { x: 0, y: 0, zoom: 1 }, { width: 500, height: 400 });
  assert.ok(x[0] < -0.5 && x[1] > 0.5);
  assert.ok(Math.abs((x[1] - x[0]) / 500 - (y[1] - y[0]) / 400) < 1e-12);
  const near = rangesOf([0.5, 0.2], { x: 0.1, y: 0.2, zoom: 4 }, { width: 500, height: 400 });
  assert.ok(Math.abs(near.perPixel - perPixel / 4) < 1e-12);
  assert.ok(Math.abs((near.x[0] + near.x[1]) / 2 - 0.1) < 1e-12);
});

test("words are no markup", () => {
  assert.equal(plain("<a href='x'>&"), "&lt;a href='x'&gt;&amp;");
});
