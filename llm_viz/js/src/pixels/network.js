/**
 * The network of `llm_viz/training/pixels.py`, with the same numbers: 9 pixels, two hidden layers,
 * four symbols, learning one example at a time. Pure arithmetic: what the view draws is here, how
 * it is drawn is not.
 */
import { mulberry32 } from "../sampling.js";

export const SYMBOLS = /** @type {const} */ (["solid", "vertical", "horizontal", "diagonal"]);
export const N_PIXELS = 9;
const NOISE = 0.5; // how far a pixel of an example may be from pure white or black
const TEST_SEED = 2 ** 32 - 1;
const TEST_COPIES = 20;

const LINES = [["111111111"], ["100100100", "010010010", "001001001"], ["111000000", "000111000", "000000111"], ["100010001", "001010100"]];
const swapped = (/** @type {string} */ image) => image.replace(/./g, (c) => (c === "1" ? "0" : "1"));

/** The images of each symbol: white lines on black, then black on white. "1" is white. */
export const IMAGES = LINES.map((lines) => [...lines, ...lines.map(swapped)]);

/** @typedef {{ pixels: Float64Array, symbol: number }} Example a noisy image, and its symbol's place in SYMBOLS */
/**
 * One layer: `high` neurons that each look at `wide` numbers. Weights are neuron by neuron.
 * @typedef {{ wide: number, high: number, weights: Float64Array, biases: Float64Array }} Layer
 */
/**
 * What one image does in a network: made once, filled again and again.
 * @typedef {object} Pass
 * @property {Float64Array[]} values pixels, both hidden layers, and the four outputs
 * @property {Float64Array[]} errors of each layer's neurons: the slope of the loss at their sums
 * @property {{ weights: Float64Array, biases: Float64Array }[]} slopes of the loss at each weight
 */

/**
 * @param {number} hidden neurons in each hidden layer
 * @param {number} seed
 * @returns {Layer[]}
 */
export function makeNetwork(hidden, seed) {
  const random = mulberry32(2 * seed);
  const sizes = [N_PIXELS, hidden, hidden, SYMBOLS.length];
  return sizes.slice(1).map((high, i) => {
    const wide = sizes[i];
    const most = wide ** -0.5;
    const drawn = (/** @type {number} */ count) => Float64Array.from({ length: count }, () => most * (2 * random() - 1));
    return { wide, high, weights: drawn(wide * high), biases: drawn(high) };
  });
}

/**
 * @param {Layer[]} network
 * @returns {Pass}
 */
export function makePass(network) {
  return {
    values: [new Float64Array(N_PIXELS), ...network.map(({ high }) => new Float64Array(high))],
    errors: network.map(({ high }) => new Float64Array(high)),
    slopes: network.map(({ weights, biases }) => ({ weights: new Float64Array(weights.length), biases: new Float64Array(biases.length) })),
  };
}

/**
 * Numbers flow forward: multiply, add up, squash. Hidden neurons squash to -1 .. 1 (tanh), outputs
 * to 0 .. 1 (sigmoid), each alone: the four need not sum to 1.
 * @param {Layer[]} network
 * @param {Pass} pass
 * @param {ArrayLike<number>} pixels
 */
export function forward(network, { values }, pixels) {
  values[0].set(pixels);
  for (let l = 0; l < network.length; l += 1) {
    const { wide, high, weights, biases } = network[l];
    const [from, to] = [values[l], values[l + 1]];
    const last = l === network.length - 1;
    for (let i = 0; i < high; i += 1) {
      let sum = biases[i];
      for (let j = 0; j < wide; j += 1) sum += weights[i * wide + j] * from[j];
      to[i] = last ? 1 / (1 + Math.exp(-sum)) : Math.tanh(sum);
    }
  }
  return values[network.length];
}

/**
 * The error comes back: from each output's difference to what was wanted, through the same weights,
 * to the slope of the loss at every weight. The pass holds what `forward` left in it.
 * @param {Layer[]} network
 * @param {Pass} pass
 * @param {number} symbol the one that was shown
 */
