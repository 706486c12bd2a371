/**
 * The traits of AttentionHeads as the view reads them, and what they choose in a text. Values can
 * come from anywhere (Python, a link to another widget, a page's address), so every one is checked.
 */
import { Problem } from "../problem.js";
import { chosenTrace } from "../sources/embedded.js";
import { attentionHeads as strings } from "../strings.js";
import { readTraits } from "../traits.js";

/** @typedef {ArrayBuffer | ArrayBufferView} Bytes */
/** @typedef {import("../sources/embedded.js").Elsewhere} Elsewhere */
/** @typedef {import("./file.js").Heads} Heads */
/** @typedef {keyof typeof strings.scores} Score */
/**
 * @typedef {object} Traits
 * @property {(Bytes | Elsewhere)[]} traces the packed attention of each text
 * @property {string[]} labels of the texts
 * @property {string} text the reader's own
 * @property {Bytes} own packed attention of `text`; no bytes if there is none
 * @property {number} prompt index into `traces`; -1 = `own`
 * @property {number} layer
 * @property {number} head
 * @property {number | null} position of the token whose looks are shown, null = all tokens'
 * @property {Score} score that frames the heads, and sorts them
 * @property {"layer" | "score"} order of the small pictures
 * @property {"matrix" | "arcs"} picture
 * @property {boolean} mask_first the first token is left out
 * @property {string} mean of which heads the mean is shown, such as "L18H6 L17H4"; "" = of none
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */
/**
 * @typedef {object} Choice
 * @property {number} place of the chosen head
 * @property {number[]} shown the heads whose pattern is shown, the mean of several
 * @property {boolean} averaging
 * @property {number | null} query index of the token among those shown
 * @property {number} from the first key that counts: 1 if the first token is hidden
 */

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ ([
  "prompt", "layer", "head", "position", "score", "order", "picture", "mask_first", "mean",
]);

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ (["traces", "labels", "text", "own", ...CONTROLLED]);

const MOST_NAMED = 12; // heads in a sentence

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, WATCHED));
}

/**
 * @param {Traits} state
 * @returns {Bytes | Elsewhere} of the chosen text
 * @throws {Problem} there is none
 */
export function chosenText({ traces, own, prompt }) {
  const held = chosenTrace(traces, own, prompt);
  if (held) return held;
  throw new Problem(traces.length ? strings.bad("prompt", prompt, strings.expectedPrompt(traces.length)) : strings.nothing);
}

/**
 * @param {Traits} state
 * @param {Heads} file
 * @returns {Choice}
 * @throws {Problem} a trait is out of range
 */
export function choose({ layer, head, position, score, mask_first: masked, mean }, file) {
  const place = placeOf(layer, head, file);
  if (!file.scores.has(score)) throw new Problem(strings.bad("score", score, [...file.scores.keys()].join(", ")));
  const query = position === null ? null : file.positions.indexOf(position);
  if (query === -1) throw new Problem(strings.bad("position", position, strings.expectedPosition(file.positions)));
  const averaged = readMean(mean, file);
  return { place, shown: averaged.length ? averaged : [place], averaging: averaged.length > 0, query, from: masked && file.hasFirst ? 1 : 0 };
}

/**
 * @param {number} layer
 * @param {number} head
 * @param {Heads} file
 */
function placeOf(layer, head, { layers, heads }) {
  for (const [name, value, size] of /** @type {["layer" | "head", number, number][]} */ ([["layer", layer, layers], ["head", head, heads]])) {
    if (!(Number.isInteger(value) && value >= 0 && value < size)) throw new Problem(strings.bad(name, value, strings.range(size)));
  }
  return layer * heads + head;
}

/**
 * @param {string} mean
 * @param {Heads} file
 * @returns {number[]} the places of the heads, each once
 */
function readMean(mean, file) {
  const places = mean.split(/\s+/).filter(Boolean).map((name) => {
    const found = /^L(\d+)H(\d+)$/.exec(name);
    if (!found) throw new Problem(strings.bad("mean", name, strings.expectedMean));
    return placeOf(Number(found[1]), Number(found[2]), file);
  });
  return [...new Set(places)];
}

/** Which head stands at a place. @param {number} place @param {number} heads of a layer */
export const headAt = (place, heads) => ({ layer: Math.floor(place / heads), head: place % heads });

/** Such as L18H6. @param {number} place @param {number} heads of a layer */
export function nameOf(place, heads) {
  const { layer, head } = headAt(place, heads);
  return `L${layer}H${head}`;
}

/**
 * The names of heads, of many the first.
 * @param {number[]} places
 * @param {number} heads of a layer
 */
export function namesOf(places, heads) {
  const names = places.slice(0, MOST_NAMED).map((place) => nameOf(place, heads)).join(", ");
  return places.length > MOST_NAMED ? `${names} …` : names;
}

/**
 * The heads in the order of the small pictures, row by row from the top.
 * @param {"layer" | "score"} order
 * @param {Float32Array} score NaN stands last
 * @param {number} heads of a layer
 */
export function sorted(order, score, heads) {
  const places = [...score.keys()];
  if (order === "score") {
    const worth = (/** @type {number} */ place) => (Number.isNaN(score[place]) ? -Infinity : score[place]);
    return places.sort((a, b) => worth(b) - worth(a) || a - b);
  }
  const layers = score.length / heads;
  return places.map((_, i) => (layers - 1 - Math.floor(i / heads)) * heads + (i % heads)); // layer 0 at the bottom
}
