/** The logit lens. */
import { countOf, countText, decimalText } from "../format.js";

const rowName = (/** @type {number} */ layer) => {
  if (layer === -1) return "embedding";
  return Number.isInteger(layer) ? `layer ${layer}` : `layer ${layer + 0.5}, attention only`;
};
const wholes = (/** @type {number[]} */ n) =>
  n.every((each, i) => each === n[0] + i) ? `${n[0]} to ${n[n.length - 1]}` : n.join(", ");

export const logitLens = {
  title: "What would each layer say?",
  tryThis: "Move the slider from the embedding up to the last layer, and watch the answer appear in the last column.",

  text: "Text",
  beside: "Beside it",
  noOther: "no other text",
  ownOption: (/** @type {string} */ text) => `Your own: ${text}`,
  fetching: "Loading the layers of this text …",
  noVocabulary: "the widget names no file of token names",
  noNames: (/** @type {string} */ why) => `Some tokens are shown by number: ${why}.`,
  nothing: "There is no text yet: give the widget one.",

  layer: "Layer",
  layerMark: (/** @type {number} */ layer, /** @type {number} */ layers) => {
    if (layer === -1) return "the embedding: nothing computed yet";
    if (layer === layers - 1) return "the last layer: the model's own prediction";
    return Number.isInteger(layer) ? `after layer ${layer} of 0 to ${layers - 1}` : `layer ${layer + 0.5}: after its attention, before its FFN`;
  },
  rowName,
  shortRow: (/** @type {number} */ layer) => {
    if (layer === -1) return "emb.";
    return Number.isInteger(layer) ? String(layer) : `${layer + 0.5} att.`;
  },

  reading: (/** @type {number} */ layer, /** @type {boolean} */ last) =>
    last ? "What the model says next, after each token of the text" : `If the model stopped at ${rowName(layer)}, it would say next, after each token`,
  readingChips: (/** @type {number} */ n) => `What would come next after each of ${countOf(n, "token")}; arrow keys move along it`,

  grid: (/** @type {string} */ text) => `Likeliest next token by layer and position of: ${text}`,
  gridHelp: "Arrow keys move in the grid. Layers go up, positions to the right.",
  corner: "layer",
  axis: "the text, token by token",
  cell: (/** @type {{ layer: number, after: string, top: string, p: string }} */ now) => `${rowName(now.layer)}, after ${now.after}: ${now.top}, ${now.p}`,
  legend: "Each cell: the token that would come next. The deeper its shade, the more probable:",
  legendNote: "Lower layers are read with the last layer's dictionary, which need not be theirs: what they say is a hint, not a thought.",
  legendEnds: ["0\u00a0%", "100\u00a0%"],

  chosen: (/** @type {number} */ layer, /** @type {string} */ after) => ["After ", after, `, at ${rowName(layer)}`],
  entropy: "Entropy",
  entropyNote: (/** @type {number} */ n) => (n < 1.05 ? "no doubt at all" : `like a fair choice among ${n < 9.95 ? n.toFixed(1) : countText(n)}`),
  divergence: "From the final prediction",
  divergenceNote: (/** @type {boolean} */ last) => (last ? "this is the final prediction" : "Kullback–Leibler divergence; 0 = the same"),
  bits: (/** @type {number} */ h) => `${decimalText(h)}\u00a0bits`,
  bars: (/** @type {number} */ n) => `The ${n === 1 ? "likeliest token" : `${n} likeliest tokens`}, with their probability`,

  paths: "On the way through the layers",
  pathsNote: "Higher is better in both. From line to line a rank changes tenfold, a probability a hundredfold.",
  probabilityPlot: "Probability",
  rankPlot: "Rank",
  first: "1st",
  rank: (/** @type {number} */ rank) => countText(rank),
  pathKey: (/** @type {{ rank: number, p: string }} */ now) => `rank ${countText(now.rank)}, ${now.p}`,
  pathsLabel: (/** @type {string} */ what, /** @type {string[]} */ tokens) => `${what} of ${tokens.join(", ")} through the layers; the numbers are in the table below`,
  less: "less",

  columns: ["Text", "Layer", "Position", "After", "Next token", "Probability", "Entropy, bits", "Divergence, bits", "Followed: rank, probability"],
  followed: (/** @type {string} */ token, /** @type {number} */ rank, /** @type {string} */ p) => `${token}: ${countText(rank)}, ${p}`,

  spoken: (/** @type {{ layer: number, after: string, top: string, p: string, entropy: string }} */ now) =>
    `${rowName(now.layer)}, after ${now.after}: ${now.top}, ${now.p}. Entropy ${now.entropy}.`,

  badPrompt: (/** @type {unknown} */ value, /** @type {number} */ n) =>
    `prompt is ${value}; expected 0 to ${n - 1}, or -1 once there is a text of your own`,
  badBeside: (/** @type {unknown} */ value, /** @type {number} */ n) => `beside is ${value}; expected 0 to ${n - 1}, or off`,
  badLayer: (/** @type {unknown} */ value, /** @type {number} */ layers, /** @type {boolean} */ halves) =>
    `layer is ${value}; expected -1 (the embedding) to ${layers - 1}${halves ? ", in steps of a half" : ""}`,
  badPosition: (/** @type {unknown} */ value, /** @type {number[]} */ shown) =>
    `position is ${value}; this text shows the positions ${wholes(shown)}, and -1 is the last of them`,
};

export const lensErrors = {
  foreign: "these bytes are no logit lens; make the widget again",
  cutShort: (/** @type {number} */ expected, /** @type {number} */ found) =>
    `the logit lens is cut short: it has ${found} bytes of ${expected}; load or copy it again`,
  schema: (/** @type {number} */ known) => `the logit lens is of another schema than ${known}; update llm_viz, or make the widget again`,
  damaged: (/** @type {string} */ part) => `the logit lens is damaged: its ${part} cannot be read; make the widget again`,
  shape: (/** @type {string} */ name, /** @type {string} */ found, /** @type {string} */ expected) =>
    `the logit lens is damaged: its ${name} is ${found}, expected ${expected}; make the widget again`,
};
