/** What is counted is what Python counts, and traits that make no sense are told. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { GROUPS } from "../../src/layer_windows/file.js";
import { HALVES, count, counted, losses, moved, readState, regained, tableRows } from "../../src/layer_windows/state.js";
import { Problem } from "../../src/problem.js";
import { FakeModel, readFixture } from "../fixtures.js";

const BYTES = new Uint8Array(readFixture("layer_windows.safetensors"));
const EXPECTED = JSON.parse(readFixture("layer_windows.json").toString("utf8"));

const state = (/** @type {object} */ changes = {}) =>
  readState(/** @type {any} */ (new FakeModel({ study: BYTES, own: {}, kind: "mlp", start: 1, width: 2, half: "all", item: -1, ...changes })));
const close = (/** @type {number} */ found, /** @type {number} */ wanted) => assert.ok(Math.abs(found - wanted) < 1e-4, `${found} is not ${wanted}`);

test("every window, group and half is counted as in Python, its interval included", () => {
  const { study } = state();
  for (const [column, { kept }] of EXPECTED.windows.entries()) {
    for (const half of HALVES) {
      for (const group of GROUPS) {
        const wanted = kept[half][group];
        const found = count(study, counted(study, group, half), column);
        assert.deepEqual([found.right, found.of], [wanted.right, wanted.of]);
        close(found.low, wanted.share[1]);
        close(found.high, wanted.share[2]);
        close(found.before, wanted.before[0]);
        close(found.after, wanted.prob[0]);
      }
    }
  }
});

test("what is regained is counted as in Python", () => {
  const [on, ...others] = EXPECTED.regained;
  for (const { window, known, lost, regained: back, misled } of others) {
    const found = regained(state(window));
    assert.deepEqual(found, { facts: known.length, lost: lost.length, regained: back.length, misled: misled.length, misledBefore: on.misled.length });
  }
  assert.equal(regained(state({ start: 0, width: 1 })), null);
});

test("the map has every window in its place", () => {
  const { study } = state();
  const items = counted(study, "fact", "all");
  const found = losses(study, items, "attention");
  const wanted = EXPECTED.windows.filter((/** @type {any} */ each) => each.kind === "attention");
  assert.equal(found.length, wanted.length);
  for (const [i, { start, width, lost }] of found.entries()) {
    assert.deepEqual([start, width], [wanted[i].start, wanted[i].width]);
    close(lost, 1 - wanted[i].kept.all.fact.right / items.length);
  }
});

test("a window that would leave the model gives way", () => {
  assert.deepEqual(moved({ start: 1, width: 2 }, { start: 2 }, 4), { start: 2, width: 2 });
  assert.deepEqual(moved({ start: 1, width: 2 }, { start: 3 }, 4), { start: 3, width: 1 });
  assert.deepEqual(moved({ start: 3, width: 1 }, { width: 4 }, 4), { start: 0, width: 4 });
});

test("the table has every start of a width", () => {
  const rows = tableRows(state({ width: 3, start: 0 }));
  assert.deepEqual(rows.map(([name]) => name), ["FFNs 0–2", "FFNs 1–3"]);
  const { kept } = EXPECTED.windows.find((/** @type {any} */ each) => each.kind === "mlp" && each.start === 1 && each.width === 3);
  assert.equal(rows[1][1], `${kept.all.fact.right} of 6`);
  assert.equal(rows[1][4], `${kept.all.copy.right} of 5`);
});

test("traits that make no sense are told", () => {
  assert.equal(state({ start: 3, width: 1, item: 10 }).item, 10);
  assert.throws(() => state({ kind: "head" }), new Problem("kind is head; expected mlp or attention"));
  assert.throws(() => state({ half: "third" }), /half is third; expected reporting, choosing or all/);
  for (const [start, width] of [[3, 2], [-1, 1], [0, 0], [0.5, 1], [4, 1], [NaN, 1], ["1", 1]]) {
    assert.throws(() => state({ start, width }), new Problem(`a window of width ${width} cannot start at layer ${start}; layers go from 0 to 3`));
  }
  for (const item of [-2, 11, 0.5]) assert.throws(() => state({ item }), new Problem(`item is ${item}; expected 0 to 10, or -1 for none`));
  assert.throws(() => state({ study: new Uint8Array() }), /There is no study to show/);
});
