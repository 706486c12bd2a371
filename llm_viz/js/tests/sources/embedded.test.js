import assert from "node:assert/strict";
import { test } from "node:test";
import { openPrompt } from "../../src/sources/embedded.js";
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
