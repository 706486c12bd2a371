/** What Python packed is read as Python reads it, and what is damaged is told. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Neurons, openNeurons } from "../../src/neurons/file.js";
import { Problem } from "../../src/problem.js";
import { neurons } from "../../src/strings.js";
import { readFixture } from "../fixtures.js";

const BYTES = new Uint8Array(readFixture("neurons.safetensors"));
const EXPECTED = JSON.parse(readFixture("neurons.json").toString("utf8"));

test("every neuron is what it is in Python", () => {
  const found = new Neurons(BYTES);
  assert.equal(found.size, EXPECTED.length);
  for (const [place, neuron] of found.all().entries()) {
    const told = EXPECTED[place];
    for (const name of /** @type {const} */ (["layer", "neuron", "why"])) assert.equal(neuron[name], told[name]);
    assert.deepEqual([...neuron.histogram], told.histogram);
    assert.deepEqual([...neuron.edges], told.edges);
    for (const [i, side] of neuron.sides.entries()) {
      const { pattern, score, scoreText, promoted, suppressed, contexts } = told.sides[i];
      assert.equal(side.pattern, pattern);
      assert.deepEqual(Number.isNaN(side.score) ? null : side.score, score);
      if (scoreText) assert.ok(neurons.score(side.score).includes(scoreText));
      for (const [words, wanted] of [[side.promoted, promoted], [side.suppressed, suppressed]]) {
        assert.deepEqual(words.map((/** @type {any} */ { word, push }) => [word, push]), wanted);
      }
      assert.equal(side.contexts.length, contexts.length);
      for (const [j, { activations, ...context }] of side.contexts.entries()) {
        const { activations: wanted, ...others } = contexts[j];
        assert.deepEqual(context, others);
        activations.forEach((activation, at) => assert.ok(Math.abs(activation - wanted[at]) < 1e-5));
        assert.ok(activations.every((each) => Math.abs(each) <= side.scale * 1.000001));
      }
    }
  }
});

test("a neuron is found by its layer and number, and made once", () => {
  const found = openNeurons(BYTES);
  assert.equal(found, openNeurons(BYTES));
  assert.equal(found.find(2, 7), found.at(0));
  assert.equal(found.find(0, 39)?.why, "by lot");
  assert.equal(found.find(1, 7), null);
  assert.deepEqual([...found.layers], [[0, [3, 39]], [2, [1, 7]]]);
});

test("what is foreign, cut short or damaged is told", () => {
  assert.throws(() => new Neurons(new Uint8Array(3)), { message: /holds no neurons/ });
  assert.throws(() => new Neurons(BYTES.slice(0, -9)), { message: /is cut short/ });
  for (const [from, to, part] of [
    ['\\"schema\\": 1', '\\"schema\\": 2', /another schema/],
    ['\\"texts\\": [', '\\"taxts\\": [', /its texts/],
    ['"peaks":', '"paeks":', /its peaks/],
    ['"named\\"', '"named\\", \\"', /holds no|its/],
  ]) {
    const text = Buffer.from(BYTES).toString("latin1").replace(/** @type {string} */ (from), /** @type {string} */ (to));
    assert.throws(() => new Neurons(Buffer.from(text, "latin1")), (error) => error instanceof Problem && /** @type {RegExp} */ (part).test(error.message));
  }
  for (const [name, dtype] of [["peaks", "U8"], ["why", "U16"], ["tokens", "U16"], ["neurons", "U16"], ["pushes", "F32"]]) {
    assert.throws(() => new Neurons(filled(name, 255)), (error) => error instanceof Problem && error.message.includes(`its ${name}`), `${name} ${dtype}`);
  }
});

/**
 * The file with every byte of an array set to one value: places outside, neurons twice, no numbers.
 * @param {string} name
 * @param {number} value
 */
function filled(name, value) {
  const bytes = BYTES.slice();
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const [from, to] = header[name].data_offsets;
  return bytes.fill(value, 8 + length + from, 8 + length + to);
}