export function backward(network, { values, errors, slopes }, symbol) {
  const end = network.length - 1;
  for (let i = 0; i < SYMBOLS.length; i += 1) errors[end][i] = values[end + 1][i] - Number(i === symbol);
  for (let l = end; l >= 0; l -= 1) {
    const { wide, high, weights } = network[l];
    const [from, error] = [values[l], errors[l]];
    for (let i = 0; i < high; i += 1) {
      slopes[l].biases[i] = error[i];
      for (let j = 0; j < wide; j += 1) slopes[l].weights[i * wide + j] = error[i] * from[j];
    }
    if (!l) return;
    for (let j = 0; j < wide; j += 1) {
      let blame = 0;
      for (let i = 0; i < high; i += 1) blame += weights[i * wide + j] * error[i];
      errors[l - 1][j] = blame * (1 - from[j] * from[j]); // the slope of tanh
    }
  }
}

/**
 * The loss of the outputs in a pass: the surprise at what each should have been, summed, in nats.
 * @param {Pass} pass
 * @param {number} symbol
 */
export function lossOf({ values }, symbol) {
  const outputs = values[values.length - 1];
  let loss = 0;
  // An output so near to the wrong end that it is rounded to it would be surprise without end.
  for (let i = 0; i < outputs.length; i += 1) loss -= Math.log(Math.max(Number.MIN_VALUE, i === symbol ? outputs[i] : 1 - outputs[i]));
  return loss;
}

/**
 * Nudge every weight a little downhill.
 * @param {Layer[]} network
 * @param {Pass} pass
 * @param {number} rate
 */
export function nudge(network, { slopes }, rate) {
  for (let l = 0; l < network.length; l += 1) {
    for (const part of /** @type {const} */ (["weights", "biases"])) {
      const [numbers, slope] = [network[l][part], slopes[l][part]];
      for (let i = 0; i < numbers.length; i += 1) numbers[i] -= rate * slope[i];
    }
  }
}

/**
 * Noisy symbols without end, always the same for a seed.
 * @param {number} seed
 * @returns {(into: Float64Array) => number} writes the next one's pixels, and gives its symbol
 */
export function makeExamples(seed) {
  const random = mulberry32(2 * seed + 1);
  return (into) => {
    const symbol = Math.floor(random() * SYMBOLS.length);
    const images = IMAGES[symbol];
    addNoise(images[Math.floor(random() * images.length)], random, into);
    return symbol;
  };
}

/**
 * Every image many times, each with noise of its own: always the same, never learned from.
 * @returns {Example[]}
 */
export function noisySymbols() {
  const random = mulberry32(TEST_SEED);
  return IMAGES.flatMap((images, symbol) =>
    images.flatMap((image) =>
      Array.from({ length: TEST_COPIES }, () => {
        const pixels = new Float64Array(N_PIXELS);
        addNoise(image, random, pixels);
        return { pixels, symbol };
      }),
    ),
  );
}

/**
 * The share of examples for which the highest output is the right one.
 * @param {Layer[]} network
 * @param {Pass} pass is used up
 * @param {Example[]} examples
 */
export function accuracy(network, pass, examples) {
  let right = 0;
  for (const { pixels, symbol } of examples) right += Number(highest(forward(network, pass, pixels)) === symbol);
  return right / examples.length;
}

/** The place of the highest number; of equals the first. @param {ArrayLike<number>} numbers */
export function highest(numbers) {
  let best = 0;
  for (let i = 1; i < numbers.length; i += 1) if (numbers[i] > numbers[best]) best = i;
  return best;
}

/** Nine characters as pixels from -1 (black) to 1 (white). @param {string} image */
export function pixelsOf(image) {
  return Float64Array.from(image, (c) => (c === "1" ? 1 : -1));
}

/**
 * @param {string} image
 * @param {() => number} random
 * @param {Float64Array} into
 */
function addNoise(image, random, into) {
  for (let i = 0; i < N_PIXELS; i += 1) {
    const moved = (image[i] === "1" ? 1 : -1) + NOISE * (2 * random() - 1);
    into[i] = Math.min(1, Math.max(-1, moved));
  }
}
