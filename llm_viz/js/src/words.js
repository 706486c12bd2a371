/**
 * Word vectors: the neighbours of a word, and arithmetic with words. Pure; the twin of
 * `llm_viz/analyses/vectors.py` for the words that a page has.
 *
 * Every vector is brought to length 1, so that the likeness of two words is the cosine of the angle
 * between them.
 */
import { Best } from "./best.js";
import { Problem } from "./problem.js";
import { wordErrors as errors } from "./strings.js";
import { WordList } from "./word_list.js";

export { UnknownWord } from "./word_list.js";

/** @typedef {{ word: string, cosine: number }} Answer */
/**
 * @typedef {object} Analogy
 * @property {string} a as the vocabulary spells it, as b and c
 * @property {string} b
 * @property {string} c
 * @property {Float64Array} target b - a + c
 * @property {Answer[]} answers best first, the inputs among them unless left out
 * @property {string} first the best answer of all, be it an input
 */

export class Words extends WordList {
  #rows;

  /** @param {import("./words_file.js").WordFile} file */
  constructor({ name, words, digest, rows, width }) {
    super(words);
    this.name = name;
    this.digest = digest;
    this.width = width;
    this.#rows = unitRows(rows, width);
  }

  /**
   * The vector of a word that there is, of length 1.
   * @param {string} word
   */
  vector(word) {
    const place = this.place(word);
    return this.#rows.subarray(place * this.width, (place + 1) * this.width);
  }

  /**
   * The words nearest to a word, itself left out.
   * @param {string} typed
   * @param {number} k
   */
  neighbours(typed, k) {
    const word = this.find(typed);
    return this.nearest(this.vector(word), k + 1).filter((near) => near.word !== word).slice(0, k);
  }

  /**
   * What b is to a, applied to c: the words nearest to b - a + c.
   * @param {string} typedA
   * @param {string} typedB
   * @param {string} typedC
   * @param {{ exclude: boolean, k?: number }} options whether the three words are left out
   * @returns {Analogy}
   */
  analogy(typedA, typedB, typedC, { exclude, k = 10 }) {
    const [a, b, c] = [typedA, typedB, typedC].map((typed) => this.find(typed));
    if (a === b && b === c) throw new Problem(errors.thrice(a));
    const [ofA, ofB, ofC] = [a, b, c].map((word) => this.vector(word));
    const target = Float64Array.from(ofA, (x, i) => ofB[i] - x + ofC[i]);
    const all = this.nearest(target, k + 3); // room for the inputs, so that one search is enough
    const answers = exclude ? all.filter(({ word }) => word !== a && word !== b && word !== c) : all;
    return { a, b, c, target, answers: answers.slice(0, k), first: all[0].word };
  }

  /**
   * How far every word lies along a vector, in the order of the words.
   * @param {ArrayLike<number>} vector
   */
  along(vector) {
    const found = new Float32Array(this.size);
    const [rows, { width, size }] = [this.#rows, this];
    const axis = Float32Array.from(vector);
    for (let place = 0, at = 0; place < size; place++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += axis[i] * rows[at++];
      found[place] = sum;
    }
    return found;
  }

  /**
   * The words whose vectors point most like this one. Nothing is allocated for a word: it is done at
   * every change of a control.
   * @param {ArrayLike<number>} target
   * @param {number} k
   * @returns {Answer[]} best first; of equals the more frequent word
   */
  nearest(target, k) {
    const length = Math.hypot(...Array.from(target)) || 1;
    const wanted = Float32Array.from(target, (x) => x / length);
    const best = new Best(Math.min(k, this.size));
    const [rows, { width, size }] = [this.#rows, this];
    for (let place = 0, at = 0; place < size; place++) {
      let cosine = 0;
      for (let i = 0; i < width; i++) cosine += wanted[i] * rows[at++];
      if (cosine > best.bar) best.keep(place, cosine);
    }
    return Array.from(best.places.subarray(0, best.held), (place, rank) => ({ word: this.words[place], cosine: best.scores[rank] }));
  }
}

/**
 * @param {Int8Array} rows
 * @param {number} width
 */
function unitRows(rows, width) {
  const unit = new Float32Array(rows.length);
  for (let start = 0; start < rows.length; start += width) {
    let square = 0;
    for (let i = start; i < start + width; i++) square += rows[i] * rows[i];
    const length = Math.sqrt(square) || 1; // a row of zeros is near to nothing
    for (let i = start; i < start + width; i++) unit[i] = rows[i] / length;
  }
  return unit;
}
