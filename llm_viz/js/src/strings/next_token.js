/** The view of the next token. */
import { countOf, countText } from "../format.js";

/** A share that the reader has set, digit for digit. */
const share = (/** @type {number} */ p) => `${Number((100 * p).toFixed(3))}\u00a0%`;

export const nextToken = {
  title: "What comes next?",
  tryThis: "Set the temperature to 0, then to 2, and watch the bar of all other tokens.",

  text: "Text",
  ownOption: (/** @type {string} */ text) => `Your own: ${text}`,
  chips: (/** @type {number} */ n) => `The text as ${countOf(n, "token")}; arrow keys move along it`,
  slot: "next?",

  fetching: "Loading the model's answer …",
  noVocabulary: "the widget names no file of token names",
  noNames: (/** @type {string} */ why) => `Tokens are shown by number: ${why}.`,
  nothing: "There is no text yet: give the widget a trace.",

  bars: (/** @type {number} */ n) => `The ${n} most likely next tokens`,
  had: (/** @type {string} */ p) => `had ${p}`,
  others: (/** @type {number} */ n) => (n ? `${countText(n)} other token${n === 1 ? "" : "s"}` : "no other token"),
  cut: (/** @type {number} */ n) => (n ? `${countText(n)} cut away` : "nothing cut away"),
  drawn: (/** @type {number} */ observed, /** @type {string} */ expected) =>
    `drawn ${countText(observed)}, expected ${expected}`,
  scale: "Scale",
  linear: "linear",
  log: "log",
  axis: "probability",
  axisLog: "probability; each line is 100 times the one before",

  legendKept: "probability of coming next",
  legendTail: "all other tokens together",
  legendCut: "cut away: what it had before",
  legendDrawn: "share of your draws",

  candidates: "Can be drawn",
  candidatesOf: (/** @type {number} */ all) => `of ${countOf(all, "token")}`,
  nucleus: (/** @type {number} */ p) => `${p} nucleus`,
  tokens: (/** @type {number} */ n) => countOf(n, "token"),
  nucleusNote: (/** @type {number} */ p) => `the fewest that hold ${share(p)}`,
  entropy: "Entropy",
  bits: (/** @type {string} */ h) => `${h}\u00a0bits`,
  entropyNote: (/** @type {number} */ n) => (n < 1.05 ? "no doubt at all" : `like a fair choice among ${n < 9.95 ? n.toFixed(1) : countText(n)}`),

  temperature: "Temperature",
  temperatureMark: (/** @type {number} */ t) => {
    if (t === 0) return "always the top token";
    if (t < 1) return "bolder about its favourites";
    return t === 1 ? "the model's own probabilities" : "more even, more surprising";
  },
  topK: "Top-k",
  topKMark: (/** @type {number | null} */ k) => (k === null ? "keeps every token" : `keeps the ${k === 1 ? "top token" : `${countText(k)} most likely`}`),
  topP: "Top-p",
  topPMark: (/** @type {number | null} */ p) => (p === null ? "keeps every token" : `keeps the fewest that reach ${share(p)}`),
  minP: "Min-p",
  minPMark: (/** @type {number | null} */ p) =>
    p === null ? "keeps every token" : `keeps those with ${share(p)} of the top one's or more`,
  all: "all",

  sampling: "How boldly to choose",
  drawing: "Draw from it",
  drawOne: "Draw 1",
  drawMany: (/** @type {number} */ n) => `Draw ${n}`,
  clear: "Clear",
  seed: "Seed",
  noDraws: "One draw picks the next token by chance.",
  draws: (/** @type {number} */ n, /** @type {string} */ last) =>
    `${countOf(n, "draw")}, the last one ${last}. Move a slider: the same luck, read anew.`,
  enough: (/** @type {number} */ n) => `${countText(n)} draws; clear them to draw again.`,

  columns: ["Rank", "Token", "Number", "Probability", "Before the cut", "Drawn", "Expected"],

  spoken: (/** @type {{ top: string, p: string, others: string, tail: string, entropy: string, last: string }} */ now) =>
    `Most likely: ${now.top}, ${now.p}. ${now.others}: ${now.tail}. Entropy ${now.entropy}.` +
    (now.last && ` Drawn last: ${now.last}.`),
  badPrompt: (/** @type {unknown} */ value, /** @type {number} */ n) =>
    `prompt is ${value}; expected 0 to ${n - 1}, or -1 once there is a text of your own`,
  badScale: (/** @type {unknown} */ value) => `scale is ${value}; expected "linear" or "log"`,
  badWhole: (/** @type {string} */ name, /** @type {unknown} */ value, /** @type {number} */ min, /** @type {number} */ max) =>
    `${name} is ${value}; expected a whole number from ${countText(min)} to ${countText(max)}`,
};
