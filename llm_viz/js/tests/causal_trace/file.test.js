/** What Python packed is read as Python reads it, and what is damaged is told. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Traced, openTraced } from "../../src/causal_trace/file.js";
import { Problem } from "../../src/problem.js";
import { readFixture } from "../fixtures.js";

const BYTES = new Uint8Array(readFixture("causal_trace.safetensors"));
const EXPECTED = JSON.parse(readFixture("causal_trace.json").toString("utf8"));

test("every cell says what it says in Python", () => {
  const found = new Traced(BYTES);
  for (const name of /** @type {const} */ (["text", "tokens", "ids", "subject", "answer", "layers", "noises", "known"])) {
    assert.deepEqual(found[name], EXPECTED[name], name);
  }
  for (const { kind, layer, position, p, says, restored } of EXPECTED.cells) {
    const at = found.at(kind, layer, position);
    for (const [i, each] of [at.p, at.low, at.high].entries()) close(each, p[i]);
    const said = found.says(kind, layer, position);
    assert.deepEqual(said.map(({ id }) => id), says.map((/** @type {any} */ guess) => guess[0]));
    for (const [i, guess] of said.entries()) close(guess.p, says[i][1]);
    assert.deepEqual(found.restored(kind, layer), restored, `${kind} ${layer}`);
  }
});

test("the same bytes are opened once", () => {
  assert.equal(openTraced(BYTES), openTraced(BYTES));
});

test("what is cut short, foreign or contradicts itself is told", () => {
  assert.throws(() => new Traced(BYTES.slice(0, 4)), Problem);
  assert.throws(() => new Traced(new TextEncoder().encode("not a trace at all, but a text")), Problem);
  assert.throws(() => new Traced(BYTES.slice(0, -40)), /cut short/);
  assert.throws(() => new Traced(altered('schema\\": 1', 'schema\\": 9')), /another schema/);
  assert.throws(() => new Traced(altered("hidden", "hiddem")), /damaged: its list of kinds/);
});

/** @param {string} from @param {string} to as long as it */
function altered(from, to) {
  const bytes = Buffer.from(BYTES);
  const at = bytes.indexOf(from);
  assert.ok(at > 0, from);
  bytes.write(to, at);
  return new Uint8Array(bytes);
}

/** @param {number} found @param {number} expected */
function close(found, expected) {
  assert.ok(Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${found} is not ${expected}`);
}
