/** Traits from anywhere are checked before they are drawn, and an outcome is told in a sentence. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { openTraced } from "../../src/causal_trace/file.js";
import { chosen, outcome, see, tableRows } from "../../src/causal_trace/state.js";
import { causalTrace as strings } from "../../src/strings.js";
import { readFixture } from "../fixtures.js";

const BYTES = new Uint8Array(readFixture("causal_trace.safetensors"));
/** @type {import("../../src/causal_trace/state.js").Traits} */
const STATE = { traces: [BYTES], labels: ["A"], text: "", subject: "", answer: "", own: new Uint8Array(), prompt: 0, kind: "hidden", layer: 0, position: -1 };

test("-1 is the last token", () => {
  assert.equal(see(STATE, BYTES).position, 3);
  assert.equal(see({ ...STATE, position: 1 }, BYTES).position, 1);
});

test("a text without the chosen kind shows the first that it has", () => {
  const fewer = BYTES.slice();
  openTraced(fewer).kinds = ["mlp"];
  assert.equal(see({ ...STATE, kind: "mlp" }, fewer).kind, "mlp");
  assert.equal(see({ ...STATE, kind: "attention" }, fewer).kind, "mlp");
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

test("what the model says is told against what it said before", () => {
  const now = { what: "FFNs 0–3", token: "b", before: false, answer: "x", p: "1", corrupted: "0", clean: "1", says: "y" };
  const told = (/** @type {boolean} */ clean, /** @type {boolean} */ corrupted, /** @type {boolean} */ restored) =>
    strings.outcome({ ...now, first: { clean, corrupted, restored } });
  assert.match(told(true, false, true), /The model says it first again\.$/);
  assert.match(told(true, true, true), /but so it did with nothing restored\.$/);
  assert.match(told(false, true, true), /but so it did with nothing restored\.$/);
  assert.match(told(false, false, true), /which it does not even in the clean run\.$/);
  for (const clean of [true, false]) assert.match(told(clean, false, false), /The model says “y” first\.$/);
});

test("no reader is told of a confidence interval", () => {
  const seen = see(STATE, BYTES);
  assert.equal(tableRows(seen)[1][4].includes(" to "), true);
  assert.doesNotMatch(JSON.stringify(strings.columns) + strings.between(5, "a", "b") + strings.oneNoise, /95|interval/);
});

test("the table holds every cell, the last layer first", () => {
  const rows = tableRows(see({ ...STATE, kind: "attention" }, BYTES));
  assert.equal(rows.length, 5 * 4);
  assert.equal(rows[0][0], "attention of layers 2–4");
  assert.ok(rows.every((row) => row.length === 7));
});
