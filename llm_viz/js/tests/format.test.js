import assert from "node:assert/strict";
import { test } from "node:test";
import { countOf, countText, decimalText, probabilityText } from "../src/format.js";

test("probabilities have two significant digits, small ones are 1 in N", () => {
  /** @type {[number, string][]} */
  const cases = [
    [1, "100 %"],
    [0.9999, "> 99 %"], // not "100 %": it is not certain
    [0.995, "> 99 %"],
    [0.9949, "99 %"],
    [0.333, "33 %"],
    [0.0999, "10 %"],
    [0.041, "4.1 %"],
    [0.01, "1.0 %"],
    [0.0025, "0.25 %"],
    [0.001, "0.10 %"],
    [0.000999, "1 in 1,000"],
    [1 / 12_345, "1 in 12,000"],
    [1 / 999_900, "1 in 1,000,000"],
    [1 / 1_230_000, "1 in 1.2 million"],
    [4e-10, "1 in 2.5 billion"],
    [1e-18, "1 in 10¹⁸"],
    [0, "0 %"],
  ];
  for (const [p, text] of cases) assert.equal(probabilityText(p).replaceAll("\u00a0", " "), text);
});

test("counts", () => {
  assert.equal(countText(49152), "49,152");
  assert.equal(countOf(1, "token"), "1\u00a0token");
  assert.equal(countOf(405, "token"), "405\u00a0tokens");
  assert.equal(decimalText(6), "6.0");
});
