/**
 * Reads neurons as `llm_viz/widgets/neuron_file.py` packs them: opened once, checked, and each made
 * ready when it is first looked at. Pure.
 */
import { once } from "../once.js";
import { Problem } from "../problem.js";
import { readSafetensors } from "../safetensors.js";
import { neuronFileErrors as errors } from "../strings.js";

const SCHEMA = 1;
const STEPS = 127;

/** @typedef {ArrayBuffer | ArrayBufferView} Bytes */
/** @typedef {{ word: string, push: number }} Push logits for a unit of activation */
/**
 * One place in real text.
 * @typedef {object} Context
 * @property {string[]} tokens
 * @property {Float32Array} activations exact at the peak, elsewhere within 0.4 % of the side's scale
 * @property {number} peak which of the tokens is the place found
 * @property {string} source
 * @property {boolean} heldOut of the half that the pattern was not read from
 */
/**
 * @typedef {object} Side
 * @property {Context[]} contexts the strongest first
 * @property {Push[]} promoted the largest push first
 * @property {Push[]} suppressed
 * @property {string} pattern "" if none was found
 * @property {number} score how well it holds on the other half; NaN if there is nothing to score
 * @property {number} scale the largest size of an activation in the contexts
 */
/**
 * @typedef {object} Neuron
 * @property {number} layer
 * @property {number} neuron
 * @property {string} why it is shown
 * @property {Side[]} sides positive, negative
 * @property {Uint32Array} histogram
 * @property {Float32Array} edges of its bins
 */

/**
 * The opened file, the same ones for the same bytes.
 * @type {(bytes: Bytes) => Neurons}
 * @throws {Problem} they are cut short, foreign, or contradict themselves
 */
export const openNeurons = once((bytes) => new Neurons(bytes));

/** Neurons, by layer and by number. */
export class Neurons {
  #held;
  #texts;
  /** @type {Map<string, number>} */
  #places = new Map();
  /** @type {(Neuron | undefined)[]} */
  #made = [];
  /** @type {number[]} where the contexts of each side begin, in `lengths` */
  #contexts;
  /** @type {number[]} where the tokens of each context begin */
  #tokens;
  /** @type {number[]} where each list of words begins */
  #words;

