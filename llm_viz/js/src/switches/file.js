/**
 * Reads what switching parts off did to one text, as `llm_viz/studies/switched_file.py` packs it.
 * Checked before it is believed. Pure.
 */
import { once } from "../once.js";
import { Problem } from "../problem.js";
import { readSafetensors } from "../safetensors.js";
import { probabilityOf } from "../steps.js";
import { switchesFileErrors as errors } from "../strings.js";

const SCHEMA = 1;

/** @typedef {"difference" | "loss"} Measure */
/** @typedef {{ p: number, difference: number, loss: number }} Outcome loss is NaN for a text of one token */
/** @typedef {{ id: number, name: string, before: number, after: number }} Bar probabilities */

/**
 * The opened file, the same one for the same bytes.
 * @type {(bytes: ArrayBuffer | ArrayBufferView) => Switched}
 * @throws {Problem} the bytes are truncated, foreign, or contradict themselves
 */
export const openSwitched = once((bytes) => new Switched(bytes));

/** One text: a row with everything on, and one for each list of parts that was switched off. */
export class Switched {
  #logProbs;
  #topIds;
  #topLogProbs;
  #topBefore;
  #losses;
  #followed;
  #names;
  #kept;

  /** @param {ArrayBuffer | ArrayBufferView} source */
  constructor(source) {
    const file = readSafetensors(source, "llm_viz_switched", SCHEMA, errors);
    const { text, tokens, token_ids: ids, layers, heads, answer, rival, followed, names, edits } = file.told;
    const check = (/** @type {boolean} */ fine, /** @type {string} */ what) => {
      if (!fine) throw new Problem(errors.damaged(what));
    };
    const isToken = (/** @type {unknown} */ id) => Number.isSafeInteger(id) && typeof names?.[/** @type {number} */ (id)] === "string";
    check(typeof text === "string" && isList(tokens, (each) => typeof each === "string"), "text");
    check(isList(ids, Number.isSafeInteger) && ids.length === tokens.length, "list of tokens");
    check([layers, heads].every((n) => Number.isSafeInteger(n) && n > 0), "number of layers");
    check(isList(followed, isToken) && followed.includes(answer) && followed.includes(rival), "list of followed tokens");
    check(isList(edits, (each) => typeof each === "string") && edits[0] === "", "list of what was switched off");

    const n = edits.length;
    const logProbs = file.array("log_probs", "F32", 2);
    const [topLogProbs, topBefore] = ["top_log_probs", "top_before"].map((name) => file.array(name, "U16", 2));
    const topIds = wholeNumbers(file, "top_ids");
    const losses = file.array("losses", "F32", 1);
    check(logProbs.shape.join() === [n, followed.length].join() && logProbs.data.every((each) => each <= 1e-4), "log_probs");
    const k = topIds.shape[1];
    for (const [name, { shape }] of Object.entries({ topIds, topLogProbs, topBefore })) check(k > 0 && shape.join() === [n, k].join(), name);
    check(topIds.data.every(isToken), "top_ids");
    check(losses.shape[0] === n, "losses");

    /** @type {string} */
    this.text = text;
    /** @type {string[]} */
    this.tokens = tokens;
    /** @type {number[]} */
    this.ids = ids;
    this.shape = { layers, heads };
    /** @type {{ id: number, name: string }} */
    this.answer = { id: answer, name: names[answer] };
    /** @type {{ id: number, name: string }} */
    this.rival = { id: rival, name: names[rival] };
    /** @type {Map<string, number>} what is off, as `writeOff` writes it, to its row */
    this.rows = new Map(edits.map((/** @type {string} */ edit, /** @type {number} */ row) => [edit, row]));
    this.#logProbs = logProbs.data;
    this.#topIds = topIds.data;
    this.#topLogProbs = topLogProbs.data;
    this.#topBefore = topBefore.data;
    this.#losses = losses.data;
    /** @type {number[]} */
    this.#followed = followed;
    this.#names = names;
    this.#kept = k;
  }

  /**
   * @param {number} row
   * @returns {Outcome}
   */
  outcome(row) {
    const [answer, rival] = [this.#logProb(row, this.answer.id), this.#logProb(row, this.rival.id)];
    return { p: Math.min(1, Math.exp(answer)), difference: answer - rival, loss: this.#losses[row] };
  }

  /**
   * What switching off did to a measure.
   * @param {string} off
   * @param {Measure} measure
   * @returns {number | null} null if it was not tried; NaN for the loss of a text of one token
   */
  change(off, measure) {
    const row = this.rows.get(off);
    return row === undefined ? null : this.outcome(row)[measure] - this.outcome(0)[measure];
  }

  /**
   * The likeliest next token of a row.
   * @param {number} row
   */
  best(row) {
    const id = this.#topIds[row * this.#kept];
    return { id, name: this.#names[id], probability: this.#top(this.#topLogProbs, row, 0) };
  }

  /**
   * The tokens that are likeliest with everything on or in this row, likeliest before first. Both
   * probabilities of each are known.
   * @param {number} row
   * @param {number} most
   * @returns {Bar[]}
   */
  bars(row, most) {
    /** @type {Map<number, Bar>} */
    const found = new Map();
    for (let i = 0; i < this.#kept; i++) {
      const id = this.#topIds[row * this.#kept + i];
      found.set(id, { id, name: this.#names[id], before: this.#top(this.#topBefore, row, i), after: this.#top(this.#topLogProbs, row, i) });
    }
    for (const id of this.#followed) {
      const [before, after] = [0, row].map((each) => Math.min(1, Math.exp(this.#logProb(each, id))));
      found.set(id, { id, name: this.#names[id], before, after });
    }
    const larger = (/** @type {Bar} */ bar) => Math.max(bar.before, bar.after);
    const shown = [...found.values()].sort((a, b) => larger(b) - larger(a)).slice(0, most);
    return shown.sort((a, b) => b.before - a.before);
  }

  /**
   * @param {number} row
   * @param {number} id of a followed token
   */
  #logProb(row, id) {
    return this.#logProbs[row * this.#followed.length + this.#followed.indexOf(id)];
  }

  /**
   * @param {Uint16Array} steps
   * @param {number} row
   * @param {number} place
   */
  #top(steps, row, place) {
    return probabilityOf(steps[row * this.#kept + place]);
  }
}

/**
 * @param {ReturnType<typeof readSafetensors>} file
 * @param {string} name of an array of U16, or of U32 for a large vocabulary
 * @returns {{ data: Uint16Array | Uint32Array, shape: number[] }}
 */
function wholeNumbers(file, name) {
  try {
    return file.array(name, "U16", 2);
  } catch {
    return file.array(name, "U32", 2);
  }
}

/**
 * @param {unknown} value
 * @param {(each: any) => boolean} fits
 * @returns {value is any[]} a list that is not empty
 */
function isList(value, fits) {
  return Array.isArray(value) && value.length > 0 && value.every(fits);
}
