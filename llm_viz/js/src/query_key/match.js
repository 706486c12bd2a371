/**
 * One query against all keys of one head, as plain numbers: the turn, the products, the scores, the
 * shares, and what the values say. The twin of `llm_viz/analyses/query_key.py`, held to the same
 * fixture. What is added up on screen is whole hundredths that add up. Pure.
 */

/** @typedef {import("./file.js").Reading} Reading */
/** @typedef {import("./file.js").Head} Head */
/** @typedef {{ position: number, score: number, masked: boolean, exact: number, weight: number, share: number }} Rival */
/**
 * @typedef {object} Match
 * @property {number} query position
 * @property {number} key position
 * @property {Float32Array} queryBefore
 * @property {Float32Array} keyBefore
 * @property {Float64Array} queryAfter the turn
 * @property {Float64Array} keyAfter
 * @property {number[]} products of each dimension, in hundredths
 * @property {number[]} totals the running sum of the products
 * @property {number} sum of all products: the last total
 * @property {number} score hundredths
 * @property {boolean} masked whether the query may not see the key
 * @property {Rival[]} rivals all keys, by position
 * @property {number} weights the sum of all rivals' weights
 */

const HUNDREDTHS = 100;

/**
 * RoPE: the pair of dimensions (m, m + pairs) is turned by position times rates[m]. Dimensions
 * beyond all pairs stay.
 * @param {ArrayLike<number>} vector
 * @param {number} position
 * @param {number[]} rates
 */
export function turn(vector, position, rates) {
  const turned = Float64Array.from(vector);
  for (const [m, rate] of rates.entries()) {
    const [first, second] = [vector[m], vector[m + rates.length]];
    const [cos, sin] = [Math.cos(position * rate), Math.sin(position * rate)];
    turned[m] = first * cos - second * sin;
    turned[m + rates.length] = second * cos + first * sin;
  }
  return turned;
}

/**
 * Numbers as whole steps that add up: the running total is rounded, and each step is the difference
 * of two rounded totals. A total is within half a step of the exact one, a step within one.
 * @param {ArrayLike<number>} values
 * @param {number} [steps] to one
 */
export function stepwise(values, steps = HUNDREDTHS) {
  let [exact, before] = [0, 0];
  return Array.from(values, (value) => {
    exact += value;
    const total = Math.round(steps * exact);
    const step = total - before;
    before = total;
    return step + 0; // no -0
  });
}

/** The numbers before each, and itself, added up. @param {number[]} values */
export function running(values) {
  let total = 0;
  return values.map((value) => (total += value));
}

/**
 * @param {Reading} reading
 * @param {Head} head
 * @param {number} query position
 * @param {number} key position
 * @param {number} [shift] as if both tokens stood so many places later
 * @returns {Match}
 */
export function makeMatch({ scale, rates, causal }, { queries, keys }, query, key, shift = 0) {
  const queryAfter = turn(queries[query], query + shift, rates);
  const keyAfter = turn(keys[key], key + shift, rates);
  const products = stepwise(queryAfter.map((value, i) => value * keyAfter[i]));
  const totals = running(products);
  const sum = totals[totals.length - 1];

  const turnedQuery = turn(queries[query], query, rates);
  const dots = keys.map((each, position) => dot(turnedQuery, turn(each, position, rates)));
  const masked = (/** @type {number} */ position) => causal && position > query;
  const seen = dots.map((value, position) => (masked(position) ? -Infinity : value * scale));
  const most = Math.max(...seen);
  const weights = seen.map((score) => Math.exp(score - most));
  const all = weights.reduce((total, weight) => total + weight);
  const shares = stepwise(weights.map((weight) => weight / all), 100 * HUNDREDTHS);
  const rivals = dots.map((value, position) => ({
    position,
    score: scaled(Math.round(HUNDREDTHS * value), scale), // as the reader would work it out
    masked: masked(position),
    exact: weights[position] / all,
    weight: weights[position],
    share: shares[position],
  }));
  return {
    query,
    key,
    queryBefore: queries[query],
    keyBefore: keys[key],
    queryAfter,
    keyAfter,
    products,
    totals,
    sum,
    score: scaled(sum, scale),
    masked: masked(key),
    rivals,
    weights: all,
  };
}

/**
 * What each key's share of its value adds to a token's logit after the query, in hundredths.
 * @param {Reading} reading
 * @param {Head} head
 * @param {Match} match
 * @param {number} id
 */
export function brought({ strength }, { said }, { rivals, query }, id) {
  return stepwise(rivals.map(({ exact, position }) => (strength ? exact * strength[query] * said(position, id) : 0)));
}

/**
 * What a value, moved whole, would add to a token's logit after the query, in hundredths.
 * @param {Reading} reading
 * @param {Head} head
 * @param {{ query: number }} match
 * @param {number} key
 * @param {number} id
 */
export function whole({ strength }, { said }, { query }, key, id) {
  return strength ? Math.round(HUNDREDTHS * strength[query] * said(key, id)) + 0 : 0;
}

/**
 * The tokens that a value moves furthest: up, the furthest first; and down.
 * @param {Head} head
 * @param {number} key
 * @param {number} most of each
 */
export function furthest({ tokenIds, said }, key, most) {
  const order = [...tokenIds].sort((one, other) => said(key, other) - said(key, one));
  return { up: order.slice(0, most), down: order.slice(-most).reverse() };
}

/**
 * A pair of dimensions as two hands: how long each is and where it points, before and after its
 * turn. Angles in radians, counter-clockwise from the right.
 * @param {Match} match
 * @param {number[]} rates
 * @param {number} pair
 * @param {number} shift
 */
export function hands(match, rates, pair, shift) {
  const hand = (/** @type {ArrayLike<number>} */ vector, /** @type {number} */ position) => {
    const [x, y] = [vector[pair], vector[pair + rates.length]];
    const before = Math.atan2(y, x);
    return { length: Math.hypot(x, y), before, turn: position * rates[pair], after: before + position * rates[pair] };
  };
  return { query: hand(match.queryBefore, match.query + shift), key: hand(match.keyBefore, match.key + shift) };
}

/**
 * The positions to list: all of a few; of many those with the largest amounts, in their order. The
 * chosen one is always among them, if it may be listed.
 * @param {number[]} positions
 * @param {number[]} amounts by position
 * @param {number} chosen
 * @param {number} most
 */
export function listed(positions, amounts, chosen, most) {
  const rank = (/** @type {number} */ position) => (position === chosen ? Infinity : Math.abs(amounts[position]));
  const kept = [...positions].sort((one, other) => rank(other) - rank(one)).slice(0, most);
  return kept.sort((one, other) => one - other);
}

/**
 * @param {ArrayLike<number>} one
 * @param {ArrayLike<number>} other
 */
function dot(one, other) {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i] * other[i];
  return sum;
}

/**
 * @param {number} hundredths
 * @param {number} scale
 */
const scaled = (hundredths, scale) => Math.round(hundredths * scale) + 0;
