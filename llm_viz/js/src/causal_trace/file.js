/**
 * Reads a causal trace, as `llm_viz/studies/tracing_file.py` packs it. Checked before it is
 * believed. Pure.
 */
import { once } from "../once.js";
import { Problem } from "../problem.js";
import { readSafetensors } from "../safetensors.js";
import { probabilityOf } from "../steps.js";
import { causalTraceFileErrors as errors } from "../strings.js";

const SCHEMA = 1;
const NAMES = /** @type {const} */ (["hidden", "attention", "mlp"]);

/** @typedef {"hidden" | "attention" | "mlp"} Kind */
/** @typedef {{ id: number, name: string, p: number }} Guess */
/** @typedef {{ p: number, low: number, high: number }} Estimate a mean over noises, and how far it moves with their draw (see `analyses/tracing.py`); with one noise all are the same */

/**
 * The opened file, the same one for the same bytes.
 * @type {(bytes: ArrayBuffer | ArrayBufferView) => Traced}
 * @throws {Problem} the bytes are truncated, foreign, or contradict themselves
 */
export const openTraced = once((bytes) => new Traced(bytes));

/** One text: the answer in the clean run, in the corrupted one, and with each thing restored. */
export class Traced {
  #p;
  #low;
  #high;
  #topIds;
  #topP;
  #names;
  #kept;

  /** @param {ArrayBuffer | ArrayBufferView} source */
  constructor(source) {
    const file = readSafetensors(source, "llm_viz_tracing", SCHEMA, errors);
    const { text, tokens, token_ids: ids, subject, answer, layers, kinds, window, noise, seeds, names } = file.told;
    const { p_clean: pClean, p_corrupted: pCorrupted, corrupted_interval: ends, clean, corrupted } = file.told;
    const check = (/** @type {boolean} */ fine, /** @type {string} */ what) => {
      if (!fine) throw new Problem(errors.damaged(what));
    };
    const isToken = (/** @type {unknown} */ id) => Number.isSafeInteger(id) && typeof names?.[/** @type {number} */ (id)] === "string";
    const isShare = (/** @type {unknown} */ p) => typeof p === "number" && p >= 0 && p <= 1.001;
    check(typeof text === "string" && isList(tokens, (each) => typeof each === "string"), "text");
    check(isList(ids, Number.isSafeInteger) && ids.length === tokens.length, "list of tokens");
    check(isList(subject, (at) => Number.isSafeInteger(at) && at >= 0 && at < tokens.length), "subject");
    check(isToken(answer), "answer");
    check([layers, window].every((n) => Number.isSafeInteger(n) && n > 0), "number of layers");
    check(isList(kinds, (kind) => NAMES.includes(kind)) && new Set(kinds).size === kinds.length, "list of kinds");
    check(Number.isFinite(noise) && isList(seeds, Number.isSafeInteger), "noise");
    check(isShare(pClean) && isShare(pCorrupted) && isList(ends, isShare) && ends.length === 2, "probabilities");
    for (const said of [clean, corrupted]) check(isList(said, (guess) => Array.isArray(guess) && isToken(guess[0]) && isShare(guess[1])), "likeliest tokens");

    const shape = [kinds.length, layers, tokens.length];
    const [p, low, high] = ["p", "low", "high"].map((name) => file.array(name, "U16", 3));
    for (const [name, array] of Object.entries({ p, low, high })) check(array.shape.join() === shape.join(), name);
    const topIds = wholeNumbers(file, "top_ids");
    const topP = file.array("top_p", "U16", 4);
    const k = topIds.shape[3];
    for (const [name, array] of Object.entries({ top_ids: topIds, top_p: topP })) check(k > 0 && array.shape.join() === [...shape, k].join(), name);
    check(topIds.data.every(isToken), "top_ids");

    /** @type {string} */
    this.text = text;
    /** @type {string[]} */
    this.tokens = tokens;
    /** @type {number[]} */
    this.ids = ids;
    /** @type {number[]} positions that are corrupted */
    this.subject = subject;
    /** @type {{ id: number, name: string }} */
    this.answer = { id: answer, name: names[answer] };
    /** @type {number} */
    this.layers = layers;
    /** @type {Kind[]} */
    this.kinds = kinds;
    /** @type {number} layers that are restored together */
    this.window = window;
    /** @type {number} in standard deviations of the embeddings */
    this.noise = noise;
    /** @type {number} */
    this.noises = seeds.length;
    /** @type {number} */
    this.pClean = pClean;
    /** @type {Estimate} */
    this.corrupted = { p: pCorrupted, low: ends[0], high: ends[1] };
    const guesses = (/** @type {[number, number][]} */ said) => said.map(([id, each]) => ({ id, name: names[id], p: each }));
    this.said = { clean: guesses(clean), corrupted: guesses(corrupted) };
    this.#p = p.data;
    this.#low = low.data;
    this.#high = high.data;
    this.#topIds = topIds.data;
    this.#topP = topP.data;
    this.#names = names;
    this.#kept = k;
  }

  /** Whether the answer is what the model says first when nothing is corrupted. */
  get known() {
    return this.said.clean[0].id === this.answer.id;
  }

  /**
   * The answer's probability with this restored.
   * @param {Kind} kind
   * @param {number} layer
   * @param {number} position
   * @returns {Estimate}
   */
  at(kind, layer, position) {
    const cell = this.#cell(kind, layer, position);
    const [p, low, high] = [this.#p, this.#low, this.#high].map((steps) => probabilityOf(steps[cell]));
    return { p, low, high };
  }

  /**
   * What the model then says, likeliest first.
   * @param {Kind} kind
   * @param {number} layer
   * @param {number} position
   * @returns {Guess[]}
   */
  says(kind, layer, position) {
    const from = this.#cell(kind, layer, position) * this.#kept;
    return Array.from({ length: this.#kept }, (_, i) => {
      const id = this.#topIds[from + i];
      return { id, name: this.#names[id], p: probabilityOf(this.#topP[from + i]) };
    });
  }

  /**
   * The layers that are restored together: the first and the last.
   * @param {Kind} kind
   * @param {number} layer
   * @returns {[number, number]}
   */
  restored(kind, layer) {
    if (kind === "hidden") return [layer, layer];
    const half = Math.floor(this.window / 2);
    return [Math.max(0, layer - half), Math.min(this.layers, layer + this.window - half) - 1];
  }

  /**
   * @param {Kind} kind
   * @param {number} layer
   * @param {number} position
   */
  #cell(kind, layer, position) {
    return (this.kinds.indexOf(kind) * this.layers + layer) * this.tokens.length + position;
  }
}

/**
 * @param {ReturnType<typeof readSafetensors>} file
 * @param {string} name of an array of U16, or of U32 for a large vocabulary
 * @returns {{ data: Uint16Array | Uint32Array, shape: number[] }}
 */
function wholeNumbers(file, name) {
  try {
    return file.array(name, "U16", 4);
  } catch {
    return file.array(name, "U32", 4);
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
