import assert from "node:assert/strict";
import { test } from "node:test";
import { halvesToFloats } from "../src/half.js";

test("every kind of half", () => {
  /** @type {[number, number][]} */
  const cases = [
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24], // the smallest subnormal
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14], // the smallest normal
    [0x3c00, 1],
    [0xbe00, -1.5],
    [0x7bff, 65504], // the largest
    [0xfbff, -65504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ];
  const floats = halvesToFloats(new Uint16Array(cases.map(([bits]) => bits)));
  assert.deepEqual([...floats], cases.map(([, value]) => value));
});

test("halves of one sign keep their order", () => {
  const floats = halvesToFloats(Uint16Array.from({ length: 0x7c01 }, (_, i) => i));
  for (let i = 1; i < floats.length; i++) assert.ok(floats[i] > floats[i - 1]);
});
