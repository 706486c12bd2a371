/** Which of the neurons of a page promote a word. Pure. */
import { Problem } from "../problem.js";
import { nearestSpellings } from "../spelling.js";
import { neurons as strings } from "../strings.js";
import { SIDES } from "./state.js";

/** @typedef {import("./state.js").Neurons} Neurons */
/** @typedef {import("./state.js").SideName} SideName */
/** @typedef {{ layer: number, neuron: number, side: SideName, push: number }} Hit */

/** Nothing was found. */
export class NoHit extends Problem {
  /** @param {string} message @param {string[]} suggestions words that would be found */
  constructor(message, suggestions) {
    super(message);
    this.suggestions = suggestions;
  }
}

/** @typedef {{ hits: Hit[], spellings: string[] }} Word one word in all its spellings, as they would be typed */
/** @type {WeakMap<Neurons, Map<string, Word>>} */
const indexes = new WeakMap();

/**
 * @param {Neurons} neurons
 * @param {string} typed
 * @returns {Hit[]} the strongest push first
 * @throws {NoHit}
 */
export function searchIn(neurons, typed) {
  const index = indexOf(neurons);
  const word = index.get(plain(typed));
  if (word) return word.hits;
  const near = nearestSpellings([...index.values()].map(({ spellings }) => spellings[0]), typed);
  throw new NoHit(strings.noHit(typed, neurons.size, near.length > 0), near);
}

/**
 * Words that would be found and begin like this, whatever their capitals, in the spelling in which
 * Python knows them; those of most neurons first.
 * @param {Neurons} neurons
 * @param {string} beginning
 * @param {number} k
 */
export function completions(neurons, beginning, k) {
  const start = plain(beginning);
  if (!start) return [];
  return [...indexOf(neurons)]
    .filter(([word]) => word.startsWith(start))
    .sort(([, a], [, b]) => b.hits.length - a.hits.length)
    .flatMap(([, { spellings }]) => spellings)
    .slice(0, k);
}

/** @param {Neurons} neurons */
function indexOf(neurons) {
  let index = indexes.get(neurons);
  if (index) return index;
  /** @type {Map<string, { hits: Map<string, Hit>, spellings: Set<string> }>} */
  const found = new Map();
  for (const { layer, neuron, sides } of neurons.all()) {
    for (const [i, { promoted }] of sides.entries()) {
      for (const { word, push } of promoted) {
        const { hits, spellings } = found.get(plain(word)) ?? { hits: new Map(), spellings: new Set() };
        found.set(plain(word), { hits, spellings });
        spellings.add(word.replace(/^·(?=\p{L})/u, "")); // Python puts a space before letters
        const key = `${layer},${neuron},${i}`;
        // "·Red" and "·red" are one word; the list is sorted, so that the first counts.
        if (!hits.has(key)) hits.set(key, { layer, neuron, side: SIDES[i], push });
      }
    }
  }
  index = new Map([...found].map(([word, { hits, spellings }]) => [word, { hits: [...hits.values()].sort((a, b) => b.push - a.push), spellings: [...spellings] }]));
  indexes.set(neurons, index);
  return index;
}

/** A token as it would be typed: without the sign of a space, without capitals. @param {string} token */
const plain = (token) => token.trim().replace(/^·/, "").normalize("NFC").toLowerCase();
