/** Which neurons of a page promote a word. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { openNeurons } from "../../src/neurons/file.js";
import { NoHit, completions, searchIn } from "../../src/neurons/search.js";
import { readFixture } from "../fixtures.js";

const NEURONS = openNeurons(new Uint8Array(readFixture("neurons.safetensors")));

/** Every place where a word is promoted, looked for one by one. @param {string} word */
function byHand(word) {
  const names = /** @type {const} */ (["positive", "negative"]);
  const hits = NEURONS.all().flatMap(({ layer, neuron, sides }) =>
    sides.flatMap(({ promoted }, i) => promoted.filter((each) => each.word === word).map(({ push }) => ({ layer, neuron, side: names[i], push }))),
  );
  return hits.sort((a, b) => b.push - a.push);
}

test("a word is found as it would be typed, the strongest push first", () => {
  const hits = searchIn(NEURONS, " RED ");
  assert.ok(hits.length > 1);
  assert.deepEqual(hits, byHand("·red"));
  assert.deepEqual(searchIn(NEURONS, "monday"), byHand("·Monday"));
  assert.deepEqual(searchIn(NEURONS, "🦊"), byHand("🦊"));
});

test("what is not promoted is told, with what is spelt like it", () => {
  assert.throws(() => searchIn(NEURONS, "mondey"), (error) => error instanceof NoHit && error.suggestions.includes("Monday") && /None of the 4 neurons/.test(error.message));
  assert.throws(() => searchIn(NEURONS, "\u202e<script>"), (error) => error instanceof NoHit && error.suggestions.length === 0);
});

test("words are completed", () => {
  assert.deepEqual(completions(NEURONS, "mo", 5), ["Monday"], "as the model spells it: Python may know no other");
  assert.deepEqual(completions(NEURONS, "", 5), []);
  assert.equal(completions(NEURONS, "m", 1).length, 1);
});
