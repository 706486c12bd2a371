/** The view of the whole model. */
import { countOf, countText, probabilityText } from "../format.js";

const NO_BREAK = "\u00a0";
const inEnglish = (/** @type {Intl.NumberFormatOptions} */ options) => new Intl.NumberFormat("en-GB", options);
const THREE = /* @__PURE__ */ inEnglish({ maximumSignificantDigits: 3 });
const TWO = /* @__PURE__ */ inEnglish({ maximumSignificantDigits: 2 });
const FOUR_IN_WORDS = /* @__PURE__ */ inEnglish({ maximumSignificantDigits: 4, notation: "compact", compactDisplay: "long" });

/** A large count: "134.5 million". */
const inWords = (/** @type {number} */ n) => (n < 1e6 ? countText(n) : FOUR_IN_WORDS.format(n).replace(" ", NO_BREAK));
const sized = (/** @type {number[]} */ shape) => shape.map(countText).join(" × ");

/** @typedef {import("../stack/state.js").Architecture} Architecture */
/** @typedef {import("../stack/walk.js").Step} Step */

export const stackFileErrors = {
  foreign: "the file is not of this book's kind; build the page again",
  cutShort: (/** @type {number} */ expected, /** @type {number} */ found) =>
    `the file is cut short: it has ${countText(found)} bytes of ${countText(expected)}; load or copy it again`,
  schema: (/** @type {number} */ known) => `the file is of another schema than ${known}; update llm_viz, or build the page again`,
  damaged: (/** @type {string} */ part) => `the file is damaged: its ${part} cannot be right; build the page again`,
};

const NAMES = {
  text: "Text",
  tokens: "Tokens",
  embedding: "Embedding",
  attention: "Attention",
  mlp: "Feed-forward",
  norm: "Final norm",
  unembedding: "Unembedding",
  next: "Next token",
};

const PARTS = {
  W_E: "tokens",
  W_pos: "positions",
  W_Q: "queries",
  W_K: "keys",
  W_V: "values",
  W_O: "output",
  W_gate: "gate",
  W_in: "in",
  W_out: "out",
  W_U: "scores",
};

