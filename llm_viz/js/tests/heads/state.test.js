/** What the traits choose, what is refused, and the order of the small pictures. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openHeads } from "../../src/heads/file.js";
import { choose, chosenText, nameOf, namesOf, sorted } from "../../src/heads/state.js";
import { readFixture } from "../fixtures.js";

const content = new Uint8Array(readFixture("heads_all.safetensors"));
const file = openHeads(content);
/** @type {import("../../src/heads/state.js").Traits} */
const STATE = {
  traces: [content], labels: ["one"], text: "", own: new Uint8Array(), prompt: 0, layer: 1, head: 2, position: null,
  score: "induction", order: "layer", picture: "matrix", mask_first: true, mean: "",
};

test("the traits choose a head, a token and what is hidden", () => {
  assert.equal(chosenText(STATE), content);
  assert.deepEqual(choose(STATE, file), { place: 5, shown: [5], averaging: false, query: null, from: 1 });
  assert.deepEqual(choose({ ...STATE, position: 3, mask_first: false }, file).query, 3);
  assert.equal(choose({ ...STATE, mask_first: false }, file).from, 0);
});

test("heads to average are named, each once", () => {
  const { shown, averaging, place } = choose({ ...STATE, mean: " L0H1 L1H2  L0H1" }, file);
  assert.deepEqual([shown, averaging, place], [[1, 5], true, 5]);
  assert.equal(nameOf(5, 3), "L1H2");
  assert.equal(namesOf([1, 5], 3), "L0H1, L1H2");
  assert.match(namesOf([...Array(40).keys()], 9), / …$/);
});

for (const [what, changes, message] of /** @type {[string, any, RegExp][]} */ ([
  ["no text", { traces: [] }, /no text yet/],
  ["a text that is not there", { prompt: 3 }, /prompt is 3; expected 0 to 0/],
  ["a text of one's own that is not there", { prompt: -1 }, /prompt is -1/],
  ["a layer too many", { layer: 2 }, /layer is 2; expected 0 to 1/],
  ["half a layer", { layer: 0.5 }, /layer is 0.5/],
  ["a head too many", { head: 3 }, /head is 3; expected 0 to 2/],
  ["a token that is not there", { position: 5 }, /position is 5; expected 0 to 4, or off/],
  ["a score that is none", { score: "sum" }, /score is sum; expected previous_token, /],
  ["a mean of what is no head", { mean: "L0H1 head" }, /mean is head; expected heads such as/],
  ["a mean of a head that is not there", { mean: "L0H7" }, /head is 7/],
])) {
  test(`${what} is refused`, () => {
    assert.throws(() => (chosenText({ ...STATE, ...changes }), choose({ ...STATE, ...changes }, file)), message);
  });
}

test("layer 0 lies at the bottom; or the strongest come first, those without a score last", () => {
  const scores = Float32Array.of(0.1, 0.9, NaN, 0.5, 0.9, 0);
  assert.deepEqual(sorted("layer", scores, 3), [3, 4, 5, 0, 1, 2]);
  assert.deepEqual(sorted("score", scores, 3), [1, 4, 3, 0, 5, 2]);
});
