/**
 * WEAT: do two sets of words keep different company? With the chance that it is an accident. Pure;
 * the twin of `llm_viz/analyses/weat.py`, which names the paper.
 */
import { Problem } from "./problem.js";
import { mulberry32 } from "./sampling.js";
import { wordSetErrors as errors } from "./strings.js";
import { checkApart, dot } from "./word_directions.js";

const EXACT_UP_TO = 200_000; // ways to share out the words; beyond that, some are drawn
const DRAWS = 100_000;

/** @typedef {{ x: string[], y: string[], a: string[], b: string[] }} WordSets x and y are tested, a and b compared with */
/**
 * @typedef {object} Weat
 * @property {number} effect by how many standard deviations x leans more to a than y does
 * @property {number} p share of the ways to share out the words in which it leans as much or more
 * @property {boolean} exact whether every way was counted
 * @property {number} ways how many were looked at
 */

/**
 * @param {import("./word_directions.js").VectorOf} vectorOf
 * @param {WordSets} sets
 * @param {number} [seed] for drawing, if there are too many ways to count them all
 * @returns {Weat}
 * @throws {Problem} too few words, or a word in both sets of a pair
 */
export function weat(vectorOf, { x, y, a, b }, seed = 0) {
  checkApart(x, y, errors.tested);
  checkApart(a, b, errors.compared);
  if (x.length < 2 || y.length < 2) throw new Problem(errors.oneTested(x.length, y.length));
  const [ofA, ofB] = [a, b].map((set) => set.map(vectorOf));
  const leaning = Float64Array.from([...x, ...y].map(vectorOf), (row) => {
    const near = (/** @type {typeof ofA} */ set) => set.reduce((sum, other) => sum + dot(row, other), 0) / set.length;
    return near(ofA) - near(ofB);
  });
  const of = (/** @type {number} */ from, /** @type {number} */ to) => leaning.subarray(from, to).reduce((sum, value) => sum + value, 0);
  const n = leaning.length;
  const found = of(0, x.length);
  const mean = of(0, n) / n;
  const spread = Math.sqrt(leaning.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  const difference = found / x.length - of(x.length, n) / y.length;
  const least = found - 1e-9; // equal sums may differ in the last digits
  const exact = choose(n, x.length) <= EXACT_UP_TO;
  const { ways, asMuch } = exact ? countAll(leaning, x.length, least) : drawSome(leaning, x.length, least, seed);
  return {
    effect: spread ? difference / spread : 0,
    p: exact ? asMuch / ways : (asMuch + 1) / (ways + 1),
    exact,
    ways,
  };
}

/**
 * @param {number} n
 * @param {number} k
 */
function choose(n, k) {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return Math.round(ways);
}

/**
 * In how many of all ways to choose k values their sum is large enough.
 * @param {Float64Array} values
 * @param {number} k
 * @param {number} least
 */
function countAll(values, k, least) {
  let [ways, asMuch] = [0, 0];
  /**
   * @param {number} from
   * @param {number} left
   * @param {number} sum
   */
  const go = (from, left, sum) => {
    if (!left) {
      ways += 1;
      if (sum >= least) asMuch += 1;
      return;
    }
    for (let i = from; i <= values.length - left; i++) go(i + 1, left - 1, sum + values[i]);
  };
  go(0, k, 0);
  return { ways, asMuch };
}

/**
 * The same for ways that are drawn.
 * @param {Float64Array} values
 * @param {number} k
 * @param {number} least
 * @param {number} seed
 */
function drawSome(values, k, least, seed) {
  const random = mulberry32(seed);
  const shuffled = values.slice();
  let asMuch = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    let sum = 0;
    for (let i = 0; i < k; i++) {
      const j = i + Math.floor(random() * (shuffled.length - i));
      [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
      sum += shuffled[i];
    }
    if (sum >= least) asMuch += 1;
  }
  return { ways: DRAWS, asMuch };
}
