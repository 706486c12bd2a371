/**
 * From logits to the next token's distribution: temperature, top-k, top-p, min-p, entropy, draws.
 *
 * Exact in float64 over the whole vocabulary; the twin of `llm_viz/sampling.py`, held to the same
 * fixture. Built for sliders: `rank` sorts a prompt's logits once, and every filter keeps a prefix
 * of that order, so that each later change of a parameter is one pass over the sorted scores.
 */
import { Problem } from "./problem.js";
import { samplingErrors as errors } from "./strings.js";

/**
 * @typedef {object} Parameters
 * @property {number} temperature 0 = always the most likely token
 * @property {number | null} top_k null = off, here and below
 * @property {number | null} top_p
 * @property {number | null} min_p
 */
/**
 * @typedef {object} Ranking
 * @property {Uint32Array} order token ids, the most likely first; ties by lower id
 * @property {Float64Array} scores their logits minus the highest
 */
/**
 * @typedef {object} Distribution by rank: entry 0 is the most likely token
 * @property {Float64Array} weights exp(score / temperature), not normalised: the first one is 1
 * @property {Float64Array} cumulative sum of the weights up to and including each rank
 * @property {number} count how many tokens the filters keep: ranks 0 to count - 1
 * @property {number} entropy in bits, after the cut
 */

/** A parameter or a logit out of range. */
export class SamplingError extends Problem {}

const ID_SPAN = 2 ** 21; // 32 bits of logit and 21 of id fill a double's 53 exactly

/**
 * @param {Float32Array} logits of every token
 * @returns {Ranking}
 */
export function rank(logits) {
  const size = logits.length;
  if (size === 0 || size > ID_SPAN) {
    throw new SamplingError(errors.size(size, ID_SPAN));
  }
  // Sorting plain numbers is far quicker than sorting ids by a comparison function. So each key
  // holds the logit's bits, turned so that higher logits come first, and below them the id.
  const bits = new Uint32Array(Float32Array.from(logits, (logit) => logit + 0).buffer); // -0 ties with 0
  const keys = new Float64Array(size);
  for (let id = 0; id < size; id++) {
    if (Number.isNaN(logits[id]) || logits[id] === Infinity) {
      throw new SamplingError(errors.notFinite);
    }
    const descending = bits[id] >>> 31 ? bits[id] : ~bits[id] & 0x7fffffff;
    keys[id] = descending * ID_SPAN + id;
  }
  keys.sort();
  const order = Uint32Array.from(keys, (key) => key % ID_SPAN);
  const highest = logits[order[0]];
  if (highest === -Infinity) {
    throw new SamplingError(errors.allImpossible);
  }
  return { order, scores: Float64Array.from(order, (id) => logits[id] - highest) };
}

/**
 * @param {Ranking} ranking
 * @param {Parameters} parameters
 * @returns {Distribution}
 */
export function distribution({ scores }, parameters) {
  checkParameters(parameters);
  const { temperature, top_k, top_p, min_p } = parameters;
  const size = scores.length;
  const weights = new Float64Array(size);
  const cumulative = new Float64Array(size);
  let sum = 0;
  for (let i = 0; i < size; i++) {
    weights[i] = temperature === 0 ? Number(i === 0) : Math.exp(scores[i] / temperature);
    sum += weights[i];
    cumulative[i] = sum;
  }

  let count = temperature === 0 ? 1 : size;
  if (top_k !== null) count = Math.min(count, top_k);
  if (top_p !== null && top_p < 1) count = prefixReaching(cumulative, count, top_p);
  if (min_p !== null) count = firstTrue(count, (i) => weights[i] < min_p); // the highest weight is 1
  return { weights, cumulative, count, entropy: entropyOf(weights, cumulative[count - 1], count) };
}

/**
 * Probability of the token at a rank, after the cut.
 * @param {Distribution} distribution
 * @param {number} i
 */
export function probability({ weights, cumulative, count }, i) {
  return i < count ? weights[i] / cumulative[count - 1] : 0;
}

/**
 * Probability of the token at a rank before any cut: temperature alone.
 * @param {Distribution} distribution
 * @param {number} i
 */
export function probabilityBeforeCut({ weights, cumulative }, i) {
  return weights[i] / cumulative[cumulative.length - 1];
}

/**
 * How many tokens, most likely first, it takes to hold the share `p` of the probability.
 * @param {Distribution} distribution
 * @param {number} p
 */
export function nucleusSize({ cumulative, count }, p) {
  checkShare("p", p);
  return prefixReaching(cumulative, count, p);
}

/**
 * Draw ranks by inversion: one random number decides one token. The same seed gives the same
 * numbers whatever the distribution, so that a moved slider shows the same luck read anew.
 * @param {Distribution} distribution
 * @param {number} seed
 * @param {number} draws
 * @returns {{ counts: Map<number, number>, last: number }} how often each rank came up, and the
 *   rank of the last draw (-1 if there was none)
 */
export function drawRanks({ cumulative, count }, seed, draws) {
  const random = mulberry32(seed);
  const end = cumulative[count - 1];
  /** @type {Map<number, number>} */
  const counts = new Map();
  let last = -1;
  for (let draw = 0; draw < draws; draw++) {
    const point = random() * end;
    last = Math.min(firstTrue(count, (i) => cumulative[i] > point), count - 1);
    counts.set(last, (counts.get(last) ?? 0) + 1);
  }
  return { counts, last };
}

/**
 * @param {Parameters} parameters
 * @throws {SamplingError} naming the first parameter out of range
 */
export function checkParameters({ temperature, top_k, top_p, min_p }) {
  if (!Number.isFinite(temperature) || temperature < 0) {
    throw new SamplingError(errors.temperature(temperature));
  }
  if (top_k !== null && (!Number.isInteger(top_k) || top_k < 1)) {
    throw new SamplingError(errors.topK(top_k));
  }
  if (top_p !== null) checkShare("top-p", top_p);
  if (min_p !== null && !(Number.isFinite(min_p) && min_p >= 0 && min_p <= 1)) {
    throw new SamplingError(errors.minP(min_p));
  }
}

/**
 * @param {string} name
 * @param {number} value
 */
function checkShare(name, value) {
  if (!(Number.isFinite(value) && value > 0 && value <= 1)) {
    throw new SamplingError(errors.share(name, value));
  }
}

/**
 * Length of the shortest prefix whose weight reaches the share `p` of the first `count` tokens.
 * @param {Float64Array} cumulative
 * @param {number} count
 * @param {number} p
 */
function prefixReaching(cumulative, count, p) {
  const goal = p * cumulative[count - 1];
  return Math.min(firstTrue(count, (i) => cumulative[i] >= goal) + 1, count);
}

/**
 * Entropy in bits of the first `count` ranks.
 *
 * With weights w and their sum W, -Σ (w/W) log (w/W) = log W - Σ w log w / W.
 * @param {Float64Array} weights
 * @param {number} sum
 * @param {number} count
 */
function entropyOf(weights, sum, count) {
  let moment = 0;
  for (let i = 0; i < count && weights[i] > 0; i++) moment += weights[i] * Math.log(weights[i]);
  return Math.max(0, (Math.log(sum) - moment / sum) / Math.LN2);
}

/**
 * Binary search: the first index below `size` for which `test` is true, else `size`.
 * @param {number} size
 * @param {(index: number) => boolean} test false up to some index, then true
 */
function firstTrue(size, test) {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * mulberry32 (Tommy Ettinger, public domain): 32 bits of state, uniform on [0, 1). Enough for
 * draws that people look at; not for secrets.
 * @param {number} seed
 * @returns {() => number}
 */
export function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