  /** @param {Bytes} bytes */
  constructor(bytes) {
    const file = readSafetensors(bytes, "llm_viz_neurons", SCHEMA, errors);
    const { texts } = file.told;
    const check = (/** @type {boolean} */ fine, /** @type {string} */ what) => {
      if (!fine) throw new Problem(errors.damaged(what));
    };
    check(Array.isArray(texts) && texts.every((each) => typeof each === "string"), "texts");
    const n = file.array("neurons", "U16", 2).shape[0];
    const bins = file.array("histogram", "U32", 2).shape[1];
    const lists = file.array("n_words", "U8", 3).data;
    const counts = file.array("n_contexts", "U8", 2).data;
    const lengths = file.array("lengths", "U8", 1).data;
    const [c, t, w] = [counts, lengths, lists].map(sum);
    /**
     * @template {import("../safetensors.js").Kind} K
     * @param {string} name
     * @param {K} kind
     * @param {...number} shape
     */
    const array = (name, kind, ...shape) => {
      const found = file.array(name, kind, shape.length);
      check(found.shape.join() === shape.join(), name);
      return found.data;
    };
    const named = (/** @type {string} */ name, /** @type {number[]} */ ...shape) => {
      const data = array(name, "U16", ...shape);
      check(data.every((place) => place < texts.length), name);
      return data;
    };
    check(n > 0 && bins > 0, "neurons");
    check(c === lengths.length, "n_contexts");
    const held = {
      neurons: array("neurons", "U16", n, 2),
      why: named("why", n),
      histogram: array("histogram", "U32", n, bins),
      edges: array("edges", "F32", n, bins + 1),
      patterns: named("patterns", n, 2),
      scores: array("scores", "F32", n, 2),
      scales: array("scales", "F32", n, 2),
      counts: array("n_contexts", "U8", n, 2),
      lists: array("n_words", "U8", n, 2, 2),
      lengths,
      peaks: array("peaks", "U8", c),
      heldOut: array("held_out", "U8", c),
      strengths: array("strengths", "F32", c),
      sources: named("sources", c),
      tokens: named("tokens", t),
      activations: array("activations", "I8", t),
      words: named("words", w),
      pushes: array("pushes", "F32", w),
    };
    check(held.peaks.every((peak, i) => peak < lengths[i]), "peaks");
    for (const name of /** @type {const} */ (["edges", "scales", "strengths", "pushes"])) check(held[name].every(Number.isFinite), name);

    this.#held = held;
    this.#texts = /** @type {string[]} */ (texts);
    this.#contexts = starts(counts);
    this.#tokens = starts(lengths);
    this.#words = starts(lists);
    this.bins = bins;
    this.size = n;
    /** @type {Map<number, number[]>} the neurons of each layer that has some, both rising */
    this.layers = new Map();
    for (let i = 0; i < n; i++) this.#places.set(`${held.neurons[2 * i]},${held.neurons[2 * i + 1]}`, i);
    check(this.#places.size === n, "neurons");
    const all = [...this.#places.keys()].map((key) => key.split(",").map(Number));
    for (const [layer, neuron] of all.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
      this.layers.set(layer, [...(this.layers.get(layer) ?? []), neuron]);
    }
  }

  /**
   * @param {number} layer
   * @param {number} neuron
   * @returns {Neuron | null} null if it is not among these
   */
  find(layer, neuron) {
    const place = this.#places.get(`${layer},${neuron}`);
    return place === undefined ? null : this.at(place);
  }

  /** In the order in which they were packed. @returns {Neuron[]} */
  all() {
    return Array.from({ length: this.size }, (_, place) => this.at(place));
  }

  /** @param {number} place @returns {Neuron} */
  at(place) {
    return (this.#made[place] ??= {
      layer: this.#held.neurons[2 * place],
      neuron: this.#held.neurons[2 * place + 1],
      why: this.#texts[this.#held.why[place]],
      sides: [0, 1].map((side) => this.#side(2 * place + side)),
      histogram: this.#held.histogram.subarray(place * this.bins, (place + 1) * this.bins),
      edges: this.#held.edges.subarray(place * (this.bins + 1), (place + 1) * (this.bins + 1)),
    });
  }

  /** @param {number} side counted over all neurons @returns {Side} */
  #side(side) {
    const held = this.#held;
    const scale = held.scales[side];
    const from = this.#contexts[side];
    const [promoted, suppressed] = [2 * side, 2 * side + 1].map((list) => {
      const start = this.#words[list];
      return Array.from({ length: held.lists[list] }, (_, i) => ({ word: this.#texts[held.words[start + i]], push: held.pushes[start + i] }));
    });
    const contexts = Array.from({ length: held.counts[side] }, (_, i) => this.#context(from + i, scale));
    return { contexts, promoted, suppressed, pattern: this.#texts[held.patterns[side]], score: held.scores[side], scale };
  }

  /** @param {number} at counted over all contexts @param {number} scale @returns {Context} */
  #context(at, scale) {
    const held = this.#held;
    const [from, to] = [this.#tokens[at], this.#tokens[at] + held.lengths[at]];
    const activations = Float32Array.from(held.activations.subarray(from, to), (steps) => (steps / STEPS) * scale);
    activations[held.peaks[at]] = held.strengths[at];
    return {
      tokens: Array.from(held.tokens.subarray(from, to), (place) => this.#texts[place]),
      activations,
      peak: held.peaks[at],
      source: this.#texts[held.sources[at]],
      heldOut: held.heldOut[at] > 0,
    };
  }
}

/** @param {Uint8Array} counts */
const sum = (counts) => counts.reduce((total, count) => total + count, 0);

/** Where each part begins if they lie one after the other. @param {Uint8Array} counts */
function starts(counts) {
  let at = 0;
  return Array.from(counts, (count) => (at += count) - count);
}
