/** Maps of words, and words that are being learned. */
import { countText } from "../format.js";
import { fileErrors } from "./errors.js";

export const layoutErrors = /* @__PURE__ */ fileErrors("maps of words", {
  unnamed: "the widget names no maps of words; update llm_viz, and make the widget again",
  otherWords: "the maps are of other words than these, so no word could be put in its place; make the widget again",
  size: (/** @type {string} */ name, /** @type {number} */ points, /** @type {number} */ words) =>
    `the map ${name} has ${countText(points)} points for ${countText(words)} words; make the widget again`,
  none: "the widget has no map of words; make it again",
});

export const learningErrors = /* @__PURE__ */ fileErrors("words that are being learned", {
  unnamed: "the widget names no words that are being learned; update llm_viz, and make the widget again",
});

export const mapText = {
  loading: "Loading the words …",
  drawing: "The map is drawn when you come near it …",

  word: "Word",
  colour: "Colour",
  colourAll: "All groups",
  colourNone: "No group",
  noGroup: (/** @type {string} */ name) => `There is no group “${name.slice(0, 40)}” here; choose one from the list.`,

  closer: "Closer",
  further: "Further away",
  whole: "Whole map",
  left: "Turn left",
  right: "Turn right",
  moves: "Move the map",

  legendChosen: (/** @type {string} */ word) => `${word}, the chosen word`,
  legendTrue: "its true neighbours",
  legendSeen: "its nearest on the map",
  legendOther: "any other word",
  noUnit: "Only who stands near whom has a meaning: the map has no scale.",
  noWebgl: (/** @type {number} */ shown, /** @type {number} */ all) =>
    `This browser draws without WebGL here, so you see ${countText(shown)} of ${countText(all)} words: the most frequent ones, ` +
    "the coloured groups, and the chosen word with its neighbours.",
  notDrawn: "the map is not drawn yet",
  broken: "The map could not be drawn here; the lists below say the same.",

  trueHeading: "True neighbours",
  seenHeading: "Nearest on the map",
  seenNote: (/** @type {number} */ dims) => `smallest distance, in ${dims} dimensions`,
  overlap: (/** @type {string} */ word, /** @type {number} */ same, /** @type {number} */ k) =>
    `${same} of ${k} true neighbours of “${word}” ${same === 1 ? "is" : "are"} among its ${k} nearest on the map.`,
  inBoth: "in both",
  go: (/** @type {string} */ word, /** @type {boolean} */ both) => `Choose ${word}${both ? " (in both lists)" : ""}`,
  cosine: (/** @type {number} */ cosine) => cosine.toFixed(2),
  picture: (/** @type {string} */ name, /** @type {number} */ n, /** @type {string} */ word) =>
    `A map of ${countText(n)} words, ${name}. Lines join “${word}” with its true neighbours. The lists below say the same.`,
  columns: ["Rank", "True neighbour", "Cosine", "Nearest on the map"],
  spoken: (/** @type {string} */ overlap, /** @type {string[]} */ words) => `${overlap} Its true neighbours: ${words.join(", ")}.`,
};

export const wordMap = {
  title: "A map of words",
  tryThis: "Guess which words stand nearest to “cat”. Type it, then click on other words, and compare the two lists.",
  method: "Map by",
  dims: "Dimensions",
  dimsOf: (/** @type {number} */ dims) => `${dims}-D`,
  noSuchDims: (/** @type {string} */ name, /** @type {number} */ dims) => `There is no map by ${name} in ${dims}-D here.`,
  needsWebgl: "3-D needs WebGL, which this browser does not offer here.",
  noMethod: (/** @type {string} */ method, /** @type {string[]} */ known) =>
    `There is no map “${method.slice(0, 40)}” here; choose ${known.join(", ")}.`,
  trueNote: (/** @type {number} */ width) => `smallest angle, in all ${width} dimensions`,
  kept: (/** @type {string} */ name, /** @type {number} */ dims, /** @type {string} */ share, /** @type {number} */ words, /** @type {number} */ k) =>
    `Over all ${countText(words)} words, ${name} in ${dims}-D keeps ${share} of the ${k} nearest.`,
  mapName: (/** @type {string} */ name, /** @type {number} */ dims) => `${name} in ${dims}-D`,
};

export const learningMap = {
  title: "Words finding their places",
  tryThis: "Put the slider on 0, where every word has a random place. Then play, and watch who comes near.",
  epoch: "Times the text was read",
  timesRead: (/** @type {number} */ epoch) =>
    epoch === 0 ? "before reading: every vector is random" : `the text was read ${epoch === 1 ? "once" : `${epoch} times`}`,
  mapName: (/** @type {number} */ epoch) => `after ${epoch} ${epoch === 1 ? "reading" : "readings"}`,
  play: "Play",
  pause: "Pause",
  figures: (/** @type {number} */ loss, /** @type {number} */ wordsim, /** @type {number} */ pairs) =>
    `Loss ${loss.toFixed(2)} nats (4.16 is guessing). WordSim ${wordsim.toFixed(2)}: how well likeness agrees with people’s ` +
    `judgement of ${countText(pairs)} pairs of words, where 1 is perfect and 0 is chance.`,
  noEpoch: (/** @type {number} */ epoch, /** @type {number} */ last) => `The text was read ${last} times, not ${epoch}; choose 0 to ${last}.`,
  trueNote: "smallest angle, in all dimensions",
  kept: (/** @type {string} */ share, /** @type {number} */ words, /** @type {number} */ k) =>
    `Over all ${countText(words)} words, this map keeps ${share} of the ${k} nearest.`,
};
