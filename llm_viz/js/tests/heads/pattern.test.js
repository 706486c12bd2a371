/** The arithmetic of a pattern, and how it is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openHeads } from "../../src/heads/file.js";
import { scoresOf, verdict } from "../../src/heads/jobs.js";
import { looksText, tableRows } from "../../src/heads/looks.js";
import { blockOf, cellCount, looksOf, meanOf, pooled, rowSum } from "../../src/heads/pattern.js";
import { readFixture } from "../fixtures.js";

const code = (/** @type {number} */ share) => Math.round(255 * Math.sqrt(share));
const lower = { n: 3, causal: true, codes: Uint8Array.from([1, 0.25, 0.75, 0.5, 0.1, 0.4].map(code)) };
const square = { n: 2, causal: false, codes: Uint8Array.from([0.3, 0.7, 1, 0].map(code)) };

test("looks come largest first, without what is hidden and what is nothing", () => {
  assert.deepEqual(looksOf(lower, 2).map(({ key }) => key), [0, 2, 1]);
  assert.deepEqual(looksOf(lower, 2, 1).map(({ key }) => key), [2, 1]);
  assert.deepEqual(looksOf(square, 0).map(({ key }) => key), [1, 0]);
  assert.deepEqual(looksOf(square, 1).map(({ key }) => key), [0]);
  for (const query of [0, 1, 2]) assert.ok(Math.abs(rowSum(lower, query) - 1) < 0.01);
});

test("a mean is of shares, not of roots", () => {
  assert.deepEqual([...meanOf([Uint8Array.of(255, 0), Uint8Array.of(0, 0)])], [code(0.5), 0]);
  assert.equal(meanOf([lower.codes]), lower.codes);
});

test("a block holds its largest share; a text that fits is not pooled", () => {
  const cells = [...pooled(lower, 2)];
  assert.deepEqual(cells, [255, 0, code(0.5), code(0.4)]);
  assert.deepEqual([...pooled(lower, 2, 1)], [code(0.75), 0, code(0.1), code(0.4)]);
  assert.deepEqual([...pooled(square, 1)], [...square.codes]);
  assert.deepEqual([1, 24, 25, 1000].map(blockOf), [1, 1, 2, 42]);
  assert.deepEqual([cellCount(4, true), cellCount(4, false)], [10, 16]);
});

test("every pooled cell is the largest of its block, whatever the sizes", () => {
  for (let n = 1; n <= 60; n += 7) {
    for (const causal of [true, false]) {
      const codes = Uint8Array.from({ length: cellCount(n, causal) }, (_, i) => (i * 97 + n) % 256);
      const full = (/** @type {number} */ q, /** @type {number} */ k) => (causal ? (k <= q ? codes[(q * (q + 1)) / 2 + k] : 0) : codes[q * n + k]);
      for (const block of [1, 2, 5]) {
        const side = Math.ceil(n / block);
        const cells = pooled({ n, causal, codes }, block);
        const wanted = new Uint8Array(side * side);
        for (let q = 0; q < n; q++) {
          for (let k = 0; k < n; k++) {
            const at = Math.floor(q / block) * side + Math.floor(k / block);
            wanted[at] = Math.max(wanted[at], full(q, k));
          }
        }
        assert.deepEqual(cells, wanted, `${n} tokens by ${block}`);
      }
    }
  }
});

test("looks are told with what is hidden and what is not shown", () => {
  const file = /** @type {any} */ ({ tokens: ["<s>", "a", "b"], positions: [0, 4, 5] });
  const plain = (/** @type {string} */ text) => text.replaceAll("\u00a0", " ");
  assert.equal(plain(looksText(file, lower, { query: 2, key: null }, 0)), "b looks at <s> 50 %, b 40 %, a 10 %.");
  assert.match(plain(looksText(file, lower, { query: 2, key: null }, 1)), /b 40 %, a 10 %; 50 % on the first token\./);
  assert.equal(plain(looksText(file, lower, { query: 2, key: 0 }, 1)), "b → <s> 50 %");
  assert.match(plain(looksText(file, lower, { query: null, key: null }, 1)), /^Largest looks: a → a 75 %, b → b 40 %\.$/);
  const half = { ...lower, codes: lower.codes.map((each) => each / 2) };
  assert.match(plain(looksText(file, half, { query: 2, key: null }, 0)), /about 7\d % on tokens that are not shown/);
  assert.deepEqual(tableRows(file, lower, 1, 0).map((row) => row.slice(0, 4)), [["a", "4", "a", "4"], ["a", "4", "<s>", "0"]]);
  assert.equal(tableRows(file, lower, null, 0).length, 6);
});

test("the scores of several heads are their mean, and one sentence says what stands out", () => {
  const file = openHeads(new Uint8Array(readFixture("heads_all.safetensors")));
  const [one, two, both] = [[0], [1], [0, 1]].map((places) => scoresOf(file, places));
  for (const [i, { value }] of both.entries()) {
    if (!Number.isNaN(value)) assert.ok(Math.abs(value - (one[i].value + two[i].value) / 2) < 1e-6);
  }
  assert.match(verdict([{ name: "induction", value: 0.91 }, { name: "entropy", value: 5 }]), /Looks mostly at what followed an earlier copy: 91/);
  assert.match(verdict([{ name: "first_token", value: 0.3 }, { name: "induction", value: NaN }]), /No one job stands out.*the first token: 30/);
  assert.equal(verdict([{ name: "first_token", value: NaN }]), "");
});
