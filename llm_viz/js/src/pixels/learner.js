/**
 * A network that has seen so many examples. What it knows hangs on nothing but its traits, so a
 * link to a trained network holds four numbers and no weights: the page trains it again.
 */
import { accuracy, backward, forward, highest, lossOf, makeExamples, makeNetwork, makePass, N_PIXELS, noisySymbols, nudge, SYMBOLS } from "./network.js";
import { BOUNDS } from "./state.js";

/** @typedef {{ hidden: number, rate: number, seed: number, seen: number }} Asked */
/**
 * @typedef {object} Learnt
 * @property {import("./network.js").Layer[]} network after the last nudge
 * @property {number} seen
 * @property {Float64Array} losses of each example, before its nudge
 * @property {{ pass: import("./network.js").Pass, symbol: number, loss: number } | null} lesson the
 *   last example as it went forward and back, before its nudge
 * @property {number} accuracy on the noisy symbols
 */

const TESTS = /* @__PURE__ */ noisySymbols();

/** How many noisy symbols there are, and how far one gets by always naming the most frequent. */
export const TESTED = /* @__PURE__ */ always(TESTS);

/** @returns {(asked: Asked) => Learnt} goes on from where it was if it can, else begins anew */
export function makeLearner() {
  /** @type {ReturnType<typeof begin> | null} */
  let last = null;
  return (asked) => {
    const { hidden, rate, seed, seen } = asked;
    const goesOn = last && last.hidden === hidden && last.rate === rate && last.seed === seed && last.seen <= seen;
    const run = goesOn && last ? last : begin(asked);
    last = run;
    const { network, pass, pixels, losses } = run;
    for (; run.seen < seen; run.seen += 1) {
      run.symbol = run.next(pixels);
      forward(network, pass, pixels);
      losses[run.seen] = lossOf(pass, run.symbol);
      backward(network, pass, run.symbol);
      nudge(network, pass, rate);
    }
    if (run.tested !== seen) run.share = accuracy(network, run.spare, TESTS);
    run.tested = seen;
    const lesson = seen ? { pass, symbol: run.symbol, loss: losses[seen - 1] } : null;
    return { network, seen, losses: losses.subarray(0, seen), lesson, accuracy: run.share };
  };
}

/** @param {import("./network.js").Example[]} tests */
function always(tests) {
  const counts = SYMBOLS.map((_, i) => tests.filter(({ symbol }) => symbol === i).length);
  const most = highest(counts);
  return { count: tests.length, symbol: SYMBOLS[most], share: counts[most] / tests.length };
}

/** @param {Asked} asked */
function begin({ hidden, rate, seed }) {
  const network = makeNetwork(hidden, seed);
  return {
    hidden, rate, seed, network,
    pass: makePass(network),
    spare: makePass(network),
    next: makeExamples(seed),
    pixels: new Float64Array(N_PIXELS),
    losses: new Float64Array(BOUNDS.seen[1]),
    seen: 0, symbol: 0, tested: -1, share: 0,
  };
}

/**
 * The losses as at most `most` points, each the mean of as many examples.
 * @param {Float64Array} losses
 * @param {number} most
 */
export function curveOf(losses, most) {
  const width = Math.max(1, Math.ceil(losses.length / most));
  const points = Array.from({ length: Math.ceil(losses.length / width) }, (_, i) => {
    const part = losses.subarray(i * width, (i + 1) * width);
    return { at: i * width + part.length / 2, loss: part.reduce((sum, loss) => sum + loss, 0) / part.length };
  });
  return { width, points };
}
