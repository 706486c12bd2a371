/** What went wrong, in one sentence each: the value, what was expected, what to do. */

/**
 * Where it is called, the call is marked as pure: or every bundle would carry its strings.
 * @template {object} Others
 * @param {string} what a file of arrays holds
 * @param {Others} others what else may be wrong with such a file
 */
export const fileErrors = (what, others) => ({
  foreign: `this file holds no ${what} of llm_viz; make it again with the version that shows it`,
  cutShort: (/** @type {number} */ expected, /** @type {number} */ found) =>
    `the file of ${what} is cut short: it has ${found} bytes of ${expected}; load it again`,
  schema: (/** @type {number} */ known) =>
    `the file of ${what} is of another schema than ${known}; update llm_viz, or make the file again`,
  damaged: (/** @type {string} */ part) => `the file of ${what} is damaged: its ${part} cannot be right; load it again`,
  ...others,
});

export const traceErrors = {
  foreign: "these bytes are no llm_viz trace; give the widget a trace, or its encode()",
  cutShort: (/** @type {number} */ expected, /** @type {number} */ found) =>
    `the trace is cut short: it has ${found} bytes of ${expected}; load or copy it again`,
  schema: (/** @type {number} */ known) =>
    `the trace is of another schema than ${known}; update llm_viz, or run the text again`,
  damaged: (/** @type {string} */ part, /** @type {unknown} */ found, /** @type {unknown} */ expected) =>
    `the trace is damaged: its ${part} is ${found}, expected ${expected}; run the text again`,
  missingSite: (/** @type {string} */ name, /** @type {string[]} */ held) =>
    `this trace has no "${name}" (it has ${held.join(", ") || "no sites"}); ` +
    `run the text again with sites=("${name}", ...) and give the widget that trace`,
  missingPosition: (/** @type {number[]} */ rows, /** @type {number} */ wanted) =>
    `this trace holds logits for the positions ${rows.join(", ")} only, not ${wanted}; ` +
    "run the text again with positions=None",
  encoding: (/** @type {string} */ how, /** @type {string} */ name) =>
    `unknown encoding "${how}" of "${name}"; update llm_viz, or run the text again`,
};

export const samplingErrors = {
  temperature: (/** @type {unknown} */ value) =>
    `temperature is ${value}; it must be a finite number, 0 (greedy) or more`,
  topK: (/** @type {unknown} */ value) => `top-k is ${value}; it must be a whole number, 1 or more, or off`,
  share: (/** @type {string} */ name, /** @type {unknown} */ value) =>
    `${name} is ${value}; it must be above 0 and at most 1, or off`,
  minP: (/** @type {unknown} */ value) => `min-p is ${value}; it must lie between 0 and 1, or be off`,
  size: (/** @type {number} */ found, /** @type {number} */ most) =>
    `there are ${found} logits; expected 1 to ${most}`,
  notFinite: "a logit is NaN or infinite; the model's numbers have overflowed",
  allImpossible: "every logit is minus infinity; no token is left to choose from",
};

export const assetErrors = {
  notLoaded: (/** @type {string} */ name, /** @type {string} */ why) =>
    `the file ${name} could not be loaded (${why}); reload the page, or build the book again`,
  noScript: (/** @type {string} */ name) => `the file ${name}.js is not beside this page; unpack the whole book`,
  emptyReply: (/** @type {string} */ name) => `Python answered without the file ${name}; update llm_viz`,
  noPlotly: "the widget names no plotly.js, which draws the map; update llm_viz, and make the widget again",
  plotlyNotLoaded: "plotly.js, which draws this, could not be loaded; reload the page, or unpack the whole book",
  vocabulary: "the file of token names cannot be read; update llm_viz",
};

export const tokenizerErrors = {
  missing: "the widget names no tokenizer",
  unknownPart: (/** @type {string} */ why) => `this model's tokenizer cannot run in a page (${why})`,
  otherIds: (/** @type {string} */ text) =>
    `this model's tokenizer cannot run in a page: it would cut ${JSON.stringify(text)} otherwise than Python does`,
  surrogate: (/** @type {number} */ at, /** @type {number} */ code) =>
    `character ${at} of the text is half of a surrogate pair (U+${code.toString(16).toUpperCase()}), ` +
    "which stands for no character; remove it",
};

export const kernelErrors = {
  emptyReply: "Python answered without a trace; update llm_viz",
};
