/**
 * Reads the study of knowing and copying as `llm_viz/studies/knowing_results.py` packs it. Checked
 * before it is believed. Pure.
 */
import { once } from "../once.js";
import { Problem } from "../problem.js";
import { readSafetensors } from "../safetensors.js";
import { probabilityOf } from "../steps.js";
import { layerWindowsFileErrors as errors } from "../strings.js";

const SCHEMA = 1;

/** @typedef {"mlp" | "attention"} Kind */
/** @typedef {"fact" | "copy"} Group */
/** @typedef {"choosing" | "reporting"} Half */
/** @typedef {{ kind: Kind, start: number, width: number }} Window */
/** @typedef {{ group: Group, kind: string, told: string, asked: string, answer: string, wrong: string, half: Half, n_tokens: number }} Item */
/** @typedef {{ window: Window, lowers: Group, gap: [number, number, number], others: Record<Group, number>, kept: Record<Group, { right: number, of: number }> }} Chosen */
/** What is said at one time: the answer's probability, the likeliest token, whether it is the answer. */
/** @typedef {{ p: number, best: string, right: boolean }} Outcome */

export const KINDS = /** @type {const} */ (["mlp", "attention"]);
export const GROUPS = /** @type {const} */ (["fact", "copy"]);
export const TELLINGS = /** @type {const} */ (["fact", "wrong"]);
const HALVES = ["choosing", "reporting"];

/**
 * The opened file, the same one for the same bytes.
 * @type {(bytes: ArrayBuffer | ArrayBufferView) => Study}
 * @throws {Problem} the bytes are truncated, foreign, or contradict themselves
 */
export const openStudy = once((bytes) => new Study(bytes));

/** Items that the whole model gets right, and what becomes of them with every window off. */
export class Study {
  #logProbs;
  #best;
  #before;
  #toldLogProbs;
  #toldBest;
  #answers;
  #wrong;
  #names;

