/** Word vectors in the page: their file, neighbours and sums, and what is said of words that are not there. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../src/problem.js";
import { nearestSpellings, slipsBetween } from "../src/spelling.js";
import { direction, findWords, whatRemains, without } from "../src/word_directions.js";
import { weat } from "../src/weat.js";
import { UnknownWord, Words } from "../src/words.js";
import { loadWords, parseWords } from "../src/words_file.js";
import { FakeModel, readFixture } from "./fixtures.js";

const expected = JSON.parse(readFixture("words.json").toString("utf8"));
const content = new Uint8Array(readFixture("words.safetensors")).buffer;
const words = new Words(parseWords(content));
const CLOSE = 1e-6;

/** @typedef {[word: string, cosine: number][]} Ranked */

/** @param {import("../src/words.js").Answer[]} answers @param {Ranked} wanted */
function agrees(answers, wanted) {
  assert.deepEqual(answers.map(({ word }) => word), wanted.map(([word]) => word));
  for (const [i, { cosine }] of answers.entries()) assert.ok(Math.abs(cosine - wanted[i][1]) < CLOSE);
}

/** @param {ArrayLike<number>} found @param {number[]} wanted */
function isClose(found, wanted) {
  assert.equal(found.length, wanted.length);
  for (let i = 0; i < wanted.length; i++) assert.ok(Math.abs(found[i] - wanted[i]) < CLOSE, `${found[i]} ${wanted[i]}`);
}

test("neighbours are NumPy's", () => {
  for (const [word, wanted] of Object.entries(expected.neighbours)) agrees(words.neighbours(word, 5), wanted);
  assert.equal(words.neighbours("king", 10_000).length, words.size - 1);
});

test("analogies are NumPy's, with the inputs among the answers and without", () => {
  for (const { words: [a, b, c], excluded, all } of expected.analogies) {
    const made = words.analogy(a, b, c, { exclude: true, k: 5 });
    agrees(made.answers, excluded);
    assert.equal(made.first, all[0][0]);
    agrees(words.analogy(a, b, c, { exclude: false, k: 5 }).answers, all);
  }
});

test("a direction, what lies along it, and the vectors without it are NumPy's", () => {
  const { low, high, vector, positions, without: flat } = expected.direction;
  const along = direction(words, low, high);
  isClose(along.vector, vector);
  const cleaned = without(words, along);
  const dot = (/** @type {ArrayLike<number>} */ row) => along.vector.reduce((sum, x, i) => sum + x * row[i], 0);
  for (const [word, wanted] of Object.entries(positions)) isClose([dot(words.vector(word)), dot(cleaned(word))], [wanted, 0]);
  for (const [word, wanted] of Object.entries(flat)) isClose(cleaned(word), wanted);
  const { n, k, before, after } = expected.remains;
  const remains = whatRemains(words, along, { n, k });
  isClose([remains.before, remains.after], [before, after]);
});

test("WEAT is NumPy's, before and after the direction is taken out", () => {
  const { low, high } = expected.direction;
  const plain = (/** @type {string} */ word) => words.vector(word);
  for (const [vectorOf, wanted] of [
    [plain, expected.weat.before],
    [without(words, direction(words, low, high)), expected.weat.after],
  ]) {
    const { effect, p, exact, ways } = weat(vectorOf, expected.weat);
    isClose([effect, p, ways], [wanted.effect, wanted.p, wanted.ways]);
    assert.ok(exact);
  }
});

test("where WEAT draws, one seed gives one p, near the exact one", () => {
  // 11 against 11 has 705,432 ways; each word twice as good as itself keeps the answer known.
  const x = Array.from({ length: 11 }, (_, i) => `x${i}`);
  const y = Array.from({ length: 11 }, (_, i) => `y${i}`);
  const vectorOf = (/** @type {string} */ word) => {
    if (word === "a" || word === "b") return word === "a" ? [1, 0] : [0, 1];
    const angle = (word.startsWith("x") ? 0.6 : 0.9) + 0.05 * (Number(word.slice(1)) % 7);
    return [Math.cos(angle), Math.sin(angle)];
  };
  const drawn = weat(vectorOf, { x, y, a: ["a"], b: ["b"] }, 3);
  assert.deepEqual(weat(vectorOf, { x, y, a: ["a"], b: ["b"] }, 3), drawn);
  assert.equal(drawn.exact, false);
  assert.ok(drawn.effect > 1.2);
  assert.ok(drawn.p > 0 && drawn.p < 0.001);
  const even = weat(vectorOf, { x: x.slice(0, 7).concat(y.slice(7)), y: y.slice(0, 7).concat(x.slice(7)), a: ["a"], b: ["b"] }, 3);
  assert.ok(even.p > drawn.p);
});

test("sets and poles that say nothing are told", () => {
  assert.throws(() => direction(words, ["he", "man"], ["man"]), { message: /“man” stands in both of the two ends/ });
  assert.throws(() => direction(words, [], ["man"]), { message: /One of the two ends has no words/ });
  const sets = { x: ["man"], y: ["she", "girl"], a: ["home"], b: ["office"] };
  const vectorOf = (/** @type {string} */ word) => words.vector(word);
  assert.throws(() => weat(vectorOf, sets), { message: /have 1 and 2\u00a0words/ });
  assert.throws(() => weat(vectorOf, { ...sets, x: ["she", "man"] }), { message: /“she” stands in both/ });
  assert.throws(() => weat(vectorOf, { ...sets, b: [] }), { message: /compared with has no words/ });
  assert.throws(() => whatRemains(words, direction(words, ["he"], ["she"]), { n: 999, k: 3 }), Problem);
  assert.deepEqual(findWords(words, "he, He;she\n he"), ["he", "she"]);
});

