/** Corrupting the subject of a text and restoring one thing at a time. */
import { countOf } from "../format.js";
import { fileErrors } from "./errors.js";

/** @typedef {"hidden" | "attention" | "mlp"} Kind */

const quoted = (/** @type {string} */ token) => `“${token}”`; // it may be a full stop
const span = (/** @type {[number, number]} */ [first, last]) => (first === last ? `${first}` : `${first}–${last}`);

export const causalTrace = {
  title: "Where does the answer come from?",
  tryThis: "Click a strongly coloured cell, then a pale one beside it: does the model find the answer again? Then restore attention, or FFNs, instead of the stream.",
  experiment: "Noise hides the subject from the model, and the answer is lost. Then one thing is put back as it was without the noise: does the answer return?",

  text: "Text",
  ownOption: (/** @type {string} */ text) => `Your own: ${text}`,
  fetching: "Loading the trace of this text …",
  yours: "A text of your own",
  own: { text: "Text", subject: "Its subject", answer: "Answer (or none)" },
  trace: "Trace",
  hint: "The text stops before the answer. The answer is one token; with none given, it is what the model says first. Tracing takes from half a minute on: it is done in steps, and a newer text ends it.",
  beginning: "Tracing …",
  tracing: (/** @type {number} */ done, /** @type {number} */ of) => `Tracing: step ${done} of ${of} …`,

  kind: "Restore",
  kinds: { hidden: "the stream", attention: "attention", mlp: "FFNs" },
  layer: "Layer",
  layerMark: (/** @type {Kind} */ kind, /** @type {[number, number]} */ reach) =>
    kind === "hidden" ? "the stream after this layer" : `${kind === "mlp" ? "FFNs" : "attention of layers"} ${span(reach)}`,
  position: "Token",
  positionMark: (/** @type {string} */ token, /** @type {boolean} */ noisy) => `${quoted(token)}${noisy ? ", corrupted" : ""}`,

  noisy: "corrupted: noise is added to these tokens",
  noiseIs: (/** @type {number} */ noise, /** @type {number} */ noises) =>
    `Noise of ${noise} standard deviations of the embeddings; ${noises > 1 ? `means over ${countOf(noises, "noise")}` : "one noise"}.`,
  notKnown: (/** @type {string} */ answer, /** @type {string} */ says) =>
    `The model does not say ${quoted(answer)} by itself: it says ${quoted(says)} first. So this is no fact that it knows.`,

  grid: (/** @type {Kind} */ kind, /** @type {string} */ text) =>
    `What comes back when ${{ hidden: "the stream", attention: "a window of attention layers", mlp: "a window of FFNs" }[kind]} is restored, by layer and token of: ${text}`,
  gridHelp: "Arrow keys move among the cells.",
  corner: "layer",
  layerName: (/** @type {number} */ layer) => `layer ${layer}`,
  cell: (/** @type {number} */ layer, /** @type {string} */ token, /** @type {string} */ p) => `layer ${layer}, ${token}: ${p}`,
  legend: (/** @type {string} */ answer) => `Probability of ${quoted(answer)} with this alone restored:`,
  legendEnd: (/** @type {string} */ p) => `${p}, as in the clean run`,
  legendWindow: (/** @type {number} */ window) => `A cell restores ${countOf(window, "layer")} around its own (fewer at the ends).`,

  restored: (/** @type {Kind} */ kind, /** @type {[number, number]} */ reach) =>
    ({ hidden: `the stream after layer ${span(reach)}`, attention: `attention of layers ${span(reach)}`, mlp: `FFNs ${span(reach)}` })[kind],
  outcome: (
    /** @type {{ what: string, token: string, before: boolean, answer: string, p: string, corrupted: string, clean: string, says: string, same: boolean }} */ now,
  ) =>
    now.before
      ? `${quoted(now.token)} stands before the subject. Nothing differs there, so restoring it changes nothing: ${quoted(now.answer)} stays at ${now.corrupted}.`
      : `With ${now.what} restored at ${quoted(now.token)}, ${quoted(now.answer)} goes from ${now.corrupted} to ${now.p} (clean: ${now.clean}). ` +
        (now.same ? "The model says it again." : `The model says ${quoted(now.says)} first.`),
  runs: { clean: "Clean", corrupted: "Corrupted", restored: "Corrupted, this restored" },
  answer: (/** @type {string} */ answer) => `${quoted(answer)}: `,
  between: (/** @type {string} */ low, /** @type {string} */ high) => `95 % interval ${low} to ${high}`,
  noNoise: "no noise",
  oneNoise: "one noise: no interval",
  says: "It says:",

  columns: ["Restored", "Position", "Token", "Probability of the answer", "95 % interval", "Likeliest next token", "Its probability"],
  interval: (/** @type {string} */ low, /** @type {string} */ high) => `${low} to ${high}`,
  none: "none",

  nothing: "There is no trace yet: give the widget a text and its subject.",
  badPrompt: (/** @type {unknown} */ value, /** @type {number} */ n) => `prompt is ${value}; expected 0 to ${n - 1}, or -1 once there is a text of your own`,
  badKind: (/** @type {unknown} */ value, /** @type {string[]} */ kinds) => `kind is ${value}; expected ${kinds.join(", ")}`,
  badLayer: (/** @type {unknown} */ value, /** @type {number} */ layers) => `layer is ${value}; expected 0 to ${layers - 1}`,
  badPosition: (/** @type {unknown} */ value, /** @type {number} */ last) => `position is ${value}; expected 0 to ${last}, or -1 for the last token`,
};

export const causalTraceFileErrors = /* @__PURE__ */ fileErrors("causal traces", {});
