/** Induction: the study's figures stand where they were packed, and traits that make no sense are told. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { openFigures } from "../../src/induction/figures.js";
import { foundText, readState, tableRows } from "../../src/induction/state.js";
import { Problem } from "../../src/problem.js";
import { FakeModel } from "../fixtures.js";

const HEADS = ["L1H0", "L2H1"];
const OFFS = HEADS.length + 1;
const POSITIONS = 6;

/** Halves of 0, 1, 2, … (below 1,024 each is exact). @param {number} count */
function counted(count) {
  const bits = Array.from({ length: count }, (_, n) => {
    if (!n) return 0;
    const power = Math.floor(Math.log2(n));
    return ((power + 15) << 10) | Math.round((n / 2 ** power - 1) * 1024);
  });
  return new Uint8Array(new Uint16Array(bits).buffer);
}

function packed() {
  return {
    model: "tiny", n_tokens: POSITIONS / 2, texts: 4, draws: 2, heads: HEADS, example: ["a", "b", "c", "a", "b", "c"],
    curves: counted(2 * 2 * 3 * OFFS * POSITIONS), totals: counted(2 * 2 * OFFS * 3), fed: ["L2H1"], feeders: ["L0H0"], shares: counted(2 * 2 * 3),
  };
}

const state = (/** @type {object} */ changes = {}) =>
  readState(/** @type {any} */ (new FakeModel({ study: packed(), off: 0, line: "both", ...changes })));

test("each figure is read from its place", () => {
  const figures = openFigures(packed());
  assert.equal(figures.positions, POSITIONS);
  assert.equal(figures.most, 2 * 2 * 3 * OFFS * POSITIONS - 1);
  // ((kind 1 · by 1) · low) · off 2: counted through by hand.
  const from = (((1 * 2 + 1) * 3 + 1) * OFFS + 2) * POSITIONS;
  assert.deepEqual([...figures.line("ordinary", "other", 2).low], Array.from({ length: POSITIONS }, (_, at) => from + at));
  assert.deepEqual(figures.total("ordinary", "best", 1), { mean: 21, low: 22, high: 23 });
  assert.deepEqual(figures.share("other", 1), { mean: 9, low: 10, high: 11 });
});

test("bytes may stand at an odd place in their buffer", () => {
  const study = packed();
  const shifted = new Uint8Array(study.shares.length + 1);
  shifted.set(study.shares, 1);
  const figures = openFigures({ ...study, shares: new DataView(shifted.buffer, 1) });
  assert.deepEqual(figures.share("other", 1), { mean: 9, low: 10, high: 11 });
});

test("what is found is told in numbers, and nothing of heads that are all on", () => {
  const on = foundText(state(), "repeated");
  assert.match(on, /0\.0 \(1\.0 to 2\.0\).*every head on\.$/);
  const off = foundText(state({ off: 2 }), "repeated");
  assert.match(off, /0\.0\u00a0nats with every head on, 6\.0 \(7\.0 to 8\.0\) with the best 2 induction heads off, 15\.0 \(16\.0 to 17\.0\) with 2 others off/);
  assert.match(foundText(state({ off: 1 }), "ordinary"), /the best induction head off.*with another off/);
});

test("the table has both texts for every number of heads", () => {
  const rows = tableRows(state());
  assert.equal(rows.length, 2 * OFFS);
  assert.deepEqual(rows.map(([off]) => off), ["0", "0", "1", "1", "2", "2"]);
  assert.deepEqual(rows[5].slice(2), ["18.00", "24.00", "25.00 to 26.00", "33.00", "34.00 to 35.00"]);
});

test("traits that make no sense are told", () => {
  assert.equal(state({ off: 2, line: "other" }).off, 2);
  for (const off of [-1, 3, 1.5, NaN, null, "1"]) assert.throws(() => state({ off }), new Problem(`off is ${off}; expected a whole number of heads from 0 to 2`));
  assert.throws(() => state({ line: "none" }), /line is none; expected one of both, induction, other/);
  assert.throws(() => state({ study: {} }), /There is no study to show/);
  assert.throws(() => state({ study: { ...packed(), totals: counted(5) } }), /data of this widget is incomplete/);
  const broken = packed();
  new Uint16Array(broken.shares.buffer)[0] = 0x7e00; // not a number
  assert.throws(() => state({ study: broken }), /data of this widget is incomplete/);
});
