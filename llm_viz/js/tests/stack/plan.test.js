/** The way through the model, and the building: everything in its order, every area to scale. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { plan } from "../../src/stack/plan.js";
import { stateAfter, stepOf, walk } from "../../src/stack/walk.js";
import { architecture, encoder } from "./architecture.js";

const area = (/** @type {{ width: number, height: number }} */ { width, height }) => width * height;

test("the way leads from the text through every half of every block to the next token", () => {
  const steps = walk(architecture());
  assert.deepEqual(steps.map(({ stage }) => stage), ["text", "tokens", "embedding", "attention", "mlp", "attention", "mlp", "norm", "unembedding", "next"]);
  assert.deepEqual(steps.map((step) => stateAfter(step, 2)), [-1, -1, 0, 1, 2, 3, 4, 4, 4, 4]);
  assert.equal(stepOf(steps, "mlp", 1), 6);
  assert.equal(stepOf(steps, "norm", 1), 7);
  assert.equal(stepOf(steps, "mlp", 2), -1);
  assert.equal(walk(encoder()).at(-1)?.stage, "mlp");
});

for (const width of [120, 300, 320]) {
  test(`areas are weights, at ${width} pixels`, () => {
    const whole = architecture();
    const { boxes, height, spine } = plan(whole, walk(whole), width);
    const one = (/** @type {string} */ stage) => /** @type {(typeof boxes)[0]} */ (boxes.find((box) => box.stage === stage));
    const scale = area(one("attention")) / (2 * 12 * 12 + 2 * 4 * 12);
    assert.ok(Math.abs(area(one("mlp")) / (3 * 30 * 12) / scale - 1) < 1e-9);
    assert.ok(Math.abs(area(one("embedding")) / (500 * 12) / scale - 1) < 1e-9);
    assert.ok(Math.abs(area(one("unembedding")) / (500 * 12) / scale - 1) < 1e-9);
    assert.ok(one("unembedding").tied);
    for (const box of boxes) {
      assert.ok(box.x >= 0 && box.x + box.width <= width, box.stage);
      assert.ok(box.y >= 0 && box.y + box.height <= height, box.stage);
    }
    assert.ok(one("attention").x + one("attention").width <= spine.x);
    assert.ok(spine.x + spine.width <= one("mlp").x);
  });
}

test("every step stands above the one before", () => {
  const whole = architecture();
  const { boxes } = plan(whole, walk(whole), 300);
  for (const [i, box] of boxes.entries()) if (i) assert.ok(box.y < boxes[i - 1].y, `${box.stage} ${box.layer}`);
});

test("a deep model stays a building of a page's height, and a model without a top has none", () => {
  const whole = architecture();
  const deep = architecture({ n_layers: 96, parts: whole.parts.map((part) => (part.layers ? { ...part, layers: 96, count: 48 * part.count } : part)) });
  assert.ok(plan(deep, walk(deep), 300).height < 800);
  const low = encoder();
  const { boxes } = plan(low, walk(low), 300);
  assert.deepEqual(new Set(boxes.map(({ stage }) => stage)), new Set(["text", "tokens", "embedding", "attention", "mlp"]));
  assert.ok(boxes.every(({ y }) => y > 20)); // room for the words that say so
});