export const stack = {
  title: "The whole model, floor by floor",
  tryThis: "Press Up and climb with the sentence. On which floor does the model first know its answer?",

  text: "Text",
  ownOption: (/** @type {string} */ text) => `Your own: ${text}`,

  stepping: "One step up or down",
  up: "Up ▲",
  down: "Down ▼",
  step: "Step",
  layer: "Layer",
  position: "Position",
  upTo: (/** @type {number} */ last) => `of 0 to ${last}`,
  positionMark: (/** @type {string} */ token, /** @type {number} */ last) => `${token}, of 0 to ${last}`,

  wordsIn: "▲ words go in",
  out: "a prediction comes out",
  outBriefly: "prediction",
  noTop: "the top floor is missing: no prediction",
  noTopBriefly: "no top floor",
  columns: { attention: "attention", mlp: "FFN" },
  floors: (/** @type {number} */ n) => `${countOf(n, "floor")}: each adds to the same stream`,
  tiedName: "Unembedding (the embedding again)",
  legend: "The larger a coloured box, the more weights it holds: areas are to scale, but for the final norm, a line because it has so few. The green band is the residual stream: a list of numbers for each token, which every box reads and adds to.",
  building: (/** @type {Architecture} */ { name, n_layers, predicts }, /** @type {string} */ here) =>
    `${name} as a building: text, tokens and embedding at the bottom, ${countOf(n_layers, "layer")} along one stream, ` +
    `${predicts ? "the next token at the top" : "no top floor"}. Marked: ${here}.`,

  name: (/** @type {Step} */ { stage, layer }) => (layer < 0 ? NAMES[stage] : `Layer${NO_BREAK}${layer}: ${NAMES[stage].toLowerCase()}`),
  shapes: "Shape",
  weights: "Weights",
  sentence: "Your sentence here",

  /** Two or three plain sentences for each stage. */
  happens: (/** @type {Step} */ { stage }, /** @type {Architecture} */ a) =>
    ({
      text: "A text, as you would type it. The model reads no letters, so it has to be cut up first.",
      tokens: `The text is cut into tokens: whole words where they are frequent, pieces where they are rare. Each is one of ${countText(a.d_vocab)} in a fixed list, and has a number. From here on only the numbers count.`,
      embedding: `Each token's number picks one row of a large table: ${countText(a.d_model)} numbers, learned in training. ${a.learned_positions ? "A second table adds where in the text the token stands." : ""} That row is where the token's stream begins.`,
      attention: `Here tokens look at ${a.causal ? "earlier ones" : "each other"} and fetch something from them; nowhere else does anything pass between words. ${a.n_heads === 1 ? "One head does it" : `${countText(a.n_heads)} heads do it side by side, each in its own way`}. What they fetch is added to the stream${a.post_norm ? ", and the sum is scaled to an even size" : ""}.`,
      mlp: `Every token on its own goes through ${countText(a.d_mlp)} neurons. Each neuron looks for one pattern in the stream${a.gated ? ", a gate beside it says how far to open," : ""} and, if it fires, adds what it stands for. ${a.parallel ? "In this model it reads the same stream as attention beside it." : ""}${a.post_norm ? "Then the sum is scaled to an even size." : ""}`,
      norm: `Each vector is scaled to an even size, so that long ones do not speak louder than short ones. Then each of its ${countText(a.d_model)} numbers is weighted, as training found best.`,
      unembedding: `The vector of each token is compared with ${countText(a.d_vocab)} rows, one for each token of the list. The better the fit, the higher that token's score.`,
      next: "Scores become probabilities that add up to 1. One token is chosen, put behind the text, and the whole climb begins again.",
    })[stage].trim(),

  shape: (/** @type {Step} */ { stage }, /** @type {Architecture} */ a, /** @type {{ characters: number, tokens: number }} */ now) => {
    const stream = `${countOf(now.tokens, "token")} × ${countText(a.d_model)} numbers`;
    const shared = a.n_kv_heads === a.n_heads ? "" : `, which share ${countOf(a.n_kv_heads, "key/value head")}`;
    return {
      text: countOf(now.characters, "character"),
      tokens: countOf(now.tokens, "token"),
      embedding: `out: ${stream}`,
      attention: `in and out: ${stream}; ${countOf(a.n_heads, "head")} of ${countText(a.d_head)} numbers${shared}`,
      mlp: `in and out: ${stream}; ${countOf(a.d_mlp, "neuron")}${a.gated ? ", each with a gate" : ""}`,
      norm: `in and out: ${stream}`,
      unembedding: `in: ${stream}; out: ${countText(a.d_vocab)} scores for each token`,
      next: `${countText(a.d_vocab)} probabilities for each token`,
    }[stage];
  },
  weight: (/** @type {number} */ each, /** @type {number} */ all, /** @type {number} */ share, /** @type {number} */ layers) =>
    layers
      ? `${inWords(each)} in this layer; ${inWords(all)} in all ${countText(layers)}, ${probabilityText(share)} of the model`
      : `${inWords(all)}, ${probabilityText(share)} of the model`,
  noWeights: "none",
  tied: "none of its own: it is the table of the embedding, used once more",
  matrix: (/** @type {import("../stack/state.js").Part} */ { part, shape, biases }) =>
    `${PARTS[/** @type {keyof typeof PARTS} */ (part)] ?? part} ${sized(shape)}${biases ? ` + ${countText(biases)}` : ""}`,

  chips: (/** @type {number} */ n) => `The text as ${countOf(n, "token")}; arrow keys move along it, Enter chooses one`,
  lengths: "Length of each token's vector",
  lengthsBefore: "Length of each token's vector before it is scaled",
  lengthTicks: "each line is ten times the one before",
  lengthsAfter: (/** @type {string} */ half) => `Length of each token's vector after this, and how much ${half} added, against the length before`,
  halves: { attention: "attention", mlp: "the feed-forward layer" },
  length: (/** @type {number} */ x) => THREE.format(x),
  added: (/** @type {number} */ x) => `+${NO_BREAK}${TWO.format(100 * x)}${NO_BREAK}%`,
  looks: (/** @type {string} */ token) => `Where each head looks most from ${token}`,
  head: (/** @type {number} */ head) => `head${NO_BREAK}${head}`,
  neurons: (/** @type {number} */ active, /** @type {number} */ all, /** @type {number} */ beyond, /** @type {string} */ token) =>
    `At ${token}, ${countText(active)} of ${countOf(all, "neuron")} put out more than ${beyond}, up or down. The strongest:`,
  neuron: (/** @type {number} */ neuron, /** @type {number} */ output) =>
    `neuron ${neuron}: ${output < 0 ? "−" : "+"}${THREE.format(Math.abs(output))}`,
  guesses: (/** @type {string} */ token) => `If the model had to answer here, after ${token}:`,
  guessNote: "Final norm and unembedding applied to the stream as it is now: the logit lens.",
  noGuesses: "This model is an encoder. It makes vectors of texts and predicts no next token, so there is nothing to read out.",
  scores: (/** @type {string} */ token) => `Highest scores after ${token}`,
  score: (/** @type {number} */ x) => THREE.format(x).replace("-", "−"),
  nexts: (/** @type {string} */ token) => `Most likely after ${token}`,

  opens: "The chapter that opens this box",
  opensStream: "The chapter on the stream",
  later: "A later chapter opens this box.",

  stepColumns: ["Step", "Stage", "Weights", "Length of the vector", "Added", "Read out here"],

  spoken: (/** @type {{ name: string, token: string, length: string, added: string, guess: string }} */ now) =>
    `${now.name}. Token ${now.token}` + (now.length && `: length ${now.length}`) + (now.added && `, ${now.added}`) + (now.guess && `. Read out here: ${now.guess}`) + ".",
  nothing: "There is no text yet: give the widget one.",
  otherModel: "the text was run through another model than this building shows; run it again",
  badStage: (/** @type {unknown} */ stage) => `stage is ${JSON.stringify(stage)}; expected ${Object.keys(NAMES).join(", ")}`,
  noSuchFloor: (/** @type {string} */ stage) => `stage is ${JSON.stringify(stage)}; this model is an encoder and has no such floor. Choose another`,
  badPrompt: (/** @type {unknown} */ value, /** @type {number} */ n) =>
    `prompt is ${value}; expected 0 to ${n - 1}, or -1 once there is a text of your own`,
  badWhole: (/** @type {string} */ name, /** @type {unknown} */ value, /** @type {number} */ min, /** @type {number} */ max) =>
    `${name} is ${value}; expected a whole number from ${min} to ${max}`,
};
