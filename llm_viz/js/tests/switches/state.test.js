/** What the traits choose, whoever set them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { chosen, see } from "../../src/switches/state.js";
import { result, tableRows } from "../../src/switches/words.js";
import { readFixture } from "../fixtures.js";

const BYTES = new Uint8Array(readFixture("switches.safetensors"));
const NONE = new Uint8Array();
const GROUPS = [{ name: "the pair", off: "L0H1, L1H0" }];

/** @param {Partial<import("../../src/switches/state.js").Traits>} changes */
const state = (changes = {}) => /** @type {import("../../src/switches/state.js").Traits} */ ({
  traces: [BYTES], labels: ["A"], shape: { layers: 2, heads: 2 }, columns: ["heads"], groups: GROUPS, text: "", own: NONE,
  found: NONE, prompt: 0, off: "", several: false, measure: "difference", ...changes,
});

test("the columns are those that the author shows, from layer 0", () => {
  const seen = see(state({ columns: ["heads", "mlp"] }), BYTES);
  assert.deepEqual(seen.columns.map((column) => column.map(({ name }) => name)), [["L0H0", "L1H0"], ["L0H1", "L1H1"], ["L0 FFN", "L1 FFN"]]);
});

test("what is off is known alone, as a group, or from the last run", () => {
  assert.equal(see(state(), BYTES).now?.row, 0);
  assert.equal(see(state({ off: "L1H0 ,L0H1" }), BYTES).now?.row, 7);
  assert.equal(see(state({ off: "L0H0, L0H1" }), BYTES).now, null);
  const other = Buffer.from(Buffer.from(BYTES).toString("latin1").replace("L0H1, L1H0", "L0H0, L0H1"), "latin1");
  const ran = see(state({ off: "L0H0, L0H1", found: other }), BYTES).now;
  assert.equal(ran?.row, 7);
  const elsewhere = Buffer.from(other.toString("latin1").replace("a <b>", "b <b>"), "latin1");
  assert.equal(see(state({ off: "L0H0, L0H1", found: elsewhere }), BYTES).now, null, "of another text");
});

test("what makes no sense is told", () => {
  assert.throws(() => chosen(state({ prompt: 1 })), { message: /prompt is 1; expected 0 to 0/ });
  assert.throws(() => chosen(state({ prompt: -1 })), { message: /prompt is -1/ });
  assert.throws(() => chosen(state({ traces: [] })), { message: /no text yet/ });
  assert.throws(() => see(state({ off: "L2H0" }), BYTES), { message: /there is no L2H0/ });
  assert.throws(() => see(state({ measure: /** @type {any} */ ("size") }), BYTES), { message: /measure is size/ });
});

test("what happened is told in a sentence", () => {
  assert.match(result(see(state(), BYTES), GROUPS), /^Everything is on: “<7>” has/);
  assert.match(result(see(state({ off: "L0H0" }), BYTES), GROUPS), /^With L0H0 off, “<7>” goes from/);
  assert.match(result(see(state({ off: "L0H1, L1H0" }), BYTES), GROUPS), /^With the pair off/);
  assert.match(result(see(state({ off: "L0 attention, L1 attention" }), BYTES), GROUPS), /No token sees any other/);
  const all = "L0 attention, L0 FFN, L1 attention, L1 FFN";
  assert.match(result(see(state({ off: all }), BYTES), GROUPS), /Nothing is left but the embedding/);
});

test("the table has a line for all that was tried", () => {
  const rows = tableRows(see(state(), BYTES).tried, GROUPS);
  assert.equal(rows.length, 11);
  assert.equal(rows[0][0], "nothing");
  assert.equal(rows[7][0], "the pair");
});
