/** The files of maps: what is cut short, foreign or contradicts itself is one clear problem. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { parseLayouts } from "../../src/layouts_file.js";
import { parseLearning } from "../../src/learning_file.js";
import { Problem } from "../../src/problem.js";
import { layoutAtlas } from "../../src/word_map/layout_atlas.js";
import { learningAtlas } from "../../src/word_map/learning_atlas.js";
import { Words } from "../../src/words.js";
import { parseWords } from "../../src/words_file.js";
import { readFixture } from "../fixtures.js";

/**
 * A safetensors file.
 * @param {string} key
 * @param {any} told
 * @param {Record<string, { dtype: string, shape: number[], data: Uint8Array | Uint16Array }>} tensors
 */
function fileOf(key, told, tensors) {
  /** @type {any} */
  const index = { __metadata__: { [key]: JSON.stringify(told) } };
  let end = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) index[name] = { dtype, shape, data_offsets: [end, (end += data.byteLength)] };
  const header = new TextEncoder().encode(JSON.stringify(index));
  const file = new Uint8Array(8 + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  let at = 8 + header.length;
  for (const { data } of Object.values(tensors)) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file.buffer;
}

/** @param {() => unknown} act @param {RegExp} message */
const refuses = (act, message) => assert.throws(act, (error) => error instanceof Problem && message.test(error.message));

const points = { dtype: "U16", shape: [3, 2], data: Uint16Array.of(0, 0, 5, 5, 9, 9) };
const layouts = (told = {}, tensors = {}) => fileOf("llm_viz_layouts", { schema: 1, words: "d", kept: { one: 0.5 }, ...told }, { one: points, ...tensors });

test("maps are read, wherever their bytes begin", () => {
  for (const words of ["d", "dd", "ddd"]) {
    const { words: digest, layout } = parseLayouts(layouts({ words }));
    assert.equal(digest, words);
    assert.deepEqual([...layout("one").points], [0, 0, 5, 5, 9, 9]);
    assert.deepEqual([layout("one").dims, layout("one").kept], [2, 0.5]);
  }
});

test("a damaged file of maps is told", () => {
  refuses(() => parseLayouts(new ArrayBuffer(3)), /holds no maps of words/);
  refuses(() => parseLayouts(new Uint8Array(64).fill(0x20).buffer), /holds no maps of words/);
  refuses(() => parseLayouts(new Uint8Array(readFixture("words.safetensors")).buffer), /holds no maps of words/);
  refuses(() => parseLayouts(layouts().slice(0, 40)), /cut short: it has 40 bytes/);
  refuses(() => parseLayouts(layouts({ schema: 2 })), /another schema than 1/);
  refuses(() => parseLayouts(layouts({ words: 3 })), /its list of words/);
  refuses(() => parseLayouts(layouts().slice(0, -1)).layout("one"), /cut short/);
  refuses(() => parseLayouts(layouts()).layout("two"), /its two cannot be right/);
  refuses(() => parseLayouts(layouts()).layout("toString"), /its toString cannot be right/);
  refuses(() => parseLayouts(layouts({ kept: {} })).layout("one"), /its share that “one” keeps/);
  refuses(() => parseLayouts(layouts({ kept: { one: 2 } })).layout("one"), /its share/);
  for (const bad of [{ ...points, shape: [2, 3, 1] }, { ...points, shape: [6, 1] }, { ...points, shape: [9, 2] }, { ...points, dtype: "U8" }, { ...points, shape: [-3, -2] }]) {
    refuses(() => parseLayouts(layouts({}, { one: bad })).layout("one"), /its one cannot be right/);
  }
});

test("maps of other words, or of fewer, are told", () => {
  const words = new Words(parseWords(new Uint8Array(readFixture("words.safetensors")).buffer));
  refuses(() => layoutAtlas(words, parseLayouts(layouts())), /maps are of other words/);
  const maps = [{ method: "m", name: "Mine", dims: 2, tensor: "one" }];
  const atlas = layoutAtlas(words, parseLayouts(layouts({ words: words.digest })));
  refuses(() => atlas.sheet({ word: "", colour: "", groups: [], assets: {}, maps, method: "m" }, true), /the map Mine has 3 points for 43 words/);
});

const told = { words: ["one", "two", "three"], loss: [4, 2], wordsim: [0, 0.5], kept: [0.1, 0.9], pairs: 7 };
const places = { dtype: "U8", shape: [2, 3, 2], data: Uint8Array.of(10, 10, 12, 10, 10, 13, 0, 0, 200, 0, 0, 100) };
const neighbours = { dtype: "U16", shape: [2, 3, 1], data: Uint16Array.of(1, 2, 0, 2, 0, 0) };
const learning = (changes = {}, tensors = {}) => fileOf("llm_viz_learning", { schema: 1, ...told, ...changes }, { places, neighbours, ...tensors });

test("words that are learned have a map for each epoch, all on one scale", () => {
  const atlas = learningAtlas(parseLearning(learning()));
  const at = (/** @type {number} */ epoch) => atlas.sheet({ word: "", colour: "", groups: [], assets: {}, epoch }, true);
  const [first, last] = [at(0), at(1)];
  assert.deepEqual([first.key, last.key, last.k], ["epoch0", "epoch1", 1]);
  assert.deepEqual([first.near(0)[0].place, first.seen(0), last.near(0)[0].place, last.seen(0)], [1, [1], 2, [2]]);
  assert.deepEqual(first.reach, last.reach);
  assert.deepEqual([...last.axes[0]], [-0.5, 0.5, -0.5]);
  assert.ok(Math.abs(first.axes[0][1] - first.axes[0][0] - 2 / 200) < 1e-6);
  assert.match(last.figures ?? "", /Loss 2.00 nats .* WordSim 0.50: .* of 7 pairs/);
  for (const epoch of [2, -1, 0.5, NaN]) refuses(() => at(epoch), /choose 0 to 1/);
});

test("a damaged file of words that are learned is told", () => {
  refuses(() => parseLearning(learning().slice(0, -1)), /cut short/);
  refuses(() => parseLearning(layouts()), /holds no words that are being learned/);
  for (const [changes, tensors, part] of /** @type {[object, object, RegExp][]} */ ([
    [{ words: ["one", "one", "two"] }, {}, /its list of words/],
    [{ words: ["one", "two"] }, {}, /its places/],
    [{ loss: [4] }, {}, /its loss/],
    [{ wordsim: [4, null] }, {}, /its wordsim/],
    [{ kept: "x" }, {}, /its kept/],
    [{ pairs: null }, {}, /its pairs/],
    [{}, { neighbours: { ...neighbours, shape: [2, 1, 3] } }, /its neighbours/],
    [{}, { neighbours: { ...neighbours, data: Uint16Array.of(1, 2, 0, 2, 0, 3) } }, /its neighbours/],
    [{}, { places: { ...places, shape: [4, 3, 1] } }, /its places/],
  ])) refuses(() => parseLearning(learning(changes, tensors)), part);
});
