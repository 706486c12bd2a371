/**
 * The traces that travel with the widget itself, in its traits: each is decoded and its logits are
 * ranked when first looked at, and only once.
 */
import { loadAsset } from "../assets.js";
import { rank } from "../sampling.js";
import { decodeTrace } from "../trace.js";

/** @typedef {{ asset: string }} Elsewhere a trace that the page keeps in a file of its own */
/** @typedef {{ trace: import("../trace.js").Trace, ranking: import("../sampling.js").Ranking }} Prompt */

/** @type {WeakMap<object, Prompt>} */
const prompts = new WeakMap();

/**
 * @param {ArrayBuffer | ArrayBufferView} bytes an encoded trace, with the logits of its last position
 * @returns {Prompt}
 * @throws {import("../trace.js").TraceError | import("../sampling.js").SamplingError}
 */
export function openPrompt(bytes) {
  let prompt = prompts.get(bytes);
  if (!prompt) {
    const trace = decodeTrace(bytes);
    prompt = { trace, ranking: rank(trace.logitsAt(-1)) };
    prompts.set(bytes, prompt);
  }
  return prompt;
}

/**
 * @param {ArrayBuffer | ArrayBufferView | Elsewhere} trace
 * @returns {trace is Elsewhere}
 */
export function isElsewhere(trace) {
  return "asset" in trace;
}

/**
 * The trace of the chosen text: the reader's own, if one was made, or one of those that came along.
 * @template Held
 * @param {Held[]} traces
 * @param {ArrayBuffer | ArrayBufferView} own no bytes if there is none
 * @param {number} prompt index into `traces`; -1 = `own`
 * @returns {Held | ArrayBuffer | ArrayBufferView | undefined} undefined: there is no such text
 */
export function chosenTrace(traces, own, prompt) {
  return prompt === -1 ? (own.byteLength ? own : undefined) : traces[prompt];
}

/**
 * Put the trace that lies elsewhere into the trait that lacks it.
 * @param {import("@anywidget/types").AnyModel<{ traces: (ArrayBuffer | ArrayBufferView | Elsewhere)[] }>} model
 * @param {Elsewhere} trace
 * @throws {import("../problem.js").Problem}
 */
export async function fetchTrace(model, trace) {
  const bytes = await loadAsset(trace.asset, model);
  model.set("traces", model.get("traces").map((held) => (isElsewhere(held) && held.asset === trace.asset ? bytes : held)));
}
