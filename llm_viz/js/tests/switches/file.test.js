/** What Python packed is read as Python reads it, and what is damaged is told. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../src/problem.js";
import { Switched, openSwitched } from "../../src/switches/file.js";
import { readFixture } from "../fixtures.js";

const BYTES = new Uint8Array(readFixture("switches.safetensors"));
const EXPECTED = JSON.parse(readFixture("switches.json").toString("utf8"));

test("every row says what it says in Python", () => {
  const found = new Switched(BYTES);
  for (const name of /** @type {const} */ (["text", "tokens", "ids"])) assert.deepEqual(found[name], EXPECTED[name]);
  assert.deepEqual([found.answer.name, found.rival.name], [EXPECTED.answer, EXPECTED.rival]);
  assert.deepEqual(found.shape, { layers: 2, heads: 2 });
  assert.deepEqual([...found.rows.keys()], EXPECTED.rows.map((/** @type {any} */ row) => row.off));
  for (const [row, told] of EXPECTED.rows.entries()) {
    const { p, difference, loss } = found.outcome(row);
    close(p, told.p, 1e-9);
    close(difference, told.difference, 1e-6);
    close(loss, told.loss, 1e-9);
    assert.equal(found.best(row).id, told.best);
    const bars = found.bars(row, 99);
    assert.equal(bars.length, Object.keys(told.before_and_after).length);
    for (const { id, before, after } of bars) {
      close(before, told.before_and_after[id][0], 1e-9);
      close(after, told.before_and_after[id][1], 1e-9);
    }
  }
});

test("the likeliest of either run are shown, in the order of the first", () => {
  const found = new Switched(BYTES);
  const all = found.bars(3, 99);
  const few = found.bars(3, 4);
  assert.equal(few.length, 4);
  const sizes = all.map(({ before, after }) => Math.max(before, after)).sort((a, b) => b - a);
  assert.deepEqual(few.map(({ before, after }) => Math.max(before, after)).sort((a, b) => b - a), sizes.slice(0, 4));
  assert.deepEqual(few.map(({ before }) => before), few.map(({ before }) => before).sort((a, b) => b - a));
});

test("a change is that from everything on, and null where nothing was tried", () => {
  const found = new Switched(BYTES);
  const [on, first] = EXPECTED.rows;
  close(/** @type {number} */ (found.change(first.off, "difference")), first.difference - on.difference, 1e-6);
  close(/** @type {number} */ (found.change(first.off, "loss")), first.loss - on.loss, 1e-6);
  assert.equal(found.change("L1 attention", "loss"), null);
});

test("the same bytes are opened once", () => {
  assert.equal(openSwitched(BYTES), openSwitched(BYTES));
});

test("what is foreign, cut short or damaged is told", () => {
  assert.throws(() => new Switched(new Uint8Array(3)), { message: /holds no switched-off parts/ });
  assert.throws(() => new Switched(BYTES.slice(0, -9)), { message: /is cut short/ });
  for (const [from, to, part] of [
    ['\\"answer\\": 7', '\\"answer\\": 6', "list of followed tokens"],
    ['\\"layers\\": 2', '\\"layers\\": 0', "number of layers"],
    ['\\"edits\\": [\\"\\"', '\\"edits\\": [\\"x', "list of what was switched off"],
    ['\\"schema\\": 1', '\\"schema\\": 2', "schema"],
    ['"losses":', '"lasses":', "losses"],
  ]) {
    const text = Buffer.from(BYTES).toString("latin1").replace(from, to);
    assert.throws(() => new Switched(Buffer.from(text, "latin1")), (error) => error instanceof Problem && /damaged|schema|holds no/.test(error.message), part);
  }
});

/**
 * @param {number} found
 * @param {number} expected
 * @param {number} error
 */
function close(found, expected, error) {
  assert.ok(Math.abs(found - expected) <= error, `${found} is not ${expected}`);
}
