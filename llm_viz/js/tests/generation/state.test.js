import assert from "node:assert/strict";
import { test } from "node:test";
import { alternativeRows } from "../../src/generation/alternatives.js";
import { makePicture, nearest, readState } from "../../src/generation/state.js";
import { tableRows } from "../../src/generation/table.js";
import { Problem } from "../../src/problem.js";
import { FakeModel } from "../fixtures.js";
import { EMPTY, packed } from "./examples.js";

const TEXTS = packed([
  { ids: [5], temperature: 0 },
  { ids: [5, 6], temperature: 1, seed: 2 },
  { ids: [6, 5], temperature: 1, seed: 1 },
  { ids: [7], prompt: "b", temperature: 1, seed: 1 },
]);
const GOOD = {
  texts: TEXTS,
  own: EMPTY,
  alike: [
    { temperature: 1, shared: { a: 0.5 }, different: { a: 2 }, unrelated: null },
  ],
  prompt: 0,
  text: "",
  temperature: 1,
  seed: 1,
  step: 9,
  speed: 4,
  tokens_per_second: null,
};

/** @param {object} changes */
function picture(changes) {
  return makePicture(readState(/** @type {any} */ (new FakeModel({ ...GOOD, ...changes }))));
}

/** @param {object} changes */
const ids = (changes) => picture(changes).text?.steps.map(({ id }) => id);

test("prompt, temperature and seed choose a text", () => {
  assert.deepEqual(ids({}), [6, 5]);
  assert.deepEqual(ids({ seed: 2 }), [5, 6]);
  assert.deepEqual(ids({ prompt: 1 }), [7]);
  const { prompts, temperatures, seeds } = picture({});
  assert.deepEqual([prompts, temperatures, seeds], [["a", "b"], [0, 1], [1, 2]]);
});

test("at temperature 0 every seed has the same text", () => {
  assert.deepEqual(ids({ temperature: 0, seed: 2 }), [5]);
});

test("a linked temperature shows the nearest text", () => {
  assert.equal(picture({ temperature: 0.8 }).temperature, 1);
  assert.equal(picture({ temperature: 70 }).temperature, 1);
  assert.equal(nearest([0, 0.2, 1], 0.3), 0.2);
});

test("a step past the end shows the whole text", () => {
  assert.equal(picture({}).shown, 2);
  assert.equal(picture({ step: 1 }).shown, 1);
  assert.equal(picture({ step: 0 }).shown, 0);
});

test("likeness belongs to a prompt that has it", () => {
  assert.equal(picture({}).alike.length, 1);
  assert.equal(picture({ prompt: 1 }).alike.length, 0);
});

test("the reader's own text may not be written yet at every setting", () => {
  const own = packed([{ ids: [5], prompt: "mine", temperature: 1, seed: 1 }]);
  assert.deepEqual(ids({ prompt: -1, text: "mine", own }), [5]);
  const other = picture({ prompt: -1, text: "mine", own, seed: 2 });
  assert.deepEqual([other.text, other.shown, other.alike], [undefined, 0, []]);
});

test("each unsound trait is named with its value", () => {
  /** @type {[object, RegExp][]} */
  const wrong = [
    [{ texts: EMPTY }, /no text yet/],
    [{ prompt: 2 }, /prompt is 2; expected 0 to 1/],
    [{ prompt: -1 }, /prompt is -1/],
    [{ prompt: 0.5 }, /prompt is 0.5/],
    [{ temperature: -1 }, /temperature is -1/],
    [{ temperature: NaN }, /temperature is NaN/],
    [{ seed: 9 }, /seed is 9; there are texts for 1, 2/],
    [{ step: -1 }, /step is -1/],
    [{ speed: 0 }, /speed is 0; expected 1 to 100/],
  ];
  for (const [changes, message] of wrong) {
    assert.throws(() => picture(changes), (error) => error instanceof Problem && message.test(error.message));
  }
});

test("the token drawn is among the rows, once", () => {
  const [step] = picture({ seed: 2 }).text?.steps ?? [];
  assert.deepEqual(alternativeRows(step).map(({ id, drawn }) => [id, drawn]), [[5, true], [7, false]]);
  const rare = { ...step, best: step.best.slice(1) };
  assert.deepEqual(alternativeRows(rare).map(({ id, drawn }) => [id, drawn]), [[7, false], [5, true]]);
});

test("the table holds what is shown", () => {
  const rows = tableRows(picture({ step: 1, seed: 2 }));
  assert.deepEqual(rows, [["1", "·five", "5", "60\u00a0%", "50\u00a0%", "·five", "60\u00a0%"]]);
});
