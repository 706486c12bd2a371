/** The view of whole models to scale. */
import { countText, probabilityText } from "../format.js";

const inEnglish = (/** @type {Intl.NumberFormatOptions} */ options) => new Intl.NumberFormat("en-GB", options);
const TWO = /* @__PURE__ */ inEnglish({ maximumSignificantDigits: 2 });
const IN_WORDS = /* @__PURE__ */ inEnglish({ maximumSignificantDigits: 4, notation: "compact", compactDisplay: "long" });

/** A large count: "134.5 million". */
const inWords = (/** @type {number} */ n) => (n < 1e6 ? countText(n) : IN_WORDS.format(n).replace(" ", "\u00a0"));

/** @typedef {import("../model_sizes/state.js").Sized} Sized */

export const modelSizes = {
  title: "Language models to true scale",
  tryThis: "Move the end of the axis in, a tenth at a time, until the smallest model can be seen.",

  zoom: "Axis ends at",
  axis: "weights (numbers that were learned)",
  inWords,
  ours: (/** @type {string} */ name) => `${name}, counted here`,
  beyond: (/** @type {number} */ times) => `goes on: ${TWO.format(times)} times as wide as this picture`,
  split: (/** @type {Sized} */ model) =>
    `attention ${probabilityText(model.attention / model.total)}, FFN ${probabilityText(model.mlp / model.total)}, ` +
    `embeddings ${probabilityText((model.embedding + model.unembedding) / model.total)}`,
  label: (/** @type {Sized[]} */ sizes) => sizes.map(({ name, total }) => `${name}: ${inWords(total)}`).join("; "),
  keys: { embedding: "embedding and unembedding", attention: "attention", mlp: "feed-forward (FFN)" },
  columns: ["Model", "Layers", "Heads in all", "Width", "Neurons a layer", "Embeddings", "Attention", "Feed-forward", "Weights", "Counted from"],
  count: countText,

  spoken: (/** @type {string} */ end, /** @type {string[]} */ whole) => `The axis ends at ${end}. ${whole.length ? `Within it: ${whole.join(", ")}` : "No model is within it"}.`,
  nothing: "There is no model to show: give the widget one.",
  badZoom: (/** @type {unknown} */ value, /** @type {number} */ most) => `zoom is ${value}; expected a whole number from 0 to ${most}`,
};
