/** Corrupting the subject of a text and restoring one thing at a time. */
import { countOf } from "../format.js";
import { fileErrors } from "./errors.js";

/** @typedef {"hidden" | "attention" | "mlp"} Kind */

const quoted = (/** @type {string} */ token) => `“${token}”`; // it may be a full stop
const span = (/** @type {[number, number]} */ [first, last]) => (first === last ? `${first}` : `${first}–${last}`);

/** @param {{ says: string, first: Record<"clean" | "corrupted" | "restored", boolean> }} now where the answer is what the model says first */
function whatItSays({ says, first: { clean, corrupted, restored } }) {
  if (!restored) return `The model says ${quoted(says)} first.`;
  if (corrupted) return "The model says it first, but so it did with nothing restored.";
  return clean ? "The model says it first again." : "The model now says it first, which it does not even in the clean run.";
}

export const causalTrace = {
  title: "Where does the answer come from?",
  tryThis: "Click a strongly coloured cell, then a pale one beside it: does the model find the answer again? Then restore attention, or FFNs, instead of the stream.",
  experiment: "Noise hides the subject from the model: is the answer lost? Then one thing is put back as it was without the noise: does the answer return?",

  text: "Text",
  ownOption: (/** @type {string} */ text) => `Your own: ${text}`,
  fetching: "Loading the trace of this text …",
  yours: "A text of your own",
  own: { text: "Text", subject: "Its subject", answer: "Answer (or none)" },
  trace: "Trace",
  hint: "The text stops before the answer. The answer is one token; with none given, it is what the model says first. Tracing takes half a minute or more, and you see how far it is. Another text ends it.",
  beginning: "Tracing …",
  tracing: (/** @type {number} */ done, /** @type {number} */ of) => `Tracing: step ${done} of ${of} …`,

  kind: "Restore",
  kinds: { hidden: "the stream (the token’s vector)", attention: "attention", mlp: "FFNs" },
  layer: "Layer",
  layerMark: (/** @type {Kind} */ kind, /** @type {[number, number]} */ reach) =>
    kind === "hidden" ? "the stream after this layer" : `${kind === "mlp" ? "FFNs" : "attention of layers"} ${span(reach)}`,
  position: "Token",
  positionMark: (/** @type {string} */ token, /** @type {boolean} */ noisy) => `${quoted(token)}${noisy ? ", corrupted" : ""}`,

  noisy: "corrupted: noise is added to these tokens",
  noiseIs: (/** @type {number} */ noise, /** @type {number} */ noises) =>
    `The noise varies ${countOf(noise, "time")} as much as the numbers in tokens’ vectors do. ` +
    (noises > 1
      ? `Each figure is the average of ${noises} tries with different noise; its spread is how far that average moves if some tries count more than others.`
      : "It was drawn once."),
  notKnown: (/** @type {string} */ answer, /** @type {string} */ says) =>
    `The model does not seem to know this: even without noise it says ${quoted(says)} first, not ${quoted(answer)}.`,

  grid: (/** @type {Kind} */ kind, /** @type {string} */ text) =>
    `What comes back when ${{ hidden: "the stream", attention: "a window of attention layers", mlp: "a window of FFNs" }[kind]} is restored, by layer and token of: ${text}`,
  gridHelp: "Arrow keys move among the cells.",
  corner: "layer",
  layerName: (/** @type {number} */ layer) => `layer ${layer}`,
  cell: (/** @type {number} */ layer, /** @type {string} */ token, /** @type {string} */ p) => `layer ${layer}, ${token}: ${p}`,
  legend: (/** @type {string} */ answer) => `Probability of ${quoted(answer)} with this alone restored:`,
  legendEnd: (/** @type {string} */ p) => `${p}, as in the clean run`,
  legendWindow: (/** @type {number} */ window) => `Each cell restores ${countOf(window, "layer")} at once: its own and its neighbours (fewer at the bottom and the top).`,

  restored: (/** @type {Kind} */ kind, /** @type {[number, number]} */ reach) =>
    ({ hidden: `the stream after layer ${span(reach)}`, attention: `attention of layers ${span(reach)}`, mlp: `FFNs ${span(reach)}` })[kind],
  outcome: (
    /** @type {{ what: string, token: string, before: boolean, answer: string, p: string, corrupted: string, clean: string, says: string, first: Record<"clean" | "corrupted" | "restored", boolean> }} */ now,
  ) =>
    now.before
      ? `${quoted(now.token)} stands before the subject. Nothing differs there, so restoring it changes nothing: ${quoted(now.answer)} stays at ${now.corrupted}.`
      : `With ${now.what} restored at ${quoted(now.token)}, ${quoted(now.answer)} goes from ${now.corrupted} to ${now.p} (clean: ${now.clean}). ` +
        whatItSays(now),
  runs: { clean: "Clean", corrupted: "Corrupted", restored: "Corrupted, this restored" },
  answer: (/** @type {string} */ answer) => `${quoted(answer)}: `,
  between: (/** @type {number} */ noises, /** @type {string} */ low, /** @type {string} */ high) => `spread over ${countOf(noises, "noise")}: ${low} to ${high}`,
  noNoise: "no noise",
  oneNoise: "one noise: no spread",
  says: "It says:",

  columns: ["Restored", "Position", "Token", "Probability of the answer", "Spread over the noises", "Likeliest next token", "Its probability"],
  spread: (/** @type {string} */ low, /** @type {string} */ high) => `${low} to ${high}`,
  none: "none",

  nothing: "There is no trace yet: give the widget a text and its subject.",
  badPrompt: (/** @type {unknown} */ value, /** @type {number} */ n) => `prompt is ${value}; expected 0 to ${n - 1}, or -1 once there is a text of your own`,
  badKind: (/** @type {unknown} */ value, /** @type {string[]} */ kinds) => `kind is ${value}; expected ${kinds.join(", ")}`,
  badLayer: (/** @type {unknown} */ value, /** @type {number} */ layers) => `layer is ${value}; expected 0 to ${layers - 1}`,
  badPosition: (/** @type {unknown} */ value, /** @type {number} */ last) => `position is ${value}; expected 0 to ${last}, or -1 for the last token`,
};

export const causalTraceFileErrors = /* @__PURE__ */ fileErrors("causal traces", {});
