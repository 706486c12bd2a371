/**
 * The traits of WordMap and LearningMap as the view reads them, and which map they choose. Values can
 * come from anywhere (Python, a linked widget, a page's address), so every one is checked.
 */
import { Problem } from "../problem.js";
import { layoutErrors, mapText, wordMap as strings } from "../strings.js";
import { readTraits } from "../traits.js";

/** @typedef {{ name: string, colour: string, mark: number, words: string[] }} Group `mark` is its place among the marks of groups */
/** @typedef {{ method: string, name: string, dims: number, tensor: string }} MapEntry `tensor` is its name in the file */
/**
 * @typedef {object} Traits
 * @property {string} word
 * @property {string} colour a group, "all" or "none"
 * @property {Group[]} groups
 * @property {MapEntry[]} [maps] none where words are being learned
 * @property {string} [method]
 * @property {number} [dims]
 * @property {number} [epoch]
 * @property {number} [epochs]
 * @property {{ words?: string, layouts?: string, learning?: string, plotly?: string }} assets
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */

/**
 * The traits that the picture depends on.
 * @param {readonly (keyof Traits)[]} controlled
 */
export const watchedOf = (controlled) => [...controlled, /** @type {const} */ ("groups"), /** @type {const} */ ("maps")];

const TRAITS = ["word", "colour", "groups", "maps", "method", "dims", "epoch", "epochs", "assets"];

export const [ALL, NONE] = ["all", "none"];

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, TRAITS));
}

/**
 * The ways to lay words out, each once.
 * @param {MapEntry[]} maps
 */
export function methodsOf(maps) {
  return [...new Map(maps.map(({ method, name }) => [method, name]))].map(([method, name]) => ({ method, name }));
}

/**
 * The map that is asked for, or the nearest that can be shown.
 * @param {MapEntry[]} maps
 * @param {{ method?: string, dims?: number }} asked
 * @param {boolean} webgl whether three dimensions can be drawn
 * @returns {{ map: MapEntry, without: Record<number, string> }} why a number of dimensions cannot be chosen
 * @throws {Problem} there is no map by that method
 */
export function chooseMap(maps, { method, dims }, webgl) {
  if (!maps.length) throw new Problem(layoutErrors.none);
  const known = methodsOf(maps);
  const fitting = maps.filter((map) => map.method === method);
  if (!fitting.length) throw new Problem(strings.noMethod(String(method), known.map(({ name }) => name)));
  /** @type {Record<number, string>} */
  const without = {};
  for (const n of [2, 3]) {
    if (!fitting.some((map) => map.dims === n)) without[n] = strings.noSuchDims(fitting[0].name, n);
    else if (n === 3 && !webgl) without[n] = strings.needsWebgl;
  }
  const shown = fitting.filter((map) => !without[map.dims]);
  if (!shown.length) throw new Problem(without[3]);
  return { map: shown.find((map) => map.dims === dims) ?? shown[0], without };
}

/**
 * The groups that are coloured.
 * @param {Traits} state
 * @returns {Group[]}
 * @throws {Problem} there is no such group
 */
export function colouredGroups({ groups, colour }) {
  if (colour === ALL) return groups;
  if (colour === NONE) return [];
  const found = groups.filter(({ name }) => name === colour);
  if (!found.length) throw new Problem(mapText.noGroup(colour));
  return found;
}
