/** The neurons of the feed-forward layers, one at a time. */
import { countOf, countText } from "../format.js";
import { fileErrors } from "./errors.js";

const MINUS = "\u2212";
const signed = (/** @type {string} */ text, /** @type {number} */ x) => (x > 0 ? `+${text}` : text.replace("-", MINUS));
const side = { positive: "positive", negative: "negative" };
/** @typedef {keyof typeof side} SideName */

/** As many digits as tell such numbers apart: 12.3, 4.56, 0.41, 0.032. @param {number} x */
function short(x) {
  const size = Math.abs(x);
  if (size < 1e-6) return "0.0";
  return size < 1 ? x.toPrecision(2) : x.toFixed(size < 10 ? 2 : 1);
}

/** @type {Record<string, string>} as `llm_viz.studies.neurons.CHOSEN` names them */
const WHYS = {
  readable: "in the first half of the texts, its pattern is among the clearest of its layer",
  named: "it was named before these texts were read",
  "by lot": "it was drawn by lot",
};

export const neurons = {
  title: "One neuron at a time",
  tryThis: "Move the neuron slider. Read the painted words: what do they share? Then look at what the neuron writes.",

  layer: "Layer",
  neuron: "Neuron",
  layerMark: (/** @type {number} */ n, /** @type {boolean} */ every) => (every ? "" : `${countOf(n, "neuron")} here`),
  neuronMark: (/** @type {number} */ place, /** @type {number} */ n) => `${countText(place + 1)} of ${countText(n)}`,
  onlyThese: "not shown here",
  every: (/** @type {number} */ n) => `All ${countText(n)} neurons`,
  everyNeeds: (/** @type {number} */ shown, /** @type {number} */ all) =>
    `This page holds ${countText(shown)} of ${countText(all)} neurons. The others need the index: open this notebook in Jupyter.`,

  side: "Its activations",
  sides: side,
  sideNote: (/** @type {string} */ held) => `(${held})`,
  signs: { positive: "above 0", negative: "below 0" },
  noPattern: "no pattern",
  holds: (/** @type {number} */ score) => `pattern, score ${rounded(score)}`,

  name: (/** @type {string} */ label, /** @type {SideName} */ name) => `${label}, ${side[name]} side`,
  pattern: (/** @type {string} */ pattern) => `Pattern: ${pattern}`,
  nothingShared: "The simple test of this book found no pattern in these places. Do you see one?",
  score: (/** @type {number} */ score) => `Read from one half of the texts. On the other, score ${rounded(score)} of 1: how much more often it holds at the strongest places than on ordinary words.`,
  notScored: "In the other half of the texts there is no place to try it on.",
  why: (/** @type {string} */ why) => `Why it is here: ${WHYS[why] ?? why}.`,

  contexts: "Where it is strongest",
  noContexts: "It was never on this side in the texts that were read.",
  legend: "Activation:",
  framed: "framed: the strongest word",
  heldOut: "held out",
  heldOutKey: "a text that the pattern was not read from",
  lookHint: "Point at a word to read its activation.",
  look: (/** @type {string} */ token, /** @type {number} */ activation, /** @type {boolean} */ exact) => `${token} ${exact ? "" : "about "}${signed(short(activation), activation)}`,
  activation: (/** @type {number} */ x) => signed(short(x), x),
  more: (/** @type {number} */ n) => `Show all ${n}`,
  fewer: "Show fewer",

  words: "What it writes",
  wordsNote: (/** @type {SideName} */ name) => `How much each unit of activation ${neurons.signs[name]} adds to a word’s logit, compared with the average word.`,
  promoted: "Makes likelier",
  suppressed: "Makes less likely",
  noWords: "No whole word stands out.",
  push: (/** @type {number} */ x) => signed(short(x), x),

  histogram: "How often it is how strong",
  histogramNote: "How many tokens of the texts had which activation. Each line up means 100 times as many. Bars near 0 cover smaller steps.",
  histogramLabel: (/** @type {number} */ tokens, /** @type {string} */ below, /** @type {string} */ above) =>
    `Of ${countText(tokens)} tokens, ${below} have an activation below ${MINUS}1, ${above} above 1`,
  tokens: "tokens",
  bin: (/** @type {number} */ x) => String(x).replace("-", MINUS),

  shares: "How many sides of neurons have a pattern that holds on other texts, by layer",
  sharesNow: (/** @type {number} */ layer, /** @type {string} */ share, /** @type {string} */ most, /** @type {number} */ at) => `Layer ${layer}: ${share}; most in layer ${at}: ${most}`,

  search: "Neurons that promote the word",
  searchedPage: (/** @type {number} */ hits, /** @type {number} */ all) => `${countText(hits)} of the ${countText(all)} neurons of this page:`,
  searchedAll: (/** @type {number} */ all) => `The strongest of all ${countText(all)}:`,
  searching: "Looking through all of them …",
  noHit: (/** @type {string} */ word, /** @type {number} */ n, /** @type {boolean} */ near) =>
    `None of the ${countText(n)} neurons of this page promotes “${word}”; try ${near ? "one of these" : "another word, such as a colour or a month"}.`,
  hit: (/** @type {string} */ label, /** @type {SideName} */ name, /** @type {number} */ push) => `${label} ${side[name]}, ${signed(short(push), push)}`,

  retry: "Ask Python again",
  asking: (/** @type {string} */ label) => `Python looks up ${label} …`,
  notHere: (/** @type {string} */ label) => `${label} is not among the neurons of this page; open this notebook in Jupyter, with the index, to see any of them.`,
  noneInLayer: (/** @type {number} */ layer, /** @type {number[]} */ layers) => `No neuron of layer ${layer} is on this page; choose a layer of ${layers.join(", ")}.`,
  fetching: "Loading the neurons …",
  nothing: "There are no neurons yet: give the widget the study, or an index.",
  bad: (/** @type {string} */ name, /** @type {unknown} */ value, /** @type {string} */ expected) => `${name} is ${value}; expected ${expected}`,
  range: (/** @type {number} */ n) => `0 to ${n - 1}`,

  columns: ["What", "Word", "How much", "Text", "From"],
  rows: { strong: "strong at", promoted: "makes likelier", suppressed: "makes less likely", count: (/** @type {string} */ low, /** @type {string} */ high) => `activation ${low} to ${high}` },
  countCell: (/** @type {number} */ n) => countOf(n, "token"),
  spoken: (/** @type {string} */ name, /** @type {string} */ pattern, /** @type {string[]} */ words) => `${name}. ${pattern} ${words.length ? `It makes likelier: ${words.join(", ")}.` : ""}`,
};

/** As `llm_viz/widgets/neuron_explorer.py` rounds it. @param {number} score */
const rounded = (score) => (Math.round(100 * score) / 100).toFixed(2);

export const neuronFileErrors = /* @__PURE__ */ fileErrors("neurons", {});
