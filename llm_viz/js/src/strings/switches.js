/** Switching parts of the model off. */
import { countOf, probabilityText } from "../format.js";
import { fileErrors } from "./errors.js";

const two = (/** @type {number} */ x) => x.toFixed(2).replace("-", "\u2212");
const signed = (/** @type {number} */ x) => `${Number(x.toFixed(2)) > 0 ? "+" : ""}${two(x).replace(/^\u22120\.00$/, "0.00")}`;

const quoted = (/** @type {string} */ token) => `“${token}”`; // it may be a full stop

/** @typedef {"difference" | "loss"} Measure */

export const switches = {
  title: "Switch a head off",
  tryThis: "Click the strongest orange switch: what happens to the answer? Then try a group of heads, and another text.",

  two,
  signed,
  text: "Text",
  ownOption: (/** @type {string} */ text) => `Your own: ${text}`,
  fetching: "Loading what was tried on this text …",
  chips: (/** @type {number} */ n) => `The text as ${countOf(n, "token")}; what comes next?`,

  groups: "Switch off",
  allOn: "Switch all on",
  several: "Several at once",
  severalNeeds: "Any combination needs the model running: this page knows each switch alone, and these groups. Open this notebook in Jupyter for more.",
  running: "Running the model with these switched off …",
  notTried: (/** @type {string} */ off) => `What happens with ${off} off was not tried: this page knows each switch alone, and the groups. With the model running (open this notebook in Jupyter) it can be tried.`,
  every: (/** @type {number} */ n) => `Try all ${n} heads, one by one`,
  trying: "Trying them …",
  notYet: "Empty switches were not tried yet on this text.",

  measure: "Colour shows",
  measures: { difference: "the logit difference", loss: "the loss of the text" },
  grid: (/** @type {number} */ layers, /** @type {number} */ columns) =>
    `Switches: ${countOf(layers, "layer")}, from the bottom up, and ${countOf(columns, "column")}. Arrow keys move among them, the space bar switches.`,
  column: (/** @type {{ kind: "head" | "attention" | "mlp", head: number }} */ { kind, head }) => ({ head: `H${head}`, attention: "att.", mlp: "FFN" })[kind],
  switchName: (/** @type {string} */ name, /** @type {string} */ effect) => `${name}, ${effect}`,
  effect: (/** @type {number | null} */ change, /** @type {Measure} */ measure) => {
    if (change === null) return "alone not tried";
    if (Number.isNaN(change)) return "no loss in a text of one token";
    return `alone: ${measure === "loss" ? "loss" : "logit difference"} ${signed(change)}`;
  },
  look: (/** @type {string} */ name, /** @type {{ p: number, difference: number, loss: number } | null} */ by, /** @type {string} */ answer, /** @type {number} */ p) => {
    if (!by) return `${name}, switched off alone: not tried on this text.`;
    const loss = Number.isNaN(by.loss) ? "" : `, loss ${signed(by.loss)}`;
    return `${name}, switched off alone: ${quoted(answer)} ${probabilityText(p)}, logit difference ${signed(by.difference)}${loss}.`;
  },
  lookHint: "Point at a switch to read what it does alone.",

  legend: (/** @type {Measure} */ measure, /** @type {string} */ answer, /** @type {string} */ rival) =>
    measure === "loss"
      ? "What switching off this one part alone does to the loss of the text, in nats a token:"
      : `What switching off this one part alone does to the logit difference, ${quoted(answer)} less ${quoted(rival)}:`,
  missed: "it is missed",
  better: "better without it",
  offKey: "switched off",
  noLoss: "A text of one token has no loss: nothing in it is predicted. The grid has no colours.",

  answer: (/** @type {string} */ answer) => `Probability of ${quoted(answer)}`,
  difference: (/** @type {string} */ answer, /** @type {string} */ rival) => `Logit difference, ${quoted(answer)} less ${quoted(rival)}`,
  loss: "Loss of the text, nats a token",
  none: "none",
  oneToken: "one token: nothing in it is predicted",
  allOnIs: (/** @type {string} */ value) => `all on: ${value}`,
  changed: (/** @type {string} */ change, /** @type {string} */ before) => `${change}; all on: ${before}`,

  everythingOn: (/** @type {string} */ answer, /** @type {string} */ p) => `Everything is on: ${quoted(answer)} has a probability of ${p}.`,
  result: (/** @type {{ off: string, answer: string, before: string, after: string, top: string, same: boolean }} */ now) =>
    `With ${now.off} off, ${quoted(now.answer)} goes from ${now.before} to ${now.after}. ` +
    (now.same ? "It is still the likeliest next token." : `The likeliest next token is ${quoted(now.top)}.`),
  onlyEmbedding: "Nothing is left but the embedding: the model sees the last token alone, and no layer works on it.",
  onlyLastToken: "No token sees any other: the prediction rests on the last one alone.",
  parts: (/** @type {number} */ n) => `${n} parts`,

  bars: "The next token, before and after",
  before: "everything on",
  after: "with these off",
  ranking: (/** @type {Measure} */ measure) => `The ${measure === "loss" ? "loss" : "logit difference"} moves most without`,
  toggle: (/** @type {string} */ name, /** @type {string} */ effect) => `${name}, ${effect}; switch it`,

  columns: ["Switched off", "Probability of the answer", "Logit difference", "Loss, nats a token", "Likeliest next token", "Its probability"],
  nothingOff: "nothing",
  spoken: (/** @type {{ result: string, difference: string, loss: string }} */ now) =>
    `${now.result} Logit difference ${now.difference}${now.loss ? `, loss ${now.loss}` : ""}.`,

  nothing: "There is no text yet: give the widget one.",
  badPrompt: (/** @type {unknown} */ value, /** @type {number} */ n) => `prompt is ${value}; expected 0 to ${n - 1}, or -1 once there is a text of your own`,
  badMeasure: (/** @type {unknown} */ value) => `measure is ${value}; expected difference or loss`,
  badPart: (/** @type {string} */ word) => `“${word}” is no part that can be switched off; write L18H6, L16 attention or L9 FFN, with commas between`,
  noPart: (/** @type {string} */ word, /** @type {number} */ layers, /** @type {number} */ heads) =>
    `there is no ${word}; layers go from 0 to ${layers - 1}, heads from 0 to ${heads - 1}`,
};

export const switchesFileErrors = /* @__PURE__ */ fileErrors("switched-off parts", {});
