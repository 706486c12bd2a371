/** The traits of Switches as the view reads them, and what they choose; all of it checked. */
import { Problem } from "../problem.js";
import { chosenTrace } from "../sources/embedded.js";
import { switches as strings } from "../strings.js";
import { readTraits } from "../traits.js";
import { openSwitched } from "./file.js";
import { part, readOff, writeOff } from "./parts.js";

/** @typedef {ArrayBuffer | ArrayBufferView} Bytes */
/** @typedef {import("../sources/embedded.js").Elsewhere} Elsewhere */
/** @typedef {import("./file.js").Measure} Measure */
/** @typedef {import("./file.js").Switched} Switched */
/** @typedef {import("./parts.js").Kind} Kind */
/** @typedef {import("./parts.js").Part} Part */
/** @typedef {import("./parts.js").Shape} Shape */
/**
 * @typedef {object} Traits
 * @property {(Bytes | Elsewhere)[]} traces what was tried on each text, packed
 * @property {string[]} labels of the texts
 * @property {Shape} shape
 * @property {("heads" | "attention" | "mlp")[]} columns that have switches
 * @property {{ name: string, off: string }[]} groups
 * @property {string} text the reader's own
 * @property {Bytes} own what was tried on `text`; no bytes if there is none
 * @property {Bytes} found the last combination that a source ran; no bytes if there is none
 * @property {number} prompt index into `traces`; -1 = `own`
 * @property {string} off the parts that are switched off
 * @property {boolean} several whether a click leaves the other switches as they are
 * @property {Measure} measure that the grid is coloured by
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */
/**
 * @typedef {object} Seen
 * @property {Switched} tried on the text
 * @property {Part[]} parts that are off
 * @property {string} off the same as text, in order
 * @property {{ of: Switched, row: number } | null} now what is known with them off
 * @property {Part[][]} columns of switches, each from layer 0
 */

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ ([
  "traces", "labels", "shape", "columns", "groups", "text", "own", "found", "prompt", "off", "several", "measure",
]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["prompt", "off", "several", "measure"]);

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, WATCHED));
}

/**
 * @param {Traits} state
 * @returns {Bytes | Elsewhere} what was tried on the chosen text
 * @throws {Problem} there is no such text
 */
export function chosen({ traces, own, prompt }) {
  const held = chosenTrace(traces, own, prompt);
  if (!held) throw new Problem(traces.length ? strings.badPrompt(prompt, traces.length) : strings.nothing);
  return held;
}

/**
 * @param {Traits} state
 * @param {Bytes} held what was tried on the chosen text
 * @returns {Seen}
 * @throws {Problem}
 */
export function see({ found, off: text, measure, columns }, held) {
  if (!(measure in strings.measures)) throw new Problem(strings.badMeasure(measure));
  const tried = openSwitched(held);
  const parts = readOff(text, tried.shape);
  const off = writeOff(parts);
  const { layers, heads } = tried.shape;
  const all = Array.from({ length: layers }, (_, layer) => layer);
  const kinds = {
    heads: () => Array.from({ length: heads }, (_, head) => all.map((layer) => part("head", layer, head))),
    attention: () => [all.map((layer) => part("attention", layer))],
    mlp: () => [all.map((layer) => part("mlp", layer))],
  };
  return { tried, parts, off, now: knownRow(tried, found, off), columns: columns.flatMap((column) => kinds[column]()) };
}

/**
 * @param {Switched} tried
 * @param {Bytes} found
 * @param {string} off
 */
function knownRow(tried, found, off) {
  const row = tried.rows.get(off);
  if (row !== undefined) return { of: tried, row };
  if (!found.byteLength) return null;
  const other = openSwitched(found);
  const same = other.text === tried.text && other.answer.id === tried.answer.id && other.rival.id === tried.rival.id;
  const at = same ? other.rows.get(off) : undefined;
  return at === undefined ? null : { of: other, row: at };
}
