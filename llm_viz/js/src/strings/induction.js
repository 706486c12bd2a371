/** The view of induction: repeated tokens with heads off. */
import { countOf, decimalText, probabilityText } from "../format.js";

/** @typedef {{ mean: number, low: number, high: number }} Estimate */

const NATS = "\u00a0nats";
const range = (/** @type {Estimate} */ { mean, low, high }) => `${decimalText(mean)} (${decimalText(low)} to ${decimalText(high)})`;
const heads = (/** @type {number} */ n) => countOf(n, "head");

export const induction = {
  title: "Copying, and the heads that do it",
  tryThis: "Guess first: if the best copying heads go, which of the two pictures changes? Then move the slider.",

  off: "Induction heads off",
  offMark: (/** @type {number} */ n, /** @type {number} */ most) => (n ? `the best ${n} of ${most}` : "every head is on"),
  order: "In this order, the best first:",
  headState: (/** @type {boolean} */ off) => (off ? "off" : "on"),

  lines: "Lines",
  line: {
    both: "both",
    induction: "induction heads off",
    other: "other heads off",
  },

  kinds: {
    repeated: { heading: "Random tokens, said twice", half: "the second time", alt: "random tokens said twice" },
    ordinary: { heading: "Ordinary text (King James Bible)", half: "in the second half", alt: "ordinary text" },
  },
  again: "said again from here",
  example: (/** @type {string} */ tokens) => `One of the random texts, before it is said again: ${tokens}`,
  axis: "loss, nats a token",
  position: "token",
  keys: {
    whole: "every head on",
    best: (/** @type {number} */ n) => (n ? `${heads(n)} off: the best for induction` : "induction heads off: none yet"),
    other: (/** @type {number} */ n, /** @type {number} */ draws) => (n ? `${heads(n)} off, drawn from all the others (mean of ${draws} draws)` : "other heads off: none yet"),
  },
  legend: (/** @type {number} */ texts) =>
    `Loss is surprise at the token that came: 0 if it was certain, 1 nat more for each 2.7 times that it was less likely. Lines: means over ${texts} texts; shaded: 95\u00a0% intervals over the texts.`,

  whole: (/** @type {string} */ half, /** @type {Estimate} */ now) => `Mean loss ${half}: ${range(now)}${NATS} with every head on.`,
  without: (/** @type {string} */ half, /** @type {number} */ n, /** @type {Estimate} */ whole, /** @type {Estimate} */ best, /** @type {Estimate} */ other) =>
    `Mean loss ${half}: ${decimalText(whole.mean)}${NATS} with every head on, ${range(best)} with the ${n > 1 ? `best ${n} induction heads` : "best induction head"} off, ${range(other)} with ${n > 1 ? `${n} others` : "another"} off.`,
  label: (/** @type {string} */ alt, /** @type {string} */ found) => `Loss along ${alt}. ${found}`,

  feeding: "What the induction heads live on",
  feedingText: (/** @type {string[]} */ fed) =>
    `An induction head finds what came after a token only if each token knows what stands before it. Heads in layers below see to that. Switched off one after the other, they take the induction score of ${fed.join(", ")} with them:`,
  feedingRow: (/** @type {string[]} */ off) => (off.length ? `${off.join(", ")} off` : "every head on"),
  feedingBest: "previous-token heads off",
  feedingOther: "as many others of those layers off",
  share: (/** @type {Estimate} */ { mean }) => probabilityText(mean),
  feedingLegend: "Induction score: how much of a look goes to the token that came next when the same token stood there the first time. Mean of these heads, the second time.",

  columns: ["Induction heads off", "Text", "Every head on", "Induction heads off: loss", "95\u00a0% interval", "Other heads off: loss", "95\u00a0% interval"],
  number: (/** @type {number} */ x) => x.toFixed(2),
  interval: (/** @type {Estimate} */ { low, high }) => `${low.toFixed(2)} to ${high.toFixed(2)}`,

  spoken: (/** @type {string} */ repeated, /** @type {string} */ ordinary) => `Random tokens said twice. ${repeated} Ordinary text. ${ordinary}`,
  badOff: (/** @type {unknown} */ value, /** @type {number} */ most) => `off is ${value}; expected a whole number of heads from 0 to ${most}`,
  badLine: (/** @type {unknown} */ value, /** @type {string[]} */ all) => `line is ${value}; expected one of ${all.join(", ")}`,
  damaged: "The data of this widget is incomplete: make the widget again.",
  nothing: "There is no study to show: give the widget one.",
};
