/** A query meets a key: one pair of tokens in one head. */
import { countOf, countText } from "../format.js";
import { fileErrors } from "./errors.js";

const minus = (/** @type {string} */ text) => text.replace("-", "\u2212");
/** Hundredths, as they are written. */
const hundredths = (/** @type {number} */ n) => minus((n / 100).toFixed(2));
const signed = (/** @type {number} */ n) => `${n > 0 ? "+" : ""}${hundredths(n)}`;
/** Hundredths of a per cent. */
const percent = (/** @type {number} */ n) => `${(n / 100).toFixed(2)}\u00a0%`;
const precise = (/** @type {number} */ x) => minus(String(Number(x.toPrecision(6))));
const degrees = (/** @type {number} */ radians) => {
  const angle = (180 * radians) / Math.PI;
  return `${minus(Math.abs(angle) >= 10 ? angle.toFixed(1) : String(Number(angle.toPrecision(3))))}°`;
};
const rate = (/** @type {number} */ radians) => `${precise((180 * radians) / Math.PI)}°`;
const headName = (/** @type {number} */ layer, /** @type {number} */ head) => `L${layer}H${head}`;

export const queryKey = {
  title: "A query meets a key",
  tryThis: "Choose another token to be looked at, and see whose key fits the query best.",
  text: "Text",
  ownOption: (/** @type {string} */ text) => `Your own: ${text}`,

  hundredths,
  signed,
  percent,
  headName,

  head: "Head",
  carried: "With this page",
  otherHeads: "From Python",
  needsPython: "The other heads need Python: open this notebook in Jupyter.",
  asking: (/** @type {string} */ name) => `Asking Python for ${name} …`,
  notCarried: (/** @type {string} */ name, /** @type {string} */ held) => `this page does not carry head ${name} of this text, only ${held}; other heads need Python`,

  looks: "This token looks …",
  lookedAt: "… at this one",
  chipShare: (/** @type {number} */ position, /** @type {number} */ share, /** @type {boolean} */ masked) =>
    `place ${position}, ${masked ? "masked: it comes later" : `share ${percent(share)}`}`,
  chipsNote: (/** @type {boolean} */ causal) =>
    `The bluer a token, the larger its share of the look. ${causal ? "Dashed ones come later and cannot be looked at." : "This model looks both ways."}`,

  steps: {
    turn: "1. A query and a key",
    multiply: "2. How well do they fit?",
    rivals: "3. Against all rivals",
    value: "4. What is brought over",
  },
  vectors: (/** @type {{ query: string, key: string, n: number }} */ now) =>
    `In this head ${now.query} sends out a query: what it looks for. ${now.key} shows a key: what it is. Each is a list of ${countText(now.n)} numbers.`,
  rows: { query: "query", queryTurned: "turned", key: "key", keyTurned: "turned", products: "product", totals: "sum" },
  stripsLabel: (/** @type {string} */ query, /** @type {string} */ key, /** @type {number} */ n, /** @type {boolean} */ turns) =>
    `The query of ${query} and the key of ${key} as ${countText(n)} coloured cells${turns ? ", before and after the turn" : ""}; the numbers are in the table`,
  scaleEnds: (/** @type {number} */ most) => [minus((-most).toFixed(1)), most.toFixed(1)],

  noTurn: "This model turns nothing: the place of a token was added to its embedding, and so is in its query and key.",
  clocks: (/** @type {number} */ pairs, /** @type {number} */ still) =>
    `Where a token stands is told by turning. Two numbers make one hand of a clock, long where they are large; ${countText(pairs)} clocks in all, fast ones first.${still ? ` The other ${countOf(still, "number")} are not turned.` : ""} Choose a clock:`,
  clock: (/** @type {number} */ pair, /** @type {number} */ sum) => `Clock ${pair}, adds ${signed(sum)}`,
  bigClock: (/** @type {number} */ pair, /** @type {number} */ query, /** @type {number} */ key) =>
    `Clock ${pair} after the turn: the query's hand points to ${degrees(query)}, the key's to ${degrees(key)}`,
  handNames: { query: "query", key: "key", before: "before the turn" },
  clockSays: {
    rate: (/** @type {number} */ pair, /** @type {number} */ pairs, /** @type {number} */ radians) =>
      `Clock ${pair} holds dimensions ${pair} and ${pair + pairs}. Each place turns it by ${rate(radians)}: once round in ${countText((2 * Math.PI) / radians)} places.`,
    turned: (/** @type {"query" | "key"} */ which, /** @type {string} */ token, /** @type {number} */ position, /** @type {number} */ radians) =>
      `The ${which} of ${token}, at place ${position}: ${position} × ${rate(radians)} = ${degrees(position * radians)}.`,
    between: (/** @type {number} */ places, /** @type {number} */ radians) =>
      `The turn moves one hand against the other by ${places} × ${rate(radians)} = ${degrees(places * radians)}: only how far apart the two tokens stand counts.`,
    apart: (/** @type {number} */ before, /** @type {number} */ after) => `The hands are ${degrees(before)} apart before the turn, ${degrees(after)} after it.`,
    adds: (/** @type {number} */ one, /** @type {number} */ other) => `What this clock adds to the product: ${signed(one)} and ${signed(other)}, together ${signed(one + other)}.`,
  },
  shift: "Move both along by",
  shiftMark: (/** @type {number} */ query, /** @type {number} */ key, /** @type {number} */ score) =>
    `to places ${query} and ${key}: every hand turns, the score stays ${hundredths(score)}`,

  multiply: "Number by number, query times key: above 0 where both have the same sign. All added up:",
  products: (/** @type {number} */ n, /** @type {number} */ sum, /** @type {string} */ biggest) =>
    `${countText(n)} products as bars, and their sum so far as a line that ends at ${hundredths(sum)}. The largest: ${biggest}`,
  bigProduct: (/** @type {number} */ dimension, /** @type {number} */ value) => `dimension ${dimension}: ${signed(value)}`,
  score: (/** @type {number} */ sum, /** @type {number} */ scale, /** @type {number} */ score) => `${hundredths(sum)} × ${precise(scale)} = score ${hundredths(score)}`,
  scaleNote: (/** @type {number} */ n, /** @type {number} */ scale) =>
    Math.abs(scale * Math.sqrt(n) - 1) < 1e-6 ? `The factor is 1 / √${n}: it keeps long lists from giving huge scores.` : "The factor is this model's own.",

  rivals: "The same query meets every key. The softmax turns scores into shares of one look: a score that is 1 higher gets 2.7 times the share.",
  softmax: (/** @type {{ score: number, best: number, weight: number, all: number, share: number }} */ now) =>
    `e to the power of (${hundredths(now.score)} \u2212 ${now.best < 0 ? `(${hundredths(now.best)})` : hundredths(now.best)}) is ${Number(now.weight.toPrecision(3))}; those of all keys add up to ${Number(now.all.toPrecision(3))}; the one over the other is ${percent(now.share)}.`,
  choose: (/** @type {string} */ token, /** @type {number} */ position) => `${token}, at place ${position}: look at this one`,
  masked: (/** @type {number} */ n) => `${countOf(n, "later token")}: masked, share 0`,
  maskedOne: (/** @type {string} */ query, /** @type {string} */ key, /** @type {number} */ score) =>
    `${key} comes later than ${query}. It would score ${hundredths(score)}, but a token may not look ahead: the mask sets the score to minus infinity, and the share is 0.`,
  others: (/** @type {number} */ n) => countOf(n, "other token"),
  scored: (/** @type {number} */ score) => `score ${hundredths(score)}`,
  allShares: (/** @type {number} */ sum) => `all together ${percent(sum)}`,
  allLogits: (/** @type {number} */ sum) => `all together, what the head adds: ${signed(sum)}`,

  value: (/** @type {string} */ key, /** @type {number} */ share) =>
    `What moves is a third list of numbers, the value of ${key}: ${percent(share)} of it. Read with the model's own dictionary, the whole value would raise`,
  lower: "and lower",
  noReading: "This model predicts no tokens: there is no dictionary to read the value with.",
  noteRare: "Rare tokens often come first: the dictionary is long. Click a token to follow it.",
  followed: (/** @type {string} */ token) => ["The logit of ", token, ": what each token's share adds"],
  missed: (/** @type {string} */ shown) => `This head does not tell of that token; ${shown} is shown.`,
  raised: "Tokens raised by this value",
  lowered: "Tokens lowered by this value",
  follow: (/** @type {string} */ token, /** @type {number} */ amount) => `${token} ${signed(amount)}: follow this token`,
  product: (/** @type {number} */ share, /** @type {number} */ whole) => `${percent(share)} × ${signed(whole)}`,
  result: (/** @type {{ key: string, token: string, part: number, all: number }} */ now) =>
    `${now.key} adds ${signed(now.part)} to the logit of ${now.token}; the whole head ${signed(now.all)}.`,
  unit:
    "Scores and logits are right to 0.01, shares to 0.01 %, rounded so that the sums on screen come out. A logit of +1 makes a token " +
    "about 2.7 times as likely against any other. The scale of the last norm is held at what it was in this run.",

  columns: ["Dimension", "Query", "Key", "Query, turned", "Key, turned", "Product", "Sum so far"],
  number: (/** @type {number} */ x) => minus(x.toFixed(3)),

  summary: (/** @type {{ head: string, query: string, key: string, score: number, share: string, result: string }} */ now) =>
    `${now.head}: ${now.query} looks at ${now.key}, score ${hundredths(now.score)}, ${now.share}. ${now.result}`,

  nothing: "There is no text yet: give the widget one.",
  badPrompt: (/** @type {unknown} */ value, /** @type {number} */ n) => `prompt is ${value}; expected 0 to ${n - 1}, or -1 once there is a text of your own`,
  badNumber: (/** @type {string} */ name, /** @type {unknown} */ value, /** @type {number} */ last) => `${name} is ${value}; expected 0 to ${last}`,
};

export const queryKeyErrors = /* @__PURE__ */ fileErrors("queries and keys", {});
