/** A trace is asked for step by step; a newer one ends the older by asking no more for it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { tracingSource } from "../../src/causal_trace/source.js";
import { Problem } from "../../src/problem.js";
import { Superseded } from "../../src/sources/kernel.js";

const STEPS = 3;
const QUESTION = { text: "a", subject: "a", answer: "" };

test("it goes on until the trace is whole, and tells how far it is", async () => {
  const { model, asked } = python();
  /** @type {string[]} */
  const steps = [];
  const bytes = await tracingSource(model).trace(QUESTION, (done, of) => steps.push(`${done}/${of}`));
  assert.equal(bytes.byteLength, 1);
  assert.deepEqual(steps, ["1/3", "2/3", "3/3"]);
  assert.deepEqual(asked.map(({ begin }) => begin), [true, false, false, false]);
  assert.equal(new Set(asked.map(({ run }) => run)).size, 1);
});

test("a newer text ends the older one", async () => {
  const { model, asked } = python();
  const source = tracingSource(model);
  const older = source.trace(QUESTION, () => {});
  const newer = source.trace({ ...QUESTION, text: "b" }, () => {});
  await assert.rejects(older, Superseded);
  await newer;
  assert.equal(asked.filter(({ text }) => text === "a").length, 1);
  assert.equal(new Set(asked.map(({ run }) => run)).size, 2);
});

test("a reply without a trace and without progress is told", async () => {
  await assert.rejects(tracingSource(python(0).model).trace(QUESTION, () => {}), Problem);
});

/** A model whose Python answers at once. @param {number} [of] how many steps it says there are */
function python(of = STEPS) {
  /** @type {any[]} */
  const asked = [];
  /** @type {(content: any, buffers: DataView[]) => void} */
  let listener = () => {};
  let done = 0;
  const model = /** @type {any} */ ({
    on: (/** @type {string} */ _, /** @type {any} */ callback) => void (listener = callback),
    off: () => {},
    send: (/** @type {any} */ message) => {
      asked.push(message);
      done = message.begin ? 1 : done + 1;
      const whole = of > 0 && done > of;
      const at = done;
      queueMicrotask(() => listener({ kind: "reply", id: message.id, ok: true, ...(whole ? {} : { done: at, of }) }, whole ? [new DataView(new ArrayBuffer(1))] : []));
    },
  });
  return { model, asked };
}
