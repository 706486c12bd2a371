/** What the traits choose, what the sliders go over, and which side is shown of another neuron. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { openNeurons } from "../../src/neurons/file.js";
import { placeOf } from "../../src/neurons/histogram.js";
import { chosenOf, reach, readState, see, tellingSide } from "../../src/neurons/state.js";
import { tableRows } from "../../src/neurons/table.js";
import { FakeModel, readFixture } from "../fixtures.js";

const BYTES = new Uint8Array(readFixture("neurons.safetensors"));
const NEURONS = openNeurons(BYTES);
const SHAPE = { layers: 3, neurons: 40, shares: [] };

/** @param {Record<string, unknown>} [changes] */
function state(changes = {}) {
  const traits = { traces: [BYTES], own: new Uint8Array(), shape: SHAPE, layer: 2, neuron: 7, side: "positive", search: "", every: false };
  return readState(/** @type {any} */ (new FakeModel({ ...traits, ...changes })));
}

test("a neuron of the page is found without Python", () => {
  const seen = see(state({ side: "negative" }), BYTES, false);
  assert.equal(seen.neuron, NEURONS.find(2, 7));
  assert.deepEqual([seen.layer, seen.number, seen.side, seen.every], [2, 7, 1, false]);
  assert.deepEqual(reach(seen, SHAPE), { layers: [0, 2], numbers: [1, 7] });
});

test("another one is not there, unless Python sent it", () => {
  const other = { layer: 1, neuron: 30 };
  assert.equal(see(state(other), BYTES, false).neuron, null);
  assert.equal(see(state({ layer: 0, neuron: 3, traces: [] , own: BYTES }), BYTES, true).neuron?.why, "named");
  const live = see(state(other), BYTES, true);
  assert.equal(live.every, true);
  assert.deepEqual(reach(live, SHAPE).layers, [0, 1, 2]);
  assert.equal(reach(live, SHAPE).numbers.length, 40);
  assert.equal(see(state({ every: true }), BYTES, false).every, false, "without Python there are no others");
});

test("traits that make no sense are told in one sentence", () => {
  for (const [changes, sentence] of /** @type {[Record<string, unknown>, string][]} */ ([
    [{ layer: 3 }, "layer is 3; expected 0 to 2"],
    [{ layer: 1.5 }, "layer is 1.5; expected 0 to 2"],
    [{ neuron: 40 }, "neuron is 40; expected 0 to 39"],
    [{ neuron: -1 }, "neuron is -1; expected 0 to 39"],
    [{ side: "left" }, "side is left; expected positive, negative"],
  ])) {
    assert.throws(() => see(state(changes), BYTES, false), { message: sentence });
  }
  assert.throws(() => chosenOf(state({ traces: [] })), { message: /There are no neurons yet/ });
});

test("the side that is shown is the one whose pattern holds, else the stronger", () => {
  const [first] = NEURONS.all();
  assert.deepEqual(NEURONS.all().map(tellingSide), ["positive", "negative", "positive", "positive"]);
  const [positive, negative] = first.sides.map((side) => ({ ...side, score: NaN }));
  assert.equal(tellingSide({ ...first, sides: [{ ...positive, scale: 1 }, negative] }), "negative");
});

test("bins are equally wide, whatever they hold", () => {
  const edges = Float32Array.of(-8, -1, 1, 8);
  assert.deepEqual([-8, 0, 1, 4.5].map((value) => placeOf(edges, value)), [0, 1.5, 2, 2.5]);
  assert.equal(placeOf(edges, 9), null);
});

test("the table holds all that is drawn, and no empty bin", () => {
  const neuron = NEURONS.at(0);
  const rows = tableRows(neuron, 0);
  const of = (/** @type {string} */ what) => rows.filter(([first]) => first === what).length;
  assert.equal(of("strong at"), neuron.sides[0].contexts.length);
  assert.equal(of("makes likelier"), neuron.sides[0].promoted.length);
  assert.equal(of("makes less likely"), neuron.sides[0].suppressed.length);
  assert.equal(rows.filter(([first]) => first.startsWith("activation ")).length, 4);
  assert.deepEqual(rows[0].slice(0, 3), ["strong at", "·red", "+7.50"]);
  assert.ok(rows.find(([, , , , from]) => from === "made up, text 1, held out"));
});
