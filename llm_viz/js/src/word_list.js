/** A list of words: which of them is meant by what somebody typed. Pure; as `llm_viz/analyses/words.py`. */
import { Problem } from "./problem.js";
import { nearestSpellings } from "./spelling.js";
import { wordErrors as errors } from "./strings.js";

/** A word that is not in the list. */
export class UnknownWord extends Problem {
  /**
   * @param {string} message
   * @param {string[]} suggestions words that may have been meant
   * @param {string} typed what was asked for
   */
  constructor(message, suggestions, typed) {
    super(message);
    this.suggestions = suggestions;
    this.typed = typed;
  }
}

export class WordList {
  /** @type {Map<string, number>} */
  #places;

  /** @param {string[]} words most frequent first */
  constructor(words) {
    this.words = words;
    this.#places = new Map(words.map((word, i) => [word, i]));
  }

  get size() {
    return this.words.length;
  }

  /** @param {string} word */
  has(word) {
    return this.#places.has(word);
  }

  /** @param {string} word that there is */
  place(word) {
    return /** @type {number} */ (this.#places.get(word));
  }

  /**
   * The word that is meant by what somebody typed: as typed, else in lower case.
   * @param {string} typed
   * @throws {UnknownWord}
   */
  find(typed) {
    const word = typed.trim().normalize("NFC");
    if (!word) throw new UnknownWord(errors.empty, [], typed);
    for (const spelling of [word, word.toLowerCase()]) if (this.has(spelling)) return spelling;
    const parts = word.split(/\s+/);
    if (parts.length > 1) {
      const known = parts.map((part) => part.toLowerCase()).filter((part) => this.has(part));
      throw new UnknownWord(errors.several(word, parts.length), [...new Set(known)].slice(0, 3), typed);
    }
    const near = nearestSpellings(this.words, word);
    throw new UnknownWord(errors.unknown(word, this.size, near.length > 0), near, typed);
  }

  /**
   * The words that begin like this, most frequent first.
   * @param {string} beginning
   * @param {number} k
   */
  completions(beginning, k) {
    const start = beginning.trim().normalize("NFC").toLowerCase();
    /** @type {string[]} */
    const found = [];
    if (!start) return found;
    for (const word of this.words) {
      if (word.startsWith(start) && found.push(word) === k) break;
    }
    return found;
  }
}

/** @param {unknown} value @returns {value is string[]} at least one, none twice */
export function isListOfWords(value) {
  return Array.isArray(value) && value.length > 0 && value.every((w) => typeof w === "string" && w) && new Set(value).size === value.length;
}
