/** plotly.js comes once a page, whoever asks for it, and by the way that is open. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { plotlyFor, plotlyFrom } from "../src/plotly.js";
import { Problem } from "../src/problem.js";
import { FakeModel } from "./fixtures.js";

const page = /** @type {any} */ (globalThis);
const NAME = "plotly.min-1.classic.js";
/** @type {any[]} */
let scripts = [];

beforeEach(() => {
  scripts = [];
  page.llmVizAssets.clear();
  for (const name of ["llmViz", "llmVizPlotly", "Plotly"]) delete page[name];
  page.document = { createElement: () => ({}), head: { append: (/** @type {any} */ script) => scripts.push(script) } };
});

function arrives() {
  page.Plotly = { version: "fake" };
  scripts.at(-1).onload();
}

for (const base of ["https://book.example/_static/llm_viz/assets/", "file:///book/_static/llm_viz/assets/"]) {
  test(`a view and a figure run the same file once: ${base}`, async () => {
    page.llmViz = { assetBase: base };
    const asked = [plotlyFor(NAME, new FakeModel()), plotlyFrom(`${base}${NAME}`), plotlyFor(NAME, new FakeModel())];
    await Promise.resolve();
    arrives();
    assert.deepEqual(await Promise.all(asked), [page.Plotly, page.Plotly, page.Plotly]);
    assert.deepEqual(scripts.map(({ src }) => src), [`${base}${NAME}`]);
  });
}

test("where a page carries it, or the kernel sends it, no AMD loader gets hold of it", async () => {
  page.llmViz = { assetBase: "assets/" }; // an exported page: there is no such folder
  page.llmVizAssets.set(NAME, Promise.resolve(new TextEncoder().encode("globalThis.seen = typeof define;").buffer));
  page.define = Object.assign(() => {}, { amd: {} });
  const asked = plotlyFor(NAME, new FakeModel());
  while (!scripts.length) await new Promise(setImmediate);
  const { src } = scripts[0];
  assert.match(src, /^blob:/);
  const source = await (await fetch(src)).text();
  new Function(source)();
  assert.equal(page.seen, "undefined");
  delete page.define;
  arrives();
  assert.equal(await asked, page.Plotly);
});

test("what does not come is told, and the next one may try again", async () => {
  page.llmViz = { assetBase: "https://book.example/" };
  const asked = plotlyFor(NAME, new FakeModel());
  scripts[0].onerror();
  await assert.rejects(asked, (error) => error instanceof Problem && /could not be loaded/.test(error.message));
  const again = plotlyFor(NAME, new FakeModel());
  scripts[1].onload(); // it came, and is something else
  await assert.rejects(again, Problem);
  await assert.rejects(plotlyFor(undefined, new FakeModel()), /names no plotly.js/);
});
