import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../src/problem.js";
import { makeCutter } from "../../src/tokens/cutter.js";
import { FakeModel } from "../fixtures.js";

const KNOWN = { "the cat": { ids: [3, 4], tokens: ["the", "·cat"] } };

/** @param {(kind: string, fields: any) => Promise<any>} [request] */
function cutterWithoutTokenizer(request = () => new Promise(() => {})) {
  const model = /** @type {any} */ (new FakeModel({ known: KNOWN, assets: {} }));
  return makeCutter(model, { present: async () => {}, request: /** @type {any} */ (request) });
}

test("given texts need no tokenizer, and names of all objects are no texts", () => {
  const cutter = cutterWithoutTokenizer();
  assert.deepEqual(cutter.now("the cat"), KNOWN["the cat"]);
  assert.equal(cutter.now("a dog"), null);
  assert.equal(cutter.now("toString"), null);
});

test("where the page has no tokenizer Python is asked, and its answer kept", async () => {
  /** @type {string[]} */
  const asked = [];
  const cutter = cutterWithoutTokenizer(async (kind, { text }) => {
    asked.push(`${kind} ${text}`);
    return { content: { ids: [7], tokens: ["dog"] }, buffers: [] };
  });
  /** @type {string[]} */
  const reasons = [];
  await cutter.learn("dog", (why) => reasons.push(why));
  assert.deepEqual(cutter.now("dog"), { ids: [7], tokens: ["dog"] });
  assert.deepEqual(asked, ["tokens dog"]);
  assert.match(reasons[0], /names no tokenizer/);
});

test("an answer without tokens is told", async () => {
  const cutter = cutterWithoutTokenizer(async () => ({ content: { ok: true }, buffers: [] }));
  await assert.rejects(cutter.learn("dog", () => {}), Problem);
  const failing = cutterWithoutTokenizer(async () => Promise.reject(new Problem("the text is too long")));
  await assert.rejects(failing.learn("dog", () => {}), /too long/);
});
