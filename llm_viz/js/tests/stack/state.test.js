/** What the traits choose, what is refused, and where a link may lead. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { safeHref } from "../../src/stack/links.js";
import { decades, weightText } from "../../src/stack/panel.js";
import { sceneOf } from "../../src/stack/state.js";
import { stack as strings } from "../../src/strings.js";
import { readFixture } from "../fixtures.js";
import { architecture, encoder } from "./architecture.js";

const content = new Uint8Array(readFixture("stack.safetensors"));
/** @type {import("../../src/stack/state.js").Traits} */
const STATE = {
  texts: [content], labels: ["one"], prompt: 0, text: "", own: new Uint8Array(), architecture: architecture(), chapters: {}, stage: "mlp", layer: 1, position: -1,
};

test("the traits choose a step and a token", () => {
  const { at, step, position, steps } = sceneOf(STATE);
  assert.deepEqual([at, step, position, steps.length], [6, { stage: "mlp", layer: 1 }, 3, 10]);
  assert.equal(sceneOf({ ...STATE, position: 0, stage: "text" }).position, 0);
  assert.equal(sceneOf({ ...STATE, prompt: -1, own: content }).at, 6);
});

for (const [what, changes, message] of /** @type {[string, any, RegExp][]} */ ([
  ["no text", { texts: [] }, /no text yet/],
  ["a text that is not there", { prompt: 3 }, /prompt is 3; expected 0 to 0/],
  ["a text of one's own that is not there", { prompt: -1 }, /prompt is -1/],
  ["a layer too many", { layer: 2 }, /layer is 2; expected a whole number from 0 to 1/],
  ["half a layer", { layer: 0.5 }, /layer is 0.5/],
  ["a token too many", { position: 4 }, /position is 4; expected a whole number from -1 to 3/],
  ["no number", { position: null }, /position is null/],
  ["another stage", { stage: "<b>" }, /stage is "<b>"; expected text, tokens/],
  ["another model's text", { architecture: architecture({ n_layers: 3 }) }, /another model/],
  ["an encoder's building", { architecture: encoder() }, /another model/],
])) {
  test(`${what}: one sentence`, () => assert.throws(() => sceneOf({ ...STATE, ...changes }), { message }));
}

test("links lead to relative paths and to the web, and nowhere else", () => {
  for (const href of ["next_word.html", "../a/b.html?x=1#here", "https://example.org/x", "http://x", "/x:y", "#top"]) assert.equal(safeHref(href), href);
  for (const href of ["javascript:alert(1)", "JavaScript:x", "java\tscript:x", " javascript:x", "java\nscript:x", "data:text/html,x", "//x.example", "\\\\x", "a b", "", undefined, 7, "vbscript:x"]) {
    assert.equal(safeHref(href), "");
  }
});

test("the axis of lengths goes by whole powers of ten", () => {
  assert.deepEqual(decades([2.8, 20605]), [0, 5]);
  assert.deepEqual(decades([0.03, 0.5]).map((n) => n + 0), [-2, 0]); // no -0
  assert.deepEqual(decades([0, 0]), [0, 1]);
  assert.deepEqual(decades([1, 1]), [0, 1]);
});

test("weights are told for every stage", () => {
  const whole = architecture();
  assert.match(weightText(whole, "attention"), /^384 in this layer; 768 in all 2, 8.6/);
  assert.match(weightText(whole, "embedding"), /^6,000, 67/);
  assert.match(weightText(whole, "unembedding"), /none of its own/);
  assert.match(weightText(whole, "norm"), /^12, 0.13/);
  assert.equal(weightText(whole, "text"), "none");
});

test("what is said fits the model", () => {
  const say = (/** @type {any} */ stage, /** @type {any} */ changes) => strings.happens({ stage, layer: 0 }, architecture(changes));
  assert.match(say("attention", {}), /look at earlier ones/);
  assert.match(say("attention", { causal: false }), /look at each other/);
  assert.match(say("attention", { n_heads: 1 }), /One head/);
  assert.match(say("mlp", {}), /a gate beside it/);
  assert.doesNotMatch(say("mlp", { gated: false }), /gate/);
  assert.match(say("mlp", { parallel: true }), /same stream as attention/);
  assert.match(say("embedding", { learned_positions: true }), /second table/);
  const shape = (/** @type {any} */ changes) => strings.shape({ stage: "attention", layer: 0 }, architecture(changes), { characters: 9, tokens: 4 });
  assert.match(shape({}).replaceAll("\u00a0", " "), /^in and out: 4 tokens × 12 numbers; 3 heads of 4 numbers, which share 1 key\/value head$/);
  assert.doesNotMatch(shape({ n_kv_heads: 3 }), /share/);
});
