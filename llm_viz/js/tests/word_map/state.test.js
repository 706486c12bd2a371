/** Which map and which groups are shown, whatever the traits hold. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../src/problem.js";
import { chooseMap, colouredGroups, methodsOf } from "../../src/word_map/state.js";

const maps = ["pca2", "pca3", "umap2", "tsne2"].map((tensor) => {
  const method = tensor.slice(0, -1);
  return { method, name: method.toUpperCase(), dims: Number(tensor.at(-1)), tensor };
});

/** @param {string} method @param {number} dims @param {boolean} [webgl] */
const chosen = (method, dims, webgl = true) => {
  const { map, without } = chooseMap(maps, { method, dims }, webgl);
  return [map.tensor, without[2] ?? "", without[3] ?? ""];
};

test("the map that is asked for, else one by the same method, and why", () => {
  assert.deepEqual(chosen("pca", 3), ["pca3", "", ""]);
  assert.deepEqual(chosen("tsne", 3), ["tsne2", "", "There is no map by TSNE in 3-D here."]);
  assert.deepEqual(chosen("pca", 3, false), ["pca2", "", "3-D needs WebGL, which this browser does not offer here."]);
  assert.deepEqual(chosen("pca", 7), ["pca2", "", ""]);
  assert.deepEqual(methodsOf(maps).map(({ name }) => name), ["PCA", "UMAP", "TSNE"]);
});

test("a map that cannot be shown at all is told", () => {
  const solid = [maps[1]];
  assert.throws(() => chooseMap(maps, { method: "<b>" }, true), { message: "There is no map “<b>” here; choose PCA, UMAP, TSNE." });
  assert.throws(() => chooseMap(solid, { method: "pca" }, false), /needs WebGL/);
  assert.throws(() => chooseMap([], {}, true), (error) => error instanceof Problem && /no map of words/.test(error.message));
});

test("all groups, none, or one", () => {
  const groups = ["Animals", "Verbs"].map((name) => ({ name, colour: "#000", mark: 0, words: [] }));
  const names = (/** @type {string} */ colour) => colouredGroups({ word: "", assets: {}, groups, colour }).map(({ name }) => name);
  assert.deepEqual([names("all"), names("none"), names("Verbs")], [["Animals", "Verbs"], [], ["Verbs"]]);
  assert.throws(() => names("Fruit"), { message: /There is no group “Fruit” here/ });
});