test("one word three times is told", () => {
  assert.throws(() => words.analogy("king", "King", " king ", { exclude: true }), { message: /All three words are “king”/ });
});

/** @param {string} typed @returns {UnknownWord} */
function asked(typed) {
  try {
    words.find(typed);
  } catch (error) {
    if (error instanceof UnknownWord) return error;
  }
  return assert.fail(`${typed} was found`);
}

test("a word that is not there gets one sentence, and suggestions where there are any", () => {
  for (const [typed, sentence, suggestions] of /** @type {[string, RegExp, string[]][]} */ ([
    ["kign", /“kign” is not among the 43 words here; nearest/, ["king"]],
    ["PUPY", /“PUPY” is not among/, ["puppy"]],
    ["kíng", /nearest/, ["king"]],
    ["cafe", /nearest/, ["café"]],
    ["the King", /is 2 words, and each vector belongs to one/, ["the", "king"]],
    ["", /No word stands here/, []],
    [" \n", /No word stands here/, []],
    ["犬", /none is spelt like it/, []],
    ["<b>hello</b>", /“<b>hello<\/b>” is not among/, []],
    ["x".repeat(2000), /“x{40} …” is not among/, []],
  ])) {
    const { message, suggestions: offered } = asked(typed);
    assert.match(message, sentence);
    assert.deepEqual(offered.slice(0, 2), suggestions);
  }
  assert.deepEqual(["KING", " Москва", "cafe\u0301", "猫"].map((typed) => words.find(typed)), ["king", "москва", "café", "猫"]);
});

test("completions are the most frequent words that begin so", () => {
  assert.deepEqual(words.completions("WORD", 3), ["worda", "wordb", "wordc"]);
  assert.deepEqual([words.completions("", 3), words.completions("zzz", 3)], [[], []]);
});

test("slips are counted as people make them", () => {
  for (const [one, other, slips] of /** @type {[string, string, number][]} */ ([
    ["king", "king", 0], ["kign", "king", 1], ["kng", "king", 1], ["kiing", "king", 1], ["ring", "king", 1], ["king", "queen", 3],
  ])) assert.equal(slipsBetween(one, other, 2), slips);
  assert.deepEqual(nearestSpellings(["there", "their", "trier"], "thier"), ["their", "trier"]);
});

/**
 * The file with parts of it exchanged.
 * @param {(index: any, told: any) => void} [change] of its header
 * @param {number} [length] of its arrays
 */
function altered(change = () => {}, length) {
  const view = new DataView(content);
  const size = Number(view.getBigUint64(0, true));
  const index = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 8, size)));
  const told = JSON.parse(index.__metadata__.llm_viz_words);
  change(index, told);
  if (index.__metadata__) index.__metadata__.llm_viz_words = JSON.stringify(told);
  const header = new TextEncoder().encode(JSON.stringify(index));
  const body = new Uint8Array(content, 8 + size).slice(0, length);
  const file = new Uint8Array(8 + header.length + body.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  file.set(body, 8 + header.length);
  return file.buffer;
}

test("a file that is cut short, foreign or contradicts itself is one clear problem", () => {
  assert.deepEqual(parseWords(altered()).words, words.words);
  /** @type {[ArrayBuffer, RegExp][]} */
  const cases = [
    [new ArrayBuffer(0), /no word vectors of llm_viz/],
    [new Uint8Array(64).fill(0x20).buffer, /no word vectors of llm_viz/],
    [content.slice(0, 60), /cut short: it has 60 bytes of/],
    [content.slice(0, -9), /cut short/],
    [altered(() => {}, 5), /cut short/],
    [altered((index) => delete index.__metadata__), /no word vectors/],
    [altered((_, told) => (told.schema = 2)), /another schema than 1/],
    [altered((_, told) => told.words.pop()), /it has 42\u00a0words and vectors of shape 43 × 9/],
    [altered((_, told) => (told.words[1] = told.words[0])), /its list of words/],
    [altered((_, told) => (told.words[1] = 7)), /its list of words/],
    [altered((index) => (index.vectors.dtype = "U8")), /its vectors/],
    [altered((index) => (index.vectors.shape = [43, 1e9])), /its vectors/],
    [altered((index) => (index.vectors.data_offsets = [-387, 0])), /its vectors/],
    [altered((index) => delete index.scale), /its scale/],
    [altered((index) => (index.scale.shape = [2])), /its scale/],
  ];
  for (const [file, message] of cases) assert.throws(() => parseWords(file), (error) => error instanceof Problem && message.test(error.message));
});

test("words that are too rare for the page's file may come in one of their own", async () => {
  const rare = altered((_, told) => (told.words = told.words.map((/** @type {string} */ word, /** @type {number} */ i) => (i ? `${word}x` : word))));
  const assets = /** @type {any} */ (globalThis).llmVizAssets;
  assets.set("words-a", Promise.resolve(content));
  assets.set("words-b", Promise.resolve(rare));
  const model = /** @type {any} */ (new FakeModel());
  const both = await loadWords({ words: "words-a", more: "words-b" }, model);
  assert.equal(both.size, 2 * words.size - 1);
  assert.deepEqual(both.vector("kingx"), both.vector("king"));
  assert.equal(await loadWords({ words: "words-a", more: "words-b" }, model), both);
  assert.equal((await loadWords({ words: "words-a" }, model)).size, words.size);
  await assert.rejects(loadWords({}, model), Problem);
});
