import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { loadAsset } from "../src/assets.js";
import { Problem } from "../src/problem.js";
import { FakeModel } from "./fixtures.js";

const page = /** @type {any} */ (globalThis);

beforeEach(() => {
  page.llmVizAssets.clear();
  delete page.llmViz;
  delete page.fetch;
  delete page.document;
});

/** @param {ArrayBuffer} content */
const textOf = (content) => new TextDecoder().decode(content);

test("from the site over http, once however often it is asked for", async () => {
  page.llmViz = { assetBase: "https://book.example/repo/_static/llm_viz/assets/" };
  /** @type {string[]} */
  const asked = [];
  page.fetch = async (/** @type {string} */ url) => {
    asked.push(url);
    return new Response("names");
  };
  const [one, two] = await Promise.all([loadAsset("v.json", new FakeModel()), loadAsset("v.json", new FakeModel())]);
  assert.equal(textOf(one), "names");
  assert.equal(one, two);
  assert.deepEqual(asked, ["https://book.example/repo/_static/llm_viz/assets/v.json"]);
});

test("a failure is said in words, and the next view may try again", async () => {
  page.llmViz = { assetBase: "https://book.example/" };
  page.fetch = async () => new Response("", { status: 404 });
  await assert.rejects(loadAsset("v.json", new FakeModel()), (error) => error instanceof Problem && /v\.json .*404/.test(error.message));
  page.fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  await assert.rejects(loadAsset("v.json", new FakeModel()), /Failed to fetch/);
  page.fetch = async () => new Response("names");
  assert.equal(textOf(await loadAsset("v.json", new FakeModel())), "names");
});

test("from a classic script under file://", async () => {
  page.llmViz = { assetBase: "file:///book/_static/llm_viz/assets/" };
  /** @type {any[]} */
  const scripts = [];
  page.document = { createElement: () => ({}), head: { append: (/** @type {any} */ script) => scripts.push(script) } };
  const both = [loadAsset("a.json", new FakeModel()), loadAsset("b.json", new FakeModel())];
  assert.equal(scripts[0].src, "file:///book/_static/llm_viz/assets/a.json.js");
  page.llmVizAsset("b.json", btoa("B\u00ff"));
  page.llmVizAsset("a.json", btoa("A"));
  const [a, b] = await Promise.all(both);
  assert.equal(textOf(a), "A");
  assert.deepEqual([...new Uint8Array(b)], [66, 255]);

  const missing = loadAsset("c.json", new FakeModel());
  scripts[2].onerror();
  await assert.rejects(missing, Problem);
});

test("from the kernel where there is no site", async () => {
  const model = new FakeModel();
  const asset = loadAsset("v.json", model);
  const [{ kind, id, name }] = model.sent;
  assert.deepEqual([kind, name], ["asset", "v.json"]);
  const message = new Uint8Array([0, 1, 2, 3]);
  model.emit("msg:custom", { kind: "reply", id, ok: true }, [new DataView(message.buffer, 1, 2)]);
  assert.deepEqual([...new Uint8Array(await asset)], [1, 2]);
  assert.equal(model.listening(), 0);
});
