import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchTrace, isElsewhere, openPrompt } from "../../src/sources/embedded.js";
import { TraceError } from "../../src/trace.js";
import { encodeTrace, traceOfLogits } from "../fixtures.js";

test("ranks the logits of the last position, once", () => {
  const bytes = traceOfLogits([1, 3, 2]);
  const prompt = openPrompt(bytes);
  assert.deepEqual([...prompt.ranking.order], [1, 2, 0]);
  assert.equal(openPrompt(bytes), prompt);
});

test("a trace without logits says so", () => {
  assert.throws(() => openPrompt(encodeTrace({})), (error) => error instanceof TraceError && /no "logits"/.test(error.message));
});

test("a trace that lies elsewhere is fetched into its place, and the others stay", async () => {
  const here = traceOfLogits([1, 2]);
  const there = traceOfLogits([3, 4]).buffer;
  const page = /** @type {any} */ (globalThis);
  page.llmVizAssets.set("t.safetensors", Promise.resolve(there));
  const traces = [here, { asset: "t.safetensors" }, { asset: "u.safetensors" }];
  const model = /** @type {any} */ ({ get: () => traces, set: (/** @type {any} */ _, /** @type {any} */ now) => traces.splice(0, 3, ...now) });
  assert.deepEqual(traces.map((trace) => isElsewhere(/** @type {any} */ (trace))), [false, true, true]);
  await fetchTrace(model, { asset: "t.safetensors" });
  assert.deepEqual(traces, [here, there, { asset: "u.safetensors" }]);
});
