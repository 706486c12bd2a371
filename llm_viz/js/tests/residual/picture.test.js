/** What the view shows: the biggest pushes, differences, ticks, and what the traits choose. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../src/problem.js";
import { biggest, layerOf, makePicture, ticks } from "../../src/residual/picture.js";
import { see } from "../../src/residual/state.js";
import { residual as strings } from "../../src/strings.js";
import { families, packedOf } from "./examples.js";

const SHAPE = { layers: 2, heads: 2, bias: true, constant: true };
const candidate = (/** @type {number} */ id, /** @type {number[]} */ ...steps) => ({ id, name: `t${id}`, chance: 0.5, steps: Int32Array.from(steps) });
//                     emb  L0: H0 H1 bias FFN  L1: H0 H1 bias FFN  constant
const ONE = candidate(1, 10, 20, -5, 1, 100, -300, 0, 2, 40, 7);
const OTHER = candidate(2, 10, 0, 0, 0, 90, 0, 0, 0, 40, 0);

test("steps climb from 0 to the total, heads and their bias together", () => {
  const { steps, total, sums } = makePicture(SHAPE, ONE, null);
  assert.deepEqual(
    steps.map(({ name, value, from, to }) => [name, value, from, to]),
    [
      ["embedding", 10, 0, 10],
      ["L0 attention", 16, 10, 26],
      ["L0 FFN", 100, 26, 126],
      ["L1 attention", -298, 126, -172],
      ["L1 FFN", 40, -172, -132],
      ["constant", 7, -132, -125],
    ],
  );
  assert.equal(total, -125);
  assert.deepEqual(sums, { embedding: 10, attention: -282, mlp: 140, constant: 7 });
});

test("a difference is a difference step by step", () => {
  const { steps, total } = makePicture(SHAPE, ONE, OTHER);
  assert.deepEqual(steps.map(({ value }) => value), [0, 16, 10, -298, 0, 7]);
  assert.equal(total, -125 - 140);
});

test("the biggest pushes in every order", () => {
  const { pushes } = makePicture(SHAPE, ONE, null);
  const names = (/** @type {any} */ order, /** @type {number} */ most) => biggest(pushes, order, most).map(({ name }) => name);
  assert.deepEqual(names("size", 3), ["L1H0", "L0 FFN", "L1 FFN"]);
  assert.deepEqual(names("depth", 3), ["L0 FFN", "L1H0", "L1 FFN"]);
  assert.deepEqual(names("up", 2), ["L0 FFN", "L1 FFN"]);
  assert.deepEqual(names("down", 9), ["L1H0", "L0H1"]);
  assert.equal(biggest(pushes, "size", 99).length, 9, "what is 0 pushes nothing");
  assert.equal(layerOf(makePicture(SHAPE, ONE, null), 1).biggest.name, "L1H0");
});

test("ticks are round, few, and hold 0 where it is seen", () => {
  assert.deepEqual(ticks(-912, 1531, 5), [-500, 0, 500, 1000, 1500]);
  assert.deepEqual(ticks(0, 3, 5), [0, 1, 2, 3]);
  for (const [low, high] of [[0, 0], [-1, 0], [0, 7], [-32768, 99999]]) {
    const made = ticks(low, high, 5);
    assert.ok(made.length <= 6 && made.includes(0), `${low} ${high}: ${made}`);
    assert.ok(made.every((value) => !Object.is(value, -0)));
  }
});

test("numbers are written with a true minus", () => {
  assert.deepEqual([strings.signed(293), strings.signed(-5), strings.signed(0)], ["+2.93", "\u22120.05", "0.00"]);
  assert.deepEqual([strings.tick(-500), strings.tick(50)], ["\u22125", "0.5"]);
});

/** @param {object} [changes] */
const state = (changes) => /** @type {import("../../src/residual/state.js").Traits} */ ({
  prompts: [packedOf("gpt2")], labels: ["A"], shape: families.gpt2.shape, own: {}, text: "", prompt: 0,
  position: null, token: null, minus: null, layer: null, heads: false, order: "size", ...changes,
});

test("nothing chosen shows the likeliest token after the last one", () => {
  const { position, picture, candidates, note } = see(state());
  assert.equal(position, families.gpt2.prompt.positions.at(-1));
  assert.equal(picture.token, candidates[0]);
  assert.deepEqual([picture.minus, note], [null, ""]);
});

test("a token that is not kept here is told, and the likeliest is shown", () => {
  const { candidates } = see(state({ position: 1 }));
  const ids = new Set(candidates.map(({ id }) => id));
  const absent = Array.from({ length: 300 }, (_, id) => id).find((id) => !ids.has(id));
  const missing = see(state({ position: 1, token: absent }));
  assert.equal(missing.picture.token.id, candidates[0].id);
  assert.match(missing.note, /is not among the tokens kept/);
  assert.match(see(state({ position: 1, minus: absent })).note, /nothing is taken away/);
  assert.match(see(state({ position: 1, minus: candidates[0].id })).note, /less itself is 0/);
  assert.equal(see(state({ position: 1, token: 7, minus: 299 })).picture.minus?.id, 299);
});

test("the reader's own text is prompt -1", () => {
  const own = packedOf("gpt2");
  assert.equal(see(state({ own, prompt: -1 })).prompt.tokens, own.tokens);
});

test("traits that make no sense are refused in a sentence", () => {
  for (const [changes, message] of /** @type {[object, RegExp][]} */ ([
    [{ prompts: [] }, /no text yet/],
    [{ prompt: 5 }, /prompt is 5; expected 0 to 0/],
    [{ prompt: -1 }, /prompt is -1/],
    [{ position: 99 }, /position is 99; what was kept of this text goes from 0 to/],
    [{ position: 1.5 }, /position is 1.5/],
    [{ layer: 3 }, /layer is 3; the layers go from 0 to 2/],
    [{ layer: -1 }, /layer is -1/],
    [{ layer: "x" }, /layer is x/],
    [{ token: -4 }, /token is -4/],
    [{ minus: 0.5 }, /minus is 0.5/],
    [{ order: "sideways" }, /order is sideways; expected size, up, down, depth/],
  ])) {
    assert.throws(() => see(state(changes)), (/** @type {Error} */ error) => error instanceof Problem && message.test(error.message), String(message));
  }
});
