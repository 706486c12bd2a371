/**
 * The traits of LogitLens as the view reads them, and where they point to in a text. Values can come
 * from anywhere (Python, a link to another widget, a page's address), so every one is checked.
 */
import { Problem } from "../problem.js";
import { logitLens as strings } from "../strings.js";
import { readTraits } from "../traits.js";

/** @typedef {ArrayBuffer | ArrayBufferView} Bytes */
/** @typedef {import("../sources/embedded.js").Elsewhere} Elsewhere */
/** @typedef {import("./file.js").Lens} Lens */
/**
 * @typedef {object} Traits
 * @property {(Bytes | Elsewhere)[]} traces a packed lens for each text
 * @property {string[]} labels of the texts
 * @property {Record<string, string>} names of the tokens seen first, by id
 * @property {number} n_layers
 * @property {boolean} halves whether there is a row after each block's attention as well
 * @property {string} text the reader's own
 * @property {Bytes} own packed lens of `text`; no bytes if there is none
 * @property {number} prompt index into `traces`; -1 = `own`
 * @property {number | null} beside index into `traces`, null = no second text
 * @property {number} layer -1 = the embedding; half a layer less = after its attention only
 * @property {number} position of the text, -1 = the last one shown
 * @property {number} position_beside the same of the second text
 * @property {{ vocabulary?: string }} assets file names
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ ([
  "traces", "labels", "names", "n_layers", "halves", "text", "own", "prompt", "beside", "layer",
  "position", "position_beside",
]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["prompt", "beside", "layer", "position", "position_beside"]);

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, [...WATCHED, "assets"]));
}

/**
 * @param {Traits} state
 * @throws {Problem} a trait is out of range
 */
export function checkState({ traces, own, prompt, beside, n_layers: layers, halves, layer }) {
  const exists = prompt === -1 ? own.byteLength > 0 : prompt in traces;
  if (!exists) throw new Problem(traces.length ? strings.badPrompt(prompt, traces.length) : strings.nothing);
  if (beside !== null && !(beside in traces)) throw new Problem(strings.badBeside(beside, traces.length));
  const row = rowOf(layer, halves);
  if (!Number.isInteger(row) || row < 0 || layer > layers - 1) throw new Problem(strings.badLayer(layer, layers, halves));
}

/**
 * The row of a lens, counted from the embedding.
 * @param {number} layer
 * @param {boolean} halves
 */
export function rowOf(layer, halves) {
  return (layer + 1) * (halves ? 2 : 1);
}

/**
 * @param {number} row
 * @param {boolean} halves
 */
export function layerOf(row, halves) {
  return row / (halves ? 2 : 1) - 1;
}

/**
 * The column of a position.
 * @param {Lens} lens
 * @param {number} position -1 = the last one shown
 * @throws {Problem} it is not shown
 */
export function columnOf(lens, position) {
  const column = position === -1 ? lens.columns - 1 : lens.positions.indexOf(position);
  if (column < 0) throw new Problem(strings.badPosition(position, lens.positions));
  return column;
}
