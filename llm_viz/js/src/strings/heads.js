/** All heads of attention, and one of them large. */
import { countOf, countText, decimalText, probabilityText } from "../format.js";
import { fileErrors } from "./errors.js";

const NO_BREAK = "\u00a0";
const NOWHERE = "nothing else above one in a thousand";
const NUMBERS = /* @__PURE__ */ new Set(["entropy", "mean_distance"]);

/** What a share of a look falls on, and the two scores that are no shares. */
const scores = {
  previous_token: "the token before",
  current_token: "the token itself",
  first_token: "the first token",
  duplicate_token: "an earlier copy of the token",
  induction: "what followed an earlier copy",
  entropy: "how spread out the look is",
  mean_distance: "how far it reaches",
};
/** @typedef {keyof typeof scores} Score */

const scoreText = (/** @type {string} */ name, /** @type {number} */ value) => {
  if (Number.isNaN(value)) return "–";
  if (name === "entropy") return `${decimalText(value)}${NO_BREAK}bits`;
  if (name === "mean_distance") return `${decimalText(value)}${NO_BREAK}tokens`;
  return probabilityText(value);
};

export const attentionHeads = {
  title: "Who looks at whom?",
  tryThis: "Choose a job for the yellow frames and press the yellowest head. Then point at a token.",

  text: "Text",
  ownOption: (/** @type {string} */ text) => `Your own: ${text}`,
  fetching: "Loading …",
  nothing: "There is no text yet: give the widget one.",

  scores,
  isShare: (/** @type {string} */ name) => !NUMBERS.has(name),
  scoreText,
  score: "Yellow frames: looks at",
  scoreOptions: scores,
  noScore: (/** @type {string} */ name) => (name === "duplicate_token" || name === "induction" ? "No word is repeated here: choose a text that repeats one." : "This text is too short."),
  order: "Order",
  orders: { layer: "by layer", score: "strongest first" },
  maskFirst: "Hide the first token",
  maskNote: (/** @type {number} */ resting, /** @type {number} */ all) =>
    `A head with nothing to fetch rests on the first token: ${countText(resting)} of ${countText(all)} put over half of their look there. Hiding it changes no other share.`,

  grid: (/** @type {number} */ layers, /** @type {number} */ heads) =>
    `All ${countOf(layers * heads, "head")}: ${countOf(layers, "layer")} of ${countText(heads)}`,
  corner: "head",
  rowLabel: (/** @type {boolean} */ byLayer, /** @type {number} */ number) => (byLayer ? `layer ${number}` : `from rank ${number}`),
  gridNote: (/** @type {number} */ block) => `Who looks, down; at whom, across${block > 1 ? `; each dot the largest of ${block} × ${block}` : ""}.`,
  cell: (/** @type {string} */ name, /** @type {Score} */ score, /** @type {number} */ value) =>
    `${name}: ${scoreText(score, value)}${NUMBERS.has(score) ? `, ${scores[score]}` : ` on ${scores[score]}`}`,

  layer: "Layer",
  head: "Head",
  headName: (/** @type {string} */ name) => `Head ${name}`,
  meanName: (/** @type {number} */ n) => `Mean of ${countOf(n, "head")}`,
  mostly: (/** @type {Score} */ name, /** @type {number} */ value) => `Looks mostly at ${scores[name]}: ${scoreText(name, value)} on average.`,
  noJob: (/** @type {Score} */ name, /** @type {number} */ value) => `No one job stands out; most falls on ${scores[name]}: ${scoreText(name, value)}.`,
  meanOf: (/** @type {string} */ names) => `${names}. Press a small picture to add or remove its head.`,
  average: "Average several heads",
  stopAverage: "One head again",
  jobs: "What it does on this text, on average",
  jobOf: (/** @type {Score} */ name) => (NUMBERS.has(name) ? scores[name] : `on ${scores[name]}`),

  strip: "Point at a token to see only its looks, press it to keep them",
  stripOf: (/** @type {string} */ token) => `Where ${token} looks: the bluer, the more`,
  stripLabel: (/** @type {number} */ n) => `${countOf(n, "token")}; arrow keys move along them, Enter keeps one`,
  picture: "Picture",
  pictures: { matrix: "matrix", arcs: "arcs" },
  pictureLabel: (/** @type {string} */ name) => `${name}; the table has its numbers`,
  matrixNote: (/** @type {boolean} */ causal, /** @type {number} */ block) =>
    `Each row is a token that looks, each column one that is looked at.${causal ? " It only looks back." : ""}${block > 1 ? ` Each dot is the largest of ${block} × ${block} shares.` : ""}`,
  arcsNote: (/** @type {string} */ least) => `Lines below ${least} are not drawn.`,
  columnsOfArcs: ["looks", "looked at"],
  legend: "Share of a look:",
  legendNote: "shaded by its root",
  look: (/** @type {string} */ key, /** @type {number} */ share) => `${key} ${probabilityText(share)}`,
  pair: (/** @type {string} */ token, /** @type {string} */ key, /** @type {number} */ share) => `${token} → ${key} ${probabilityText(share)}`,
  looksAt: (/** @type {string} */ token, /** @type {string[]} */ told, /** @type {{ hidden: number, outside: number }} */ { hidden, outside }) =>
    `${token} looks at ${told.join(", ") || NOWHERE}${hidden ? `; ${probabilityText(hidden)} on the first token` : ""}${outside ? `; about ${probabilityText(outside)} on tokens that are not shown` : ""}.`,
  largest: (/** @type {string[]} */ told) => `Largest looks: ${told.join(", ") || NOWHERE}.`,

  asking: (/** @type {string} */ names) => `Python computes ${names} …`,
  needsPython: (/** @type {string} */ name, /** @type {string} */ carried) =>
    `${name} is not on this page: of a long text only some heads travel${carried && `, here ${carried}`}. In Jupyter, Python sends any other.`,

  columns: ["Token", "Position", "Looks at", "Position", "Share"],

  bad: (/** @type {string} */ name, /** @type {unknown} */ value, /** @type {string} */ expected) => `${name} is ${value}; expected ${expected}`,
  range: (/** @type {number} */ n) => `0 to ${n - 1}`,
  expectedPrompt: (/** @type {number} */ n) => `0 to ${n - 1}, or -1 for your own text`,
  expectedPosition: (/** @type {number[]} */ shown) => `${shown[0]} to ${shown[shown.length - 1]}, or off`,
  expectedMean: "heads such as L18H6 L17H4",
};

export const headsFileErrors = /* @__PURE__ */ fileErrors("attention patterns", {});
