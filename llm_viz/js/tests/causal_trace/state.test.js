/** Traits from anywhere are checked before they are drawn, and an outcome is told in a sentence. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { chosen, outcome, see, tableRows } from "../../src/causal_trace/state.js";
import { readFixture } from "../fixtures.js";

const BYTES = new Uint8Array(readFixture("causal_trace.safetensors"));
/** @type {import("../../src/causal_trace/state.js").Traits} */
const STATE = { traces: [BYTES], labels: ["A"], text: "", subject: "", answer: "", own: new Uint8Array(), prompt: 0, kind: "hidden", layer: 0, position: -1 };

test("-1 is the last token", () => {
  assert.equal(see(STATE, BYTES).position, 3);
  assert.equal(see({ ...STATE, position: 1 }, BYTES).position, 1);
});

test("what is out of range is told", () => {
  assert.throws(() => chosen({ ...STATE, prompt: 2 }), /prompt is 2; expected 0 to 0/);
  assert.throws(() => chosen({ ...STATE, prompt: -1 }), /once there is a text of your own/);
  assert.throws(() => chosen({ ...STATE, traces: [] }), /no trace yet/);
  assert.throws(() => see({ ...STATE, layer: 5 }, BYTES), /layer is 5; expected 0 to 4/);
  assert.throws(() => see({ ...STATE, layer: 0.5 }, BYTES), /layer is 0.5/);
  assert.throws(() => see({ ...STATE, position: 4 }, BYTES), /position is 4; expected 0 to 3/);
  assert.throws(() => see({ ...STATE, kind: /** @type {any} */ ("heads") }, BYTES), /kind is heads/);
});

test("a sentence tells what was restored, and where nothing can be", () => {
  assert.match(outcome(see({ ...STATE, kind: "mlp", layer: 2, position: 1 }, BYTES)), /^With FFNs 0–3 restored at “<b>”, “<7>” goes from 1.in.2,000 to /);
  assert.match(outcome(see({ ...STATE, position: 0 }, BYTES)), /stands before the subject/);
});

test("the table holds every cell, the last layer first", () => {
  const rows = tableRows(see({ ...STATE, kind: "attention" }, BYTES));
  assert.equal(rows.length, 5 * 4);
  assert.equal(rows[0][0], "attention of layers 2–4");
  assert.ok(rows.every((row) => row.length === 7));
});
