import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWriter } from "../../src/generation/writer.js";
import { Problem } from "../../src/problem.js";
import { Superseded } from "../../src/sources/kernel.js";
import { packed } from "./examples.js";

const WANTED = { text: "a", temperature: 1, seed: 1 };

/** A kernel that answers when told to. */
function slowKernel() {
  /** @type {{ fields: any, answer: (ids: number[], stopped?: string) => Promise<void>, fail: (error: Error) => void }[]} */
  const asked = [];
  const request = (/** @type {string} */ kind, /** @type {any} */ fields) =>
    new Promise((/** @type {(reply: any) => void} */ resolve, reject) => {
      assert.equal(kind, "generate");
      asked.push({
        fields,
        answer: async (ids, stopped = "") => {
          resolve({ content: { packed: packed([{ ids, stopped }]) }, buffers: [] });
          await new Promise(setImmediate);
        },
        fail: reject,
      });
    });
  return { asked, request };
}

test("it asks for more until the text ends", async () => {
  const kernel = slowKernel();
  /** @type {unknown[]} */
  const heard = [];
  const done = makeWriter(kernel, (more, first) => heard.push([more.texts[0].ids, first])).write(WANTED);
  await kernel.asked[0].answer([5, 6]);
  await kernel.asked[1].answer([7], "stop token");
  await done;
  assert.deepEqual(heard, [[[5, 6], true], [[7], false]]);
  assert.deepEqual(kernel.asked.map(({ fields }) => fields.from), [0, 2]);
  assert.equal(kernel.asked[1].fields.text, "a");
});

test("stopped, it asks no more, and shows no more", async () => {
  const kernel = slowKernel();
  let heard = 0;
  const writer = makeWriter(kernel, () => (heard += 1));
  const done = writer.write(WANTED);
  await kernel.asked[0].answer([5]);
  writer.stop();
  await kernel.asked[1].answer([6]);
  await done;
  assert.deepEqual([heard, kernel.asked.length], [1, 2]);
});

test("a newer text supersedes an older one", async () => {
  const kernel = slowKernel();
  /** @type {number[][]} */
  const heard = [];
  const writer = makeWriter(kernel, (more) => heard.push(more.texts[0].ids));
  const older = assert.rejects(writer.write(WANTED), Superseded);
  const newer = writer.write({ ...WANTED, seed: 2 });
  await kernel.asked[0].answer([5]);
  await kernel.asked[1].answer([6], "length");
  await Promise.all([older, newer]);
  assert.deepEqual(heard, [[6]]);
});

test("Python's own sentence comes through", async () => {
  const kernel = slowKernel();
  const done = assert.rejects(makeWriter(kernel, () => {}).write(WANTED), /the text is empty/);
  kernel.asked[0].fail(new Problem("the text is empty; type at least one character"));
  await done;
});
