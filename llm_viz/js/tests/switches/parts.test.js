/** Lists of parts: one text for one list, nothing that is not in the model, and what a click does. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { isOff, part, readOff, toggled, writeOff } from "../../src/switches/parts.js";
import { rank } from "../../src/switches/ranking.js";
import { readFixture } from "../fixtures.js";

const SHAPE = { layers: 30, heads: 9 };

test("a list is written in order of depth, each part once", () => {
  const text = "L2 FFN,L18H6 , L2 attention, L2H3,L18H6,, L10H0";
  assert.equal(writeOff(readOff(text, SHAPE)), "L2 attention, L2H3, L2 FFN, L10H0, L18H6");
  assert.deepEqual(readOff(" ", SHAPE), []);
  assert.equal(writeOff([]), "");
});

test("a list is written as Python writes it", () => {
  for (const { off } of JSON.parse(readFixture("switches.json").toString("utf8")).rows) {
    assert.equal(writeOff(readOff(off, { layers: 2, heads: 2 }).reverse()), off);
  }
});

test("what is no part of the model is told", () => {
  for (const word of ["18H6", "L1", "L1H", "L1 MLP", "<b>", "L-1H0", "L1H1H1"]) assert.throws(() => readOff(word, SHAPE), { message: /no part that can be switched off/ });
  for (const word of ["L30H0", "L0H9", "L30 FFN"]) assert.throws(() => readOff(word, SHAPE), { message: /layers go from 0 to 29, heads from 0 to 8/ });
});

test("parts are added, and taken away once all of them are off", () => {
  const off = readOff("L1H1, L2H2", SHAPE);
  assert.equal(writeOff(toggled(off, readOff("L2H2, L3H3", SHAPE))), "L1H1, L2H2, L3H3");
  assert.equal(writeOff(toggled(off, readOff("L2H2", SHAPE))), "L1H1");
  assert.equal(writeOff(toggled(off, off)), "");
  assert.equal(writeOff(toggled([], off)), "L1H1, L2H2");
});

test("a head is off with its layer's attention, an FFN is not", () => {
  const off = readOff("L4 attention", SHAPE);
  assert.ok(isOff(off, part("head", 4, 2)));
  assert.ok(isOff(off, part("attention", 4)));
  assert.ok(!isOff(off, part("head", 5, 2)));
  assert.ok(!isOff(off, part("mlp", 4)));
});

test("the furthest stand first, without those that were not tried", () => {
  /** @type {Record<string, number | null>} */
  const changes = { L0H0: 0.1, L0H1: -3, L0H2: null, L0H3: NaN, L0H4: 2 };
  const parts = [0, 1, 2, 3, 4].map((head) => part("head", 0, head));
  assert.deepEqual(rank(parts, (name) => changes[name]).map((each) => each.part.name), ["L0H1", "L0H4", "L0H0"]);
});
