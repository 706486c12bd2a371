/**
 * The traces that travel with the widget itself, in its traits: each is decoded and its logits are
 * ranked when first looked at, and only once.
 */
import { rank } from "../sampling.js";
import { decodeTrace } from "../trace.js";

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
