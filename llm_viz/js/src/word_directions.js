/**
 * Directions between two sets of words: where words fall along one, and what its removal leaves. Pure;
 * the twin of `llm_viz/analyses/directions.py`.
 */
import { Best } from "./best.js";
import { Problem } from "./problem.js";
import { wordSetErrors as errors } from "./strings.js";

/** @typedef {import("./words.js").Words} Words */
/** @typedef {ArrayLike<number>} Vector */
/** @typedef {(word: string) => Vector} VectorOf the vector of a word, of length 1 */
/**
 * @typedef {object} Direction
 * @property {string[]} low the words at each end
 * @property {string[]} high
 * @property {Float64Array} vector of length 1, from low to high
 */

/**
 * The words of a list that somebody typed, each once.
 * @param {Words} words
 * @param {string} typed separated by commas or line ends; spaces do as well
 * @throws {import("./words.js").UnknownWord}
 */
export function findWords(words, typed) {
  const parts = typed.split(/[\s,;]+/).filter(Boolean);
  return [...new Set(parts.map((part) => words.find(part)))];
}

/**
 * The direction from the mean of some words to the mean of others.
 * @param {Words} words
 * @param {string[]} low
 * @param {string[]} high
 * @returns {Direction}
 * @throws {Problem} an end is empty, a word is at both, or the ends are one point
 */
export function direction(words, low, high) {
  checkApart(low, high, errors.ends);
  const [from, to] = [low, high].map((end) => mean(end.map((word) => words.vector(word))));
  const across = to.map((x, i) => x - from[i]);
  const length = lengthOf(across);
  if (length < 1e-6) throw new Problem(errors.onePoint);
  return { low, high, vector: across.map((x) => x / length) };
}

/**
 * @param {string[]} one
 * @param {string[]} other
 * @param {string} what they are
 * @throws {Problem}
 */
export function checkApart(one, other, what) {
  if (!one.length || !other.length) throw new Problem(errors.noWords(what));
  const shared = one.filter((word) => other.includes(word));
  if (shared.length) throw new Problem(errors.shared(shared, what));
}

/**
 * The vectors of words with a direction taken out of each, and then of length 1 again: every word is
 * moved straight across to where its position along the direction is 0.
 * @param {Words} words
 * @param {Direction} along
 * @returns {VectorOf}
 */
export function without(words, { vector: axis }) {
  return (word) => {
    const row = words.vector(word);
    const position = dot(row, axis);
    const rest = Float64Array.from(row, (x, i) => x - position * axis[i]);
    const length = lengthOf(rest) || 1;
    return rest.map((x) => x / length);
  };
}

/**
 * The words that lean most to each end of a direction, those that it was made of left out.
 * @param {Words} words
 * @param {Direction} along
 * @param {number} n of each end
 * @returns {string[]} first n that lean to the low end, then n that lean to the high end
 */
function extremes(words, along, n) {
  const poles = new Set([...along.low, ...along.high]);
  const positions = words.along(along.vector);
  const places = Array.from(positions.keys()).filter((place) => !poles.has(words.words[place]));
  if (n < 1 || 2 * n > places.length) throw new Problem(errors.tooFew(words.size));
  places.sort((one, other) => positions[one] - positions[other]);
  return [...places.slice(0, n), ...places.slice(-n)].map((place) => words.words[place]);
}

/**
 * What is left of a direction's two sides in the neighbourhoods once it is gone, as Gonen and
 * Goldberg measured it ("Lipstick on a pig", 2019): of the words that lean most to each side, do
 * the nearest neighbours still come from the same side?
 * @param {Words} words
 * @param {Direction} along
 * @param {{ n: number, k: number }} sizes words of each side, and neighbours of each word
 * @returns {{ before: number, after: number }} share of neighbours from the own side; 0.5 is chance
 */
export function whatRemains(words, along, { n, k }) {
  const chosen = extremes(words, along, n);
  const cleaned = without(words, along);
  return {
    before: ownSide(chosen.map((word) => words.vector(word)), k),
    after: ownSide(chosen.map(cleaned), k),
  };
}

/**
 * Share of the k nearest vectors that are in the same half as the vector itself.
 * @param {Vector[]} vectors
 * @param {number} k
 */
function ownSide(vectors, k) {
  const [n, width] = [vectors.length, vectors[0].length];
  const rows = new Float32Array(n * width); // one block: a million cosines are taken of it
  for (const [i, vector] of vectors.entries()) rows.set(vector, i * width);
  const best = new Best(k);
  let own = 0;
  for (let one = 0; one < n; one++) {
    best.clear();
    for (let other = 0, at = 0; other < n; other++) {
      let cosine = 0;
      for (let i = one * width, end = i + width; i < end; i++) cosine += rows[i] * rows[at++];
      if (cosine > best.bar && other !== one) best.keep(other, cosine);
    }
    for (const other of best.places) own += Number(other < n / 2 === one < n / 2);
  }
  return own / (n * k);
}

/**
 * @param {Vector} one
 * @param {Vector} other
 */
export function dot(one, other) {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i] * other[i];
  return sum;
}

/** @param {Vector} vector */
export function lengthOf(vector) {
  return Math.sqrt(dot(vector, vector));
}

/** @param {Vector[]} vectors */
function mean(vectors) {
  const sum = new Float64Array(vectors[0].length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i] += vector[i] / vectors.length;
  return sum;
}
