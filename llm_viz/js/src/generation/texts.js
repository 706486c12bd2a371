/**
 * The texts that a view shows, unpacked: Python packs them in columns, each token's name once
 * (`pack` in llm_viz/studies/generations.py). Pure.
 */
import { once } from "../once.js";
import { Problem } from "../problem.js";
import { generation as strings } from "../strings.js";

/**
 * Tokens as columns: probabilities in per cent, `chances` left out where they equal `probs`.
 * @typedef {{ ids: number[], probs: number[], chances?: number[] }} Columns
 * @typedef {Columns & { prompt: string, temperature: number, seed: number, text: string,
 *   seconds: number, stopped: string, best: Columns }} PackedText
 * @typedef {{ names: Record<string, string>, texts: PackedText[] }} Packed
 */
/**
 * @typedef {object} Candidate
 * @property {number} id
 * @property {string} name as shown to people
 * @property {number} prob the probability that the model itself gives it
 * @property {number} chance its probability when the token was drawn
 */
/** @typedef {Candidate & { best: Candidate[] }} Step the token drawn, and the likeliest ones then */
/**
 * @typedef {object} Text
 * @property {string} prompt
 * @property {number} temperature
 * @property {number} seed
 * @property {Step[]} steps
 * @property {string} stopped why it ended, "" while it grows
 * @property {number} seconds that writing it took
 */

/**
 * The texts, the same ones for the same study.
 * @type {(packed: Packed) => Text[]}
 * @throws {Problem} it was not packed by this version
 */
export const openTexts = once((packed) => {
  try {
    return packed.texts.map((text) => openText(text, packed.names));
  } catch {
    throw new Problem(strings.unreadable);
  }
});

/**
 * @param {PackedText} packed
 * @param {Record<string, string>} names
 * @returns {Text}
 */
function openText(packed, names) {
  const best = candidates(packed.best, names);
  const each = packed.ids.length ? best.length / packed.ids.length : 0;
  const steps = candidates(packed, names).map((token, i) => ({
    ...token,
    best: best.slice(each * i, each * (i + 1)),
  }));
  const { prompt, temperature, seed, stopped, seconds } = packed;
  return { prompt, temperature, seed, steps, stopped, seconds };
}

/**
 * @param {Columns} columns
 * @param {Record<string, string>} names
 * @returns {Candidate[]}
 */
function candidates({ ids, probs, chances = probs }, names) {
  return ids.map((id, i) => ({ id, name: names[id], prob: probs[i] / 100, chance: chances[i] / 100 }));
}

/**
 * A growing text with what was just written at its end; the texts of other settings stay.
 * @param {Packed} packed
 * @param {Packed} more with one text: its new steps
 * @param {boolean} first they are the text's first: what it had is replaced
 * @returns {Packed} a new object
 */
export function withMore(packed, more, first) {
  const [added] = more.texts;
  const same = (/** @type {PackedText} */ text) =>
    text.prompt === added.prompt && text.temperature === added.temperature && text.seed === added.seed;
  const before = first ? undefined : packed.texts.find(same);
  const grown = before ? join(before, added) : added;
  return {
    names: { ...packed.names, ...more.names },
    texts: [...packed.texts.filter((text) => !same(text)), grown],
  };
}

/**
 * @param {PackedText} before
 * @param {PackedText} added
 * @returns {PackedText}
 */
function join(before, added) {
  return {
    ...added,
    ...joinColumns(before, added),
    best: joinColumns(before.best, added.best),
    text: before.text + added.text,
    seconds: before.seconds + added.seconds,
  };
}

/**
 * @param {Columns} before
 * @param {Columns} added
 * @returns {Required<Columns>}
 */
function joinColumns(before, added) {
  return {
    ids: [...before.ids, ...added.ids],
    probs: [...before.probs, ...added.probs],
    chances: [...(before.chances ?? before.probs), ...(added.chances ?? added.probs)],
  };
}

/**
 * Without the marks that make blanks visible: to be read aloud.
 * @param {Step[]} steps
 */
export function plainText(steps) {
  return steps.map(({ name }) => name.replaceAll("·", " ").replaceAll("⏎", "\n")).join("");
}
