/** What Direction shows: places along the line, colours, names that do not overlap, what is left. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { signedColour } from "../../src/direction/line.js";
import { MOST_WORDS, placeWithout, placeWords, testTwice, whatIsLeft } from "../../src/direction/measure.js";
import { stack } from "../../src/direction/stack.js";
import { direction, dot, without } from "../../src/word_directions.js";
import { Words } from "../../src/words.js";
import { parseWords } from "../../src/words_file.js";
import { readFixture } from "../fixtures.js";

const words = new Words(parseWords(new Uint8Array(readFixture("words.safetensors")).buffer));
const expected = JSON.parse(readFixture("words.json").toString("utf8"));
const { low, high, positions } = expected.direction;

test("words stand from the low end to the high, at NumPy's positions", () => {
  const { placed, note } = placeWords(words, { low, high, chosen: Object.keys(positions) });
  assert.equal(note, "");
  const wanted = Object.entries(positions).sort(([, one], [, other]) => one - other);
  assert.deepEqual(placed.map(({ word }) => word), wanted.map(([word]) => word));
  for (const [i, { position }] of placed.entries()) assert.ok(Math.abs(position - wanted[i][1]) < 1e-6);
});

test("an end of one word is told, and too many words are", () => {
  assert.match(placeWords(words, { low: ["he"], high, chosen: [] }).note, /An end of one word/);
  const chosen = Array(MOST_WORDS + 1).fill("king");
  assert.throws(() => placeWords(words, { low, high, chosen }), { message: /61 words to place, and at most 60/ });
});

test("half the words take a direction out, and the other half measures", () => {
  const { along, placed } = placeWords(words, { low, high, chosen: ["office", "home", "queen"] });
  const halved = placeWithout(words, along, placed);
  assert.ok(halved);
  assert.deepEqual([halved.taken, halved.measuring], [["man", "he", "woman", "she"], [["boy"], ["girl"]]]);
  const ruler = direction(words, ["boy"], ["girl"]).vector;
  const cleaned = without(words, direction(words, ["man", "he"], ["woman", "she"]));
  for (const { word, before, position } of halved.placed) {
    assert.equal(before, dot(words.vector(word), ruler));
    assert.equal(position, dot(cleaned(word), ruler));
  }
  assert.deepEqual(halved.placed.map(({ word }) => word).sort(), ["home", "office", "queen"]);
  assert.equal(placeWithout(words, placeWords(words, { low: ["he"], high, chosen: [] }).along, placed), null);
});

test("what is left is less than there was, by neighbours and by the test", () => {
  const { along } = placeWords(words, { low, high, chosen: [] });
  const left = whatIsLeft(words, along);
  assert.deepEqual([left.n, left.k], [9, 9]);
  assert.ok(left.before > left.after);
  const { before, after } = testTwice(words, along, expected.weat);
  assert.ok(before.effect > after.effect && before.p < after.p);
});

test("colours go from blue over white to orange", () => {
  assert.deepEqual([-1, 0, 1, -9].map(signedColour), ["rgb(0, 114, 178)", "rgb(255, 255, 255)", "rgb(230, 159, 0)", "rgb(0, 114, 178)"]);
});

test("names over one place are stacked, those far apart share a row, none leaves the picture", () => {
  const names = [10, 12, 14, 200, 299].map((x) => ({ x, wide: 60 }));
  const places = stack(names, 300);
  assert.deepEqual(places.map(({ row }) => row), [0, 1, 2, 0, 0]);
  assert.ok(places.every(({ middle }) => middle >= 30 && middle <= 270));
});
