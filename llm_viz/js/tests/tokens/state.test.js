import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../src/problem.js";
import { measureText } from "../../src/tokens/rows.js";
import { MOST, checkState } from "../../src/tokens/state.js";
import { stretches } from "../../src/tokens/strip.js";

const GOOD = /** @type {any} */ ({ text: "", texts: ["a"], labels: [""], measure: "tokens", translations: false, known: {}, around: {}, assets: {} });

test("sound traits pass; a character is a code point", () => {
  checkState(GOOD);
  checkState({ ...GOOD, text: "😀".repeat(MOST), measure: "per_word" });
});

test("each unsound trait is named", () => {
  /** @type {[object, RegExp][]} */
  const wrong = [
    [{ text: "x".repeat(MOST + 1) }, /2,001 characters; at most 2,000/],
    [{ labels: [] }, /one label for each/],
    [{ measure: "length" }, /measure is length/],
  ];
  for (const [changes, message] of wrong) {
    assert.throws(() => checkState({ ...GOOD, ...changes }), (error) => error instanceof Problem && message.test(error.message));
  }
});

test("one shade from space to space", () => {
  assert.deepEqual(stretches(["The", "·un", "belie", "vable", "·cat", "."]), [0, 1, 1, 1, 2, 2]);
  assert.deepEqual(stretches(["in", "·", "2", "0"]), [0, 1, 1, 1]);
  assert.deepEqual(stretches(["·", "⏎", "a"]), [0, 0, 0]);
  assert.deepEqual(stretches([";⏎", "·x", ";⏎", "y"]), [0, 1, 1, 2]);
  assert.deepEqual(stretches(["a", "⟨20⟩⟨F0⟩⟨9F⟩", "⟨99⟩"]), [0, 1, 1]);
  assert.deepEqual(stretches([]), []);
});

test("a count is whole, a ratio has two decimals", () => {
  assert.equal(measureText(1234, "tokens"), "1,234");
  assert.equal(measureText(1.5, "per_word"), "1.50");
});
