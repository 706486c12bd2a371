/** The view of growing texts. */
import { countOf, countText } from "../format.js";

export const generation = {
  title: "A text, one token at a time",
  tryThis: "Press Play. Then turn the temperature up, and compare the six seeds.",

  prompt: "Beginning",
  ownOption: (/** @type {string} */ text) => `Your own: ${text}`,
  temperature: "Temperature",
  temperatureMark: (/** @type {number} */ t) => {
    if (t === 0) return "always the top token";
    if (t < 1) return "bolder about its favourites";
    return t === 1 ? "the model's own probabilities" : "more even, more surprising";
  },
  seed: "Seed",
  seedMark: "another seed, another draw",
  seedNoPart: "at temperature 0 nothing is drawn: all seeds give this text",

  transport: "Play the text",
  play: "Play",
  pause: "Pause",
  stop: "Stop",
  back: "Back",
  step: "Step",
  end: "End",
  position: (/** @type {number} */ shown, /** @type {number} */ all) => `${countText(shown)} of ${countOf(all, "token")}`,
  speed: "Tokens a second",
  speedMark: (/** @type {number} */ speed, /** @type {number | null} */ measured) => {
    if (measured === null) return "you speak about three or four";
    return speed === measured ? "as fast as it was written" : `it was written at ${countText(measured)} a second`;
  },

  chip: (/** @type {string} */ name, /** @type {string} */ p) => `${name}, ${p}`,
  chips: (/** @type {number} */ n) => `${countOf(n, "token")} that the model added; arrow keys move along them`,
  ended: (/** @type {string} */ why) =>
    ({ "stop token": "The model ended it here.", length: "…", "context full": "The model can read no more." })[why] ?? "",
  legend: "Shade: probability of the token when it was drawn, at this temperature",
  notWritten: "Nothing is written yet at this temperature and seed: press Run.",
  noText: "There is no text at this temperature and seed.",

  alternatives: (/** @type {number} */ place) => `What could have been token ${countText(place)}`,
  noAlternatives: "Press Play or Step, and see what each token was drawn from.",
  keyChance: "probability when drawn",
  keyProb: "the model's own, at temperature 1",
  own: (/** @type {string} */ p, /** @type {boolean} */ drawn) => `${drawn ? "drawn; " : ""}at T = 1: ${p}`,
  drawnNote: (/** @type {string} */ name, /** @type {number} */ id, /** @type {number} */ temperature) =>
    temperature === 0 ? `Taken: ${name}, token number ${id}, the likeliest.` : `Drawn: ${name}, token number ${id}.`,

  alike: "How alike the texts are, by temperature",
  atTemperature: (/** @type {number} */ t, /** @type {boolean} */ current) => `${current ? "▸ " : ""}T = ${t}`,
  keyShared: "share of tokens in common, same beginning",
  keyUnrelated: "the same for different beginnings",
  shared: (/** @type {number} */ t, /** @type {number} */ different, /** @type {string} */ unrelated) =>
    (t === 0 ? "always the same" : countOf(different, "different text")) + (unrelated && `; unrelated ${unrelated}`),

  columns: ["Place", "Token", "Number", "Probability when drawn", "The model's own", "Most likely", "Its probability"],

  spoken: (/** @type {string} */ prompt, /** @type {string} */ text) => `${prompt}${text}`,
  spokenStep: (/** @type {number} */ place, /** @type {string} */ name, /** @type {string} */ p) =>
    `Token ${place}: ${name}, ${p}.`,
  unreadable: "these texts cannot be read; update llm_viz, or write them again",
  nothing: "There is no text yet: give the widget a model, or texts that one wrote.",
  badPrompt: (/** @type {unknown} */ value, /** @type {number} */ n) =>
    `prompt is ${value}; expected 0 to ${n - 1}, or -1 once there is a text of your own`,
  badTemperature: (/** @type {unknown} */ value) => `temperature is ${value}; it must be 0 or more`,
  badSeed: (/** @type {unknown} */ value, /** @type {number[]} */ seeds) =>
    `seed is ${value}; there are texts for ${seeds.join(", ")}`,
  badStep: (/** @type {unknown} */ value) => `step is ${value}; expected a whole number, 0 or more`,
  badSpeed: (/** @type {unknown} */ value, /** @type {number} */ min, /** @type {number} */ max) =>
    `speed is ${value}; expected ${min} to ${max} tokens a second`,
};
