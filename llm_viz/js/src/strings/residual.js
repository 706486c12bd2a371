/** The view of the residual stream: what each part added to a logit. */
import { countOf } from "../format.js";

/** Hundredths of a logit as they are written. */
const logit = (/** @type {number} */ n) => (n / 100).toFixed(2).replace("-", "\u2212");
const signed = (/** @type {number} */ n) => `${n > 0 ? "+" : ""}${logit(n)}`;

export const residual = {
  title: "A logit, step by step",
  tryThis: "Move the position along the text. Then choose a layer and open its heads: who brought the answer?",

  logit,
  signed,
  text: "Text",
  ownOption: (/** @type {string} */ text) => `Your own: ${text}`,
  chips: (/** @type {number} */ n) => `The text as ${countOf(n, "token")}; choose the one that the prediction follows`,
  position: "Prediction after token",
  positionMark: (/** @type {string} */ shown) => `after ${shown}`,
  kept: (/** @type {number} */ kept, /** @type {number} */ all) => `The text has ${countOf(all, "token")}; the predictions after ${kept} of them were kept.`,

  token: "Logit of",
  minus: "minus that of",
  likeliest: (/** @type {string} */ shown) => `the likeliest: ${shown}`,
  nothing: "nothing",
  option: (/** @type {string} */ shown, /** @type {string} */ p) => `${shown} (${p})`,
  notHere: (/** @type {string} */ shown) => `${shown} is not among the tokens kept for this position; the likeliest is shown.`,
  minusNotHere: (/** @type {string} */ shown) => `${shown} is not among the tokens kept for this position; nothing is taken away.`,
  sameToken: "A token less itself is 0; nothing is taken away.",

  heading: (/** @type {string} */ token, /** @type {string} */ minus) => (minus ? `What raised ${token} over ${minus}` : `What made up the logit of ${token}`),
  sum: (/** @type {string} */ parts, /** @type {number} */ total) => `${parts} = ${logit(total)}.`,
  part: (/** @type {"embedding" | "attention" | "mlp" | "constant"} */ kind, /** @type {number} */ value) => `${signed(value)} (${residual.kinds[kind]})`,
  result: (/** @type {string} */ token, /** @type {string} */ p) => `That is the final logit of ${token}, and gives it a probability of ${p}.`,
  resultMinus: (/** @type {string} */ token, /** @type {string} */ minus, /** @type {string} */ odds) => `So ${token} is ${odds} ${minus}.`,
  odds: (/** @type {string} */ times, /** @type {boolean} */ more) => (more ? `${times} times as likely as` : `${times} times less likely than`),
  even: "exactly as likely as",
  picture: (/** @type {string} */ heading, /** @type {number} */ total, /** @type {string} */ biggest) =>
    `${heading}: a staircase from 0, one step for each attention layer and each FFN, to ${logit(total)}. Biggest steps: ${biggest}.`,
  tick: (/** @type {number} */ n) => String(Math.round(n) / 100).replace("-", "\u2212"),
  depth: "layer, from the first to the last",
  final: (/** @type {number} */ total) => `final ${logit(total)}`,
  start: "start",
  end: "end",

  kinds: { embedding: "embedding", attention: "all attention", mlp: "all FFNs", constant: "constant" },
  legend: {
    embedding: "embedding: the token by itself",
    attention: "attention: what was fetched from other tokens",
    mlp: "FFN: what the neurons added",
    constant: "constant: biases at the very end",
    total: "running total, in logits",
  },
  unit:
    "The unit is the logit, the natural logarithm of odds: +1 makes a token about 2.7 times as likely against any other. " +
    "The last norm divides the stream by its size; that size is held at what it was in this run, and so the steps add up exactly. " +
    "Each step is right to 0.01 (0.02 where one logit is taken from another), rounded so that the sums on screen come out; " +
    "over all layers of a kind this can shift a few hundredths.",

  layer: "Layer",
  noLayer: "none",
  layerMark: (/** @type {number | null} */ layer) => (layer === null ? "pick one, or click in the picture" : ""),
  layerName: (/** @type {number} */ layer, /** @type {number} */ attention, /** @type {number} */ mlp) =>
    `Layer ${layer}: attention ${signed(attention)}, FFN ${signed(mlp)}`,
  layerSays: (/** @type {{ layer: number, attention: number, mlp: number, from: number, to: number, head: string }} */ { layer, attention, mlp, from, to, head }) =>
    `Layer ${layer}: attention added ${signed(attention)} (most of all ${head}), the FFN ${signed(mlp)}. The total went from ${logit(from)} to ${logit(to)}.`,
  openHeads: "Open its heads",
  closeHeads: "Close its heads",
  headsHeading: (/** @type {number} */ layer, /** @type {number} */ sum) => `The heads of layer ${layer} together: ${signed(sum)}`,
  head: (/** @type {number} */ head) => `H${head}`,
  bias: "bias",
  ffn: "FFN",

  component: {
    embedding: "embedding",
    constant: "constant",
    head: (/** @type {number} */ layer, /** @type {number} */ head) => `L${layer}H${head}`,
    bias: (/** @type {number} */ layer) => `L${layer} attention bias`,
    mlp: (/** @type {number} */ layer) => `L${layer} FFN`,
    attention: (/** @type {number} */ layer) => `L${layer} attention`,
  },
  pushesOf: (/** @type {number} */ shown, /** @type {number} */ all) => `The ${shown} biggest pushes of ${all}, each head by itself`,
  order: "Order",
  orders: { size: "biggest first, up or down", up: "biggest upwards", down: "biggest downwards", depth: "from the first layer to the last" },
  look: (/** @type {string} */ name, /** @type {number} */ value) => `${name}: ${value < 0 ? "pushed down by" : "pushed up by"} ${logit(Math.abs(value))}; show its layer`,
  noPush: "Nothing pushed that way.",

  columns: ["Step", "Added, in logits", "Running total"],
  spoken: (/** @type {string} */ result, /** @type {string} */ biggest, /** @type {string} */ layer) => `${result} Biggest pushes: ${biggest}. ${layer}`,

  nothingHere: "There is no text yet: give the widget one.",
  badPrompt: (/** @type {unknown} */ value, /** @type {number} */ n) => `prompt is ${value}; expected 0 to ${n - 1}, or -1 once there is a text of your own`,
  badPosition: (/** @type {unknown} */ value, /** @type {number} */ first, /** @type {number} */ last) =>
    `position is ${value}; what was kept of this text goes from ${first} to ${last}`,
  badLayer: (/** @type {unknown} */ value, /** @type {number} */ n) => `layer is ${value}; the layers go from 0 to ${n - 1}`,
  badToken: (/** @type {string} */ name, /** @type {unknown} */ value) => `${name} is ${value}; expected the number of a token`,
  badOrder: (/** @type {unknown} */ value, /** @type {string[]} */ known) => `order is ${value}; expected ${known.join(", ")}`,
  damaged: (/** @type {string} */ part) => `what this text's parts added is damaged: its ${part} cannot be right; run the text again`,
};
