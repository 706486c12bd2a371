/** The traits of NeuronExplorer as the view reads them, and what they choose; all of it checked. Pure. */
import { Problem } from "../problem.js";
import { neurons as strings } from "../strings.js";
import { readTraits } from "../traits.js";
import { openNeurons } from "./file.js";

/** @typedef {import("./file.js").Bytes} Bytes */
/** @typedef {import("./file.js").Neuron} Neuron */
/** @typedef {import("./file.js").Neurons} Neurons */
/** @typedef {import("../sources/embedded.js").Elsewhere} Elsewhere */
/** @typedef {{ layers: number, neurons: number, shares: number[] }} Shape neurons of a layer; of each layer the share that is readable, or none */
/** @typedef {"positive" | "negative"} SideName */
/**
 * @typedef {object} Traits
 * @property {(Bytes | Elsewhere)[]} traces one file, of the chosen neurons
 * @property {Bytes} own a file of the one neuron that Python sent last; no bytes if there is none
 * @property {Shape} shape
 * @property {number} layer
 * @property {number} neuron
 * @property {SideName} side
 * @property {string} search
 * @property {boolean} every whether the sliders go over every neuron, not only the chosen ones
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */
/**
 * @typedef {object} Seen
 * @property {Neurons} chosen those of the page
 * @property {number} layer
 * @property {number} number of the neuron
 * @property {0 | 1} side
 * @property {boolean} every
 * @property {Neuron | null} neuron null if it is not here
 */

export const SIDES = /** @type {SideName[]} */ (Object.keys(strings.sides));

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["layer", "neuron", "side", "search", "every"]);

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ (["traces", "own", "shape", ...CONTROLLED]);

/** @param {Model} model @returns {Traits} */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, WATCHED));
}

/**
 * @param {Traits} state
 * @returns {Bytes | Elsewhere} the chosen neurons
 * @throws {Problem} there are none
 */
export function chosenOf({ traces }) {
  if (!traces.length) throw new Problem(strings.nothing);
  return traces[0];
}

/**
 * @param {Traits} state
 * @param {Bytes} held the chosen neurons
 * @param {boolean} live whether Python can be asked for others
 * @returns {Seen}
 * @throws {Problem} a trait makes no sense
 */
export function see({ own, shape, layer, neuron: number, side: name, every }, held, live) {
  for (const [what, value, size] of /** @type {const} */ ([["layer", layer, shape.layers], ["neuron", number, shape.neurons]])) {
    if (!(Number.isInteger(value) && value >= 0 && value < size)) throw new Problem(strings.bad(what, value, strings.range(size)));
  }
  const side = SIDES.indexOf(name);
  if (side < 0) throw new Problem(strings.bad("side", name, SIDES.join(", ")));
  const chosen = openNeurons(held);
  const among = chosen.find(layer, number);
  const neuron = among ?? (own.byteLength ? openNeurons(own).find(layer, number) : null);
  return { chosen, layer, number, side: /** @type {0 | 1} */ (side), every: live && (every || !among), neuron };
}

/** Such as L24N659. @param {number} layer @param {number} number */
export const nameOf = (layer, number) => `L${layer}N${number}`;

/**
 * The side of a neuron that says more: where the pattern holds better, else where it is stronger.
 * @param {Neuron} neuron
 * @returns {SideName}
 */
export function tellingSide({ sides }) {
  const [positive, negative] = sides.map(({ score }) => (score > 0 ? score : 0));
  if (positive !== negative) return positive > negative ? "positive" : "negative";
  return sides[0].scale >= sides[1].scale ? "positive" : "negative";
}

/**
 * The neurons that lie beside a place that a slider was moved to: what it can stand on.
 * @param {Seen} seen
 * @param {Shape} shape
 */
export function reach({ chosen, every, layer }, shape) {
  if (every) return { layers: upTo(shape.layers), numbers: upTo(shape.neurons) };
  const layers = [...chosen.layers.keys()];
  return { layers, numbers: chosen.layers.get(layer) ?? [] };
}

/** @param {number} n */
const upTo = (n) => Array.from({ length: n }, (_, i) => i);
