/**
 * What there is to see, as plain numbers: the bars, the tail, what was cut, the summary figures and
 * the draws. Pure; drawing it is left to the other modules of this folder.
 */
import {
  distribution,
  drawRanks,
  nucleusSize,
  probability,
  probabilityBeforeCut,
} from "../sampling.js";

/**
 * @typedef {object} Row one token
 * @property {number} id
 * @property {boolean} kept
 * @property {number} probability after the cut; 0 if the token was cut
 * @property {number} before probability before the cut
 * @property {number} observed how often it was drawn
 */
/**
 * @typedef {object} Picture
 * @property {Row[]} rows the most likely tokens
 * @property {{ tokens: number, probability: number, observed: number }} tail kept, but without a bar
 * @property {{ tokens: number, before: number }} cut everything that was cut away, barred or not
 * @property {{ share: number, tokens: number }} nucleus
 * @property {number} candidates how many tokens can be drawn
 * @property {number} vocabulary how many tokens there are
 * @property {number} entropy in bits
 * @property {number} draws
 * @property {number} last id of the token drawn last, -1 if none was
 */

/** The nucleus that is reported while top-p is off. */
const USUAL_NUCLEUS = 0.9;

/**
 * @param {import("../sampling.js").Ranking} ranking
 * @param {import("../sampling.js").Parameters & { bars: number, seed: number, draws: number }} state
 * @returns {Picture}
 */
export function makePicture(ranking, state) {
  const { order } = ranking;
  const now = distribution(ranking, state);
  const { counts, last } = drawRanks(now, state.seed, state.draws);
  const shown = Math.min(state.bars, order.length);
  // At temperature 0 the other tokens are not cut: they are left with a probability of 0.
  const kept = state.temperature === 0 ? order.length : now.count;

  const rows = Array.from({ length: shown }, (_, i) => ({
    id: order[i],
    kept: i < kept,
    probability: probability(now, i),
    before: probabilityBeforeCut(now, i),
    observed: counts.get(i) ?? 0,
  }));
  // Summed up rather than subtracted from 1, so that a tail of 1e-12 is not lost in rounding.
  const sum = (/** @type {number} */ from, /** @type {number} */ to) => {
    let weight = 0;
    for (let i = from; i < to; i++) weight += now.weights[i];
    return weight;
  };
  const barred = rows.reduce((total, row) => total + row.observed, 0);
  return {
    rows,
    tail: {
      tokens: Math.max(kept - shown, 0),
      probability: sum(shown, kept) / now.cumulative[now.count - 1],
      observed: state.draws - barred,
    },
    cut: {
      tokens: order.length - kept,
      before: sum(kept, order.length) / now.cumulative[order.length - 1],
    },
    nucleus: nucleusOf(ranking, state, now),
    candidates: now.count,
    vocabulary: order.length,
    entropy: now.entropy,
    draws: state.draws,
    last: last < 0 ? -1 : order[last],
  };
}

/**
 * With top-p on, the nucleus is what top-p keeps (min-p may cut it further); else that of 0.9.
 * @param {import("../sampling.js").Ranking} ranking
 * @param {import("../sampling.js").Parameters} state
 * @param {import("../sampling.js").Distribution} now
 */
function nucleusOf(ranking, state, now) {
  if (state.top_p === null) return { share: USUAL_NUCLEUS, tokens: nucleusSize(now, USUAL_NUCLEUS) };
  const uncut = state.min_p === null ? now : distribution(ranking, { ...state, min_p: null });
  return { share: state.top_p, tokens: uncut.count };
}

const LOG_FLOOR = 1e-6;

/** Where lines and labels stand on each scale. */
export const TICKS = { linear: [0, 0.25, 0.5, 0.75, 1], log: [LOG_FLOOR, 1e-4, 1e-2, 1] };

/**
 * How far along the axis a probability lies, 0 to 1.
 * @param {number} p
 * @param {"linear" | "log"} scale
 */
export function along(p, scale) {
  if (scale === "linear") return p;
  return p <= LOG_FLOOR ? 0 : 1 - Math.log(p) / Math.log(LOG_FLOOR);
}
