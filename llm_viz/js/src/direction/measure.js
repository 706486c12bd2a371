/** Everything that the view shows of a direction, computed from the words. Pure. */
import { Problem } from "../problem.js";
import { direction as strings } from "../strings.js";
import { weat } from "../weat.js";
import { direction, dot, whatRemains, without } from "../word_directions.js";

/** @typedef {import("../words.js").Words} Words */
/** @typedef {import("../word_directions.js").Direction} Direction */
/** @typedef {import("../weat.js").WordSets} WordSets */
/** @typedef {import("./line.js").Placed} Placed */
/** @typedef {{ taken: string[], measuring: string[][], placed: Placed[] }} Halved the words that were taken out, and those that measure, by end */

export const MOST_WORDS = 60; // on a line; more cannot be read
const EXTREME = 500; // words that lean most to each side: what remains is read off them
const NEAREST = 10; // neighbours of each of the extreme words

/**
 * @param {Words} words
 * @param {{ low: string[], high: string[], chosen: string[] }} lists
 * @returns {{ along: Direction, placed: Placed[], note: string }} the words from the low end to the high
 */
export function placeWords(words, { low, high, chosen }) {
  if (chosen.length > MOST_WORDS) throw new Problem(strings.tooMany(chosen.length, MOST_WORDS));
  const along = direction(words, low, high);
  const placed = chosen
    .map((word) => ({ word, position: dot(words.vector(word), along.vector) }))
    .sort((one, other) => one.position - other.position);
  return { along, placed, note: Math.min(low.length, high.length) > 1 ? "" : strings.oneWord };
}

/**
 * What the same words look like once a direction is taken out. Along it they would all be at 0, so
 * half the words of each end make the direction that is taken out, and the other half measures.
 * @param {Words} words
 * @param {Direction} along
 * @param {Placed[]} placed
 * @returns {Halved | null} null if an end has no two words
 */
export function placeWithout(words, { low, high }, placed) {
  if (low.length < 2 || high.length < 2) return null;
  const half = (/** @type {number} */ rest) => [low, high].map((end) => end.filter((_, i) => i % 2 === rest));
  const [taken, measuring] = [half(0), half(1)];
  const ruler = direction(words, measuring[0], measuring[1]).vector;
  const cleaned = without(words, direction(words, taken[0], taken[1]));
  const after = placed.map(({ word }) => ({ word, before: dot(words.vector(word), ruler), position: dot(cleaned(word), ruler) }));
  return { taken: taken.flat(), measuring, placed: after.sort((one, other) => one.position - other.position) };
}

/**
 * What is left in the neighbourhoods of the words that lean most.
 * @param {Words} words
 * @param {Direction} along
 */
export function whatIsLeft(words, along) {
  const n = Math.min(EXTREME, Math.floor((words.size - along.low.length - along.high.length) / 4));
  const k = Math.min(NEAREST, n);
  return { n, k, ...whatRemains(words, along, { n, k }) };
}

/**
 * @param {Words} words
 * @param {Direction} along
 * @param {WordSets} sets
 */
export function testTwice(words, along, sets) {
  return { before: weat((word) => words.vector(word), sets), after: weat(without(words, along), sets) };
}
