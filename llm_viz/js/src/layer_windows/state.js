/** The traits of LayerWindows as the view reads them, and what is counted of them. Pure. */
import { Problem } from "../problem.js";
import { layerWindows as strings } from "../strings.js";
import { readTraits } from "../traits.js";
import { GROUPS, KINDS, isSame, isWithin, openStudy } from "./file.js";

/** @typedef {import("./file.js").Study} Study */
/** @typedef {import("./file.js").Group} Group */
/** @typedef {import("./file.js").Kind} Kind */
/** @typedef {import("./file.js").Window} Window */
/** @typedef {import("./file.js").Half | "all"} Halves */
/** @typedef {{ logProb: number, best: string, right: boolean }} OwnOutcome */
/** @typedef {{ text: string, answer: string, window: Window, before: OwnOutcome, after: OwnOutcome }} Own */
/**
 * @typedef {object} Traits
 * @property {ArrayBuffer | ArrayBufferView} study packed
 * @property {Own | Record<string, never>} own the reader's question and what came of it
 * @property {Kind} kind
 * @property {number} start
 * @property {number} width
 * @property {Halves} half the items that are counted
 * @property {number} item that is looked at; -1 = none
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */
/** @typedef {{ study: Study, own: Own | null, window: Window, column: number, half: Halves, item: number }} Seen */
/** @typedef {{ right: number, of: number, low: number, high: number, before: number, after: number }} Count */

export const WATCHED = /** @type {const} */ (["study", "own", "kind", "start", "width", "half", "item"]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["kind", "start", "width", "half", "item"]);

export const HALVES = /** @type {Halves[]} */ (Object.keys(strings.half));

const Z = 1.959963984540054; // leaves 2.5 % of a normal curve at either end

/**
 * @param {Model} model
 * @returns {Seen}
 * @throws {Problem}
 */
export function readState(model) {
  const { study: bytes, own, kind, start, width, half, item } = /** @type {Traits} */ (readTraits(model, WATCHED));
  if (!bytes?.byteLength) throw new Problem(strings.nothing);
  const study = openStudy(bytes);
  if (!KINDS.includes(kind)) throw new Problem(strings.badKind(kind));
  if (!HALVES.includes(half)) throw new Problem(strings.badHalf(half));
  const window = { kind, start, width };
  if (!isWithin(window, study.layers)) throw new Problem(strings.badWindow(start, width, study.layers));
  if (!Number.isInteger(item) || item < -1 || item >= study.items.length) throw new Problem(strings.badItem(item, study.items.length));
  return { study, own: "text" in own ? /** @type {Own} */ (own) : null, window, column: study.column(window), half, item };
}

/**
 * The places of the items of a group that are counted.
 * @param {Study} study
 * @param {Group} group
 * @param {Halves} half
 */
export function counted(study, group, half) {
  return study.items.flatMap((item, i) => (item.group === group && (half === "all" || item.half === half) ? [i] : []));
}

/**
 * How many of some items are still right, and their mean probabilities.
 * @param {Study} study
 * @param {number[]} items
 * @param {number} column of the window that is off
 * @returns {Count}
 */
export function count(study, items, column) {
  const right = items.filter((item) => study.isRight(item, column)).length;
  const mean = (/** @type {(item: number) => number} */ of) => items.reduce((sum, item) => sum + of(item), 0) / items.length;
  return {
    right,
    of: items.length,
    ...wilson(right, items.length),
    before: mean((item) => study.before(item).p),
    after: mean((item) => study.after(item, column).p),
  };
}

/**
 * Wilson's 95 % interval of a share; also as in `llm_viz/studies/knowing_statistics.py`.
 * @param {number} right
 * @param {number} of
 */
export function wilson(right, of) {
  const share = right / of;
  const weight = Z ** 2 / of;
  const middle = (share + weight / 2) / (1 + weight);
  const reach = (Z * Math.sqrt((share * (1 - share)) / of + weight / (4 * of))) / (1 + weight);
  return { low: middle - reach, high: middle + reach };
}

/**
 * The share of some items that each window of a kind loses, by start and then by width.
 * @param {Study} study
 * @param {number[]} items
 * @param {Kind} kind
 * @returns {{ start: number, width: number, lost: number }[]}
 */
export function losses(study, items, kind) {
  const found = [];
  for (let start = 0; start < study.layers; start++) {
    for (let width = 1; start + width <= study.layers; width++) {
      const column = study.column({ kind, start, width });
      found.push({ start, width, lost: items.filter((item) => !study.isRight(item, column)).length / items.length });
    }
  }
  return found;
}

/**
 * What telling the fact does with a window off, for the facts that are counted; null where it was
 * not tried.
 * @param {Seen} seen
 */
export function regained({ study, window, column, half }) {
  if (!study.toldWindows.some((each) => isSame(each, window))) return null;
  const facts = counted(study, "fact", half);
  const lost = facts.filter((item) => !study.isRight(item, column));
  const repeats = (/** @type {"fact" | "wrong"} */ telling, /** @type {Window | null} */ off) =>
    (/** @type {number} */ item) => study.told(telling, item, off)?.right;
  return {
    facts: facts.length,
    lost: lost.length,
    regained: lost.filter(repeats("fact", window)).length,
    misled: facts.filter(repeats("wrong", window)).length,
    misledBefore: facts.filter(repeats("wrong", null)).length,
  };
}

/**
 * A window that stays within the model when its start or its width moves: the other gives way.
 * @param {{ start: number, width: number }} now
 * @param {{ start?: number, width?: number }} change
 * @param {number} layers
 */
export function moved(now, change, layers) {
  const { start, width } = { ...now, ...change };
  if (start + width <= layers) return { start, width };
  return change.width === undefined ? { start, width: layers - start } : { start: layers - width, width };
}

/** Every window of this kind and width, as rows of the table. @param {Seen} seen */
export function tableRows({ study, window, half }) {
  const groups = GROUPS.map((group) => counted(study, group, half));
  return Array.from({ length: study.layers - window.width + 1 }, (_, start) => {
    const column = study.column({ ...window, start });
    const counts = groups.map((items) => count(study, items, column));
    return [strings.window({ ...window, start }), ...counts.flatMap((each) => [strings.ofAll(each), strings.shares(each), strings.share(each.after)])];
  });
}
