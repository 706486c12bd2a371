import assert from "node:assert/strict";
import { test } from "node:test";
import { openTexts, plainText, withMore } from "../../src/generation/texts.js";
import { Problem } from "../../src/problem.js";
import { EMPTY, packed } from "./examples.js";

test("columns become steps with their alternatives", () => {
  const [text] = openTexts(packed([{ ids: [5, 6], temperature: 0.5 }]));
  assert.equal(text.temperature, 0.5);
  assert.deepEqual(
    text.steps.map(({ id, name, prob, chance }) => ({ id, name, prob, chance })),
    [
      { id: 5, name: "·five", prob: 0.5, chance: 0.6 },
      { id: 6, name: "⏎", prob: 0.25, chance: 0.3 },
    ],
  );
  assert.deepEqual(text.steps.map(({ best }) => best.map(({ id }) => id)), [[5, 7], [6, 7]]);
  assert.equal(text.steps[1].best[1].chance, 0.1);
});

test("without chances, those of the model hold", () => {
  const one = packed([{ ids: [5] }]);
  delete one.texts[0].chances;
  assert.equal(openTexts(one)[0].steps[0].chance, 0.5);
});

test("texts without alternatives open, and are opened once", () => {
  const one = packed([{ ids: [5, 6] }]);
  one.texts[0].best = { ids: [], probs: [] };
  assert.deepEqual(openTexts(one)[0].steps.map(({ best }) => best), [[], []]);
  assert.equal(openTexts(one), openTexts(one));
});

test("what Python did not pack is a problem for people", () => {
  for (const wrong of [{}, { names: {}, texts: [{}] }, { names: {}, texts: 3 }]) {
    assert.throws(() => openTexts(/** @type {any} */ (wrong)), Problem);
  }
});

test("a text grows by what is written, beside those of other seeds", () => {
  const first = withMore(EMPTY, packed([{ ids: [5], seed: 1, stopped: "" }]), true);
  const other = withMore(first, packed([{ ids: [7], seed: 2, stopped: "" }]), true);
  const grown = withMore(other, packed([{ ids: [6], seed: 1, stopped: "length" }]), false);
  const texts = openTexts(grown);
  assert.deepEqual(texts.map(({ seed, steps }) => [seed, steps.map(({ id }) => id)]), [[2, [7]], [1, [5, 6]]]);
  assert.equal(texts[1].stopped, "length");
  assert.equal(texts[1].seconds, 2);
  assert.deepEqual(texts[1].steps[1].best.map(({ id }) => id), [6, 7]);
  assert.equal(openTexts(first)[0].steps.length, 1, "the older state is left as it was");
});

test("the first tokens of a text replace what it had", () => {
  const before = withMore(EMPTY, packed([{ ids: [5, 6] }]), true);
  const again = openTexts(withMore(before, packed([{ ids: [7] }]), true));
  assert.deepEqual(again.map(({ steps }) => steps.map(({ id }) => id)), [[7]]);
});

test("growing mixes texts with and without chances", () => {
  const bare = packed([{ ids: [5] }]);
  delete bare.texts[0].chances;
  const grown = withMore(withMore(EMPTY, bare, true), packed([{ ids: [6] }]), false);
  assert.deepEqual(openTexts(grown)[0].steps.map(({ chance }) => chance), [0.5, 0.3]);
});

test("read aloud, blanks are blanks", () => {
  assert.equal(plainText(openTexts(packed([{ ids: [5, 6] }]))[0].steps), " five\n");
});
