/** Maps of words in the page: who is near whom, against what NumPy says, and how maps turn into each other. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { parseLayouts } from "../../src/layouts_file.js";
import { axesOf, extentOf, inBoth, nearestTo, reachOf } from "../../src/word_map/near.js";
import { layoutAtlas } from "../../src/word_map/layout_atlas.js";
import { Words } from "../../src/words.js";
import { parseWords } from "../../src/words_file.js";
import { readFixture } from "../fixtures.js";

const expected = JSON.parse(readFixture("words.json").toString("utf8")).maps;
const words = new Words(parseWords(new Uint8Array(readFixture("words.safetensors")).buffer));
const layouts = parseLayouts(new Uint8Array(readFixture("layouts.safetensors")).buffer);
const maps = [
  { method: "chance", name: "Chance", dims: 2, tensor: "map2" },
  { method: "chance", name: "Chance", dims: 3, tensor: "map3" },
];

test("the neighbours on a map, the true ones and their overlap are NumPy's, ties included", () => {
  const atlas = layoutAtlas(words, layouts);
  for (const dims of [2, 3]) {
    const sheet = atlas.sheet({ word: "", colour: "", groups: [], assets: {}, maps, method: "chance", dims }, true);
    assert.equal(sheet.dims, dims);
    assert.match(sheet.kept, dims === 2 ? /Over all 43 words, Chance in 2-D keeps 13.% of the 10 nearest/ : /3-D keeps 25.%/);
    for (const [word, wanted] of Object.entries(expected[`map${dims}`])) {
      const place = words.place(word);
      const [near, seen] = [sheet.near(place).map((each) => each.place), sheet.seen(place)];
      assert.deepEqual(seen.map((other) => words.words[other]), wanted.near);
      assert.deepEqual(near.map((other) => words.words[other]), wanted.true);
      assert.equal(inBoth(near, seen).size, wanted.both);
    }
  }
});

test("a map of few points has no more neighbours than there are", () => {
  assert.deepEqual(nearestTo([0, 0, 5, 0, 1, 0], 2, 0, 10), [2, 1]);
  assert.deepEqual(nearestTo([3, 3, 3, 3, 3, 3], 2, 1, 2), [0, 2]);
});

test("axes are centred, on one scale, the longest from -0.5 to 0.5", () => {
  const points = [10, 100, 30, 500, 20, 300];
  const extent = extentOf(points, 2);
  const [x, y] = axesOf(points, 2, extent);
  assert.deepEqual([...y], [-0.5, 0.5, 0]);
  assert.deepEqual([...x].map((at) => Math.round(at * 1e6)), [-25000, 25000, 0]);
  assert.deepEqual(reachOf(extent), [0.025, 0.5]);
  const spot = extentOf([7, 7], 2);
  assert.deepEqual(axesOf([7, 7], 2, spot).map((axis) => axis[0]), [0, 0]);
});