  /** @param {ArrayBuffer | ArrayBufferView} source */
  constructor(source) {
    const file = readSafetensors(source, "llm_viz_knowing", SCHEMA, errors);
    const { layers, items, tokens, names, answers, wrong, said, told_windows: toldWindows, chosen, excluded } = file.told;
    const check = (/** @type {boolean} */ fine, /** @type {string} */ what) => {
      if (!fine) throw new Problem(errors.damaged(what));
    };
    check(Number.isSafeInteger(layers) && layers > 0, "number of layers");
    check(Array.isArray(items) && items.length > 0 && items.every(isItem), "list of items");
    check(Array.isArray(names) && Array.isArray(tokens) && names.length === tokens.length && names.every((name) => typeof name === "string"), "list of tokens");
    const isWindow = (/** @type {any} */ each) => KINDS.includes(each?.kind) && isWithin(each, layers);
    check(Array.isArray(toldWindows) && toldWindows.every(isWindow), "list of windows");
    check(Array.isArray(chosen) && chosen.every((each) => isWindow(each?.window) && GROUPS.includes(each.lowers)), "list of chosen windows");
    check(Array.isArray(excluded), "list of excluded items");
    const place = new Map(tokens.map((/** @type {number} */ token, /** @type {number} */ at) => [token, at]));
    for (const list of [answers, wrong]) check(Array.isArray(list) && list.length === items.length, "list of answers");
    check(answers.every((/** @type {number} */ id) => place.has(id)), "list of answers");

    const windows = KINDS.length * ((layers * (layers + 1)) / 2);
    const facts = items.filter((/** @type {Item} */ { group }) => group === "fact").length;
    const array = (/** @type {string} */ name, /** @type {"U8" | "U16"} */ kind, /** @type {number[]} */ ...shape) => {
      const { data, shape: found } = file.array(name, kind, shape.length);
      check(found.join() === shape.join(), name);
      return data;
    };
    this.#logProbs = array("log_probs", "U16", items.length, windows);
    this.#before = array("before", "U16", items.length);
    this.#toldLogProbs = array("told_log_probs", "U16", TELLINGS.length, facts, 1 + toldWindows.length);
    this.#toldBest = array("told_best", "U16", TELLINGS.length, facts, 1 + toldWindows.length);
    check(this.#toldBest.every((each) => each < names.length), "told_best");
    check(Array.isArray(said) && said.length === items.length && said.every((list) => Array.isArray(list) && list.every((at) => at in names)), "list of what was said");
    const ownPlaces = array("best", "U8", items.length, windows);
    this.#best = Uint16Array.from(ownPlaces, (own, at) => said[Math.floor(at / windows)][own]);
    check(ownPlaces.every((own, at) => own < said[Math.floor(at / windows)].length), "best");
    this.#answers = answers.map((/** @type {number} */ id) => place.get(id));
    this.#wrong = wrong.map((/** @type {number} */ id) => place.get(id) ?? -1);
    this.#names = names;
    /** @type {number} */
    this.layers = layers;
    /** @type {Item[]} */
    this.items = items;
    /** @type {Window[]} */
    this.toldWindows = toldWindows;
    /** @type {Chosen[]} */
    this.chosen = chosen;
    /** @type {number[]} the places of the facts */
    this.facts = items.flatMap((/** @type {Item} */ { group }, /** @type {number} */ i) => (group === "fact" ? [i] : []));
    this.excluded = excluded.length;
    this.windows = windows;
  }

  /**
   * The column of a window.
   * @param {Window} window
   */
  column({ kind, start, width }) {
    const before = start * this.layers - (start * (start - 1)) / 2; // windows that start lower
    return KINDS.indexOf(kind) * (this.windows / KINDS.length) + before + width - 1;
  }

  /** With everything on, every item is right. @param {number} item @returns {Outcome} */
  before(item) {
    return { p: probabilityOf(this.#before[item]), best: this.#names[this.#answers[item]], right: true };
  }

  /** @param {number} item @param {number} column @returns {Outcome} */
  after(item, column) {
    const at = item * this.windows + column;
    return { p: probabilityOf(this.#logProbs[at]), best: this.#names[this.#best[at]], right: this.isRight(item, column) };
  }

  /** @param {number} item @param {number} column */
  isRight(item, column) {
    return this.#best[item * this.windows + column] === this.#answers[item];
  }

  /**
   * A fact with the fact itself, or something wrong, in front of the question: what was told is
   * followed. null for a window with which it was not tried.
   * @param {(typeof TELLINGS)[number]} telling
   * @param {number} item
   * @param {Window | null} window null: everything is on
   * @returns {Outcome | null}
   */
  told(telling, item, window) {
    const fact = this.facts.indexOf(item);
    const column = window ? 1 + this.toldWindows.findIndex((each) => isSame(each, window)) : 0;
    if (fact < 0 || (window && !column)) return null;
    const which = TELLINGS.indexOf(telling);
    const at = (which * this.facts.length + fact) * (1 + this.toldWindows.length) + column;
    const wanted = which ? this.#wrong[item] : this.#answers[item];
    return { p: probabilityOf(this.#toldLogProbs[at]), best: this.#names[this.#toldBest[at]], right: this.#toldBest[at] === wanted };
  }
}

/** @param {Window} one @param {Window} other */
export function isSame(one, other) {
  return one.kind === other.kind && one.start === other.start && one.width === other.width;
}

/** @param {{ start: unknown, width: unknown }} window @param {number} layers */
export function isWithin({ start, width }, layers) {
  return Number.isInteger(start) && Number.isInteger(width) && Number(start) >= 0 && Number(width) >= 1 && Number(start) + Number(width) <= layers;
}

/** @param {any} item */
function isItem(item) {
  const texts = [item?.kind, item?.told, item?.asked, item?.answer, item?.wrong];
  return texts.every((each) => typeof each === "string") && GROUPS.includes(item.group) && HALVES.includes(item.half);
}
