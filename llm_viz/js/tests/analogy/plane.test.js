/** The plane of three words: the parallelogram is one, and what is off the plane is told. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { answerNotes, planeNote, tableRows } from "../../src/analogy/notes.js";
import { planeOf } from "../../src/analogy/plane.js";
import { currentExample } from "../../src/analogy/state.js";
import { Words } from "../../src/words.js";
import { parseWords } from "../../src/words_file.js";
import { readFixture } from "../fixtures.js";

const words = new Words(parseWords(new Uint8Array(readFixture("words.safetensors")).buffer));

/** @param {[string, string, string]} three */
const analogyOf = (...three) => words.analogy(...three, { exclude: true });

/** @param {import("../../src/analogy/plane.js").Point[]} points @param {string} word */
function at(points, word) {
  const found = points.find((point) => point.word === word);
  assert.ok(found, word);
  return found;
}

/** @param {ArrayLike<number>} one @param {ArrayLike<number>} other */
const apart = (one, other) => Math.hypot(...Array.from(one, (x, i) => x - other[i]));

test("the three words and their sum are a parallelogram of true lengths", () => {
  const made = analogyOf("man", "woman", "king");
  const points = planeOf(words, made, 5);
  const [a, b, c, sum] = ["man", "woman", "king", ""].map((word) => at(points, word));
  assert.deepEqual([a.x, a.y], [0, 0]);
  for (const [one, other, length] of /** @type {const} */ ([
    [a, b, apart(words.vector("man"), words.vector("woman"))],
    [a, c, apart(words.vector("man"), words.vector("king"))],
    [b, c, apart(words.vector("woman"), words.vector("king"))],
    [c, sum, apart(words.vector("man"), words.vector("woman"))],
  ])) assert.ok(Math.abs(Math.hypot(one.x - other.x, one.y - other.y) - length) < 1e-6);
  assert.ok(Math.abs(sum.x - c.x - b.x) < 1e-6 && Math.abs(sum.y - c.y - b.y) < 1e-6);
  for (const point of [a, b, c, sum]) assert.ok(point.off < 1e-3);
});

test("an answer's distance is what is seen and what is off the plane", () => {
  const made = analogyOf("man", "woman", "king");
  const points = planeOf(words, made, 5);
  assert.equal(points.length, 3 + 1 + 5);
  const [sum, best] = [at(points, ""), at(points, made.answers[0].word)];
  const whole = Math.hypot(best.x - sum.x, best.y - sum.y, best.off);
  assert.ok(Math.abs(whole - apart(words.vector(best.word), made.target)) < 1e-6);
  assert.ok(best.off > 0.01);
  assert.ok(points.every(({ share }) => share >= 0 && share <= 1));
  assert.match(planeNote(points, best.word, words.width), new RegExp(`${best.word} is ${whole.toFixed(2)} away.*2 of 9 dimensions`));
});

test("words that are no triangle still have a plane, and each is drawn once", () => {
  for (const three of /** @type {[string, string, string][]} */ ([["man", "man", "king"], ["man", "king", "man"], ["man", "king", "king"]])) {
    const points = planeOf(words, analogyOf(...three), 5);
    assert.equal(points.filter(({ role }) => role === "input").length, 2);
    assert.ok(points.every(({ x, y, off }) => Number.isFinite(x + y + off)));
    assert.ok(Math.max(...points.map(({ y }) => Math.abs(y))) > 0.01, "the answers span it");
  }
});

test("an example is known by its words, and its record is told", () => {
  const family = { name: "Royals", presets: [/** @type {const} */ (["man", "woman", "king", "queen"])], right: 76, asked: 100 };
  const state = /** @type {any} */ ({ a: "man", b: "woman", c: "king", exclude: true, families: [family] });
  assert.equal(currentExample(state)?.key, "0 0");
  const notes = answerNotes(state, analogyOf("man", "woman", "king"));
  assert.deepEqual(notes.map((note) => note.replace(/\u00a0/g, " ")), [
    "Most people would say queen. Here it is number 2.",
    "Royals: 76 % of 100 such questions of the Google analogy test come out right, with the three words left out.",
  ]);
  const unscored = { ...state, families: [{ ...family, right: null, asked: null }] };
  assert.equal(answerNotes(unscored, analogyOf("man", "woman", "king")).length, 1);
  assert.deepEqual(answerNotes({ ...state, a: "boy" }, analogyOf("boy", "woman", "king")).filter((note) => note.includes("Royals")), []);
});

test("what would have come first but for the rule is told", () => {
  const state = /** @type {any} */ ({ a: "dog", b: "puppy", c: "cat", exclude: true, families: [] });
  const made = analogyOf("dog", "puppy", "cat");
  assert.match(answerNotes(state, made).join(), /Left out: cat would have come first/);
  assert.deepEqual(answerNotes({ ...state, exclude: false }, made), []);
});

test("the table has every point, its rank and its cosine where it has one", () => {
  const made = analogyOf("man", "woman", "king");
  const rows = tableRows(planeOf(words, made, 10), made);
  assert.equal(rows.length, 14);
  assert.deepEqual(rows[3].slice(0, 2), ["woman − man + king", ""]);
  assert.deepEqual(rows[4].slice(0, 3), [made.answers[0].word, "1", made.answers[0].cosine.toFixed(2)]);
});
