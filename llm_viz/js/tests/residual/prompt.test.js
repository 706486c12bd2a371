/** A packed prompt is what Python says it is, and nothing that contradicts itself is believed. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../src/problem.js";
import { componentCount, openPrompt } from "../../src/residual/prompt.js";
import { layerOf, makePicture } from "../../src/residual/picture.js";
import { families, packedOf } from "./examples.js";

test("steps, heads and sums are Python's", () => {
  for (const family of ["llama", "gpt2"]) {
    const { shape, expected } = families[family];
    const prompt = openPrompt(packedOf(family), shape);
    assert.equal(prompt.positions.length, expected.length);
    for (const [i, position] of prompt.positions.entries()) {
      const candidates = prompt.at.get(position) ?? [];
      for (const [c, candidate] of candidates.entries()) {
        const { steps, total, pushes, sums } = makePicture(shape, candidate, null);
        assert.ok(Math.abs(total / 100 - expected[i].logits[c]) <= 0.00501, `${family} ${position} ${c}`);
        expected[i].totals.forEach((totals, stage) => assert.ok(Math.abs(steps[stage].to / 100 - totals[c]) <= 0.00501));
        assert.equal(pushes.length, componentCount(shape));
        assert.equal(pushes.reduce((sum, { value }) => sum + value, 0), total);
        assert.equal(Object.values(sums).reduce((sum, value) => sum + value, 0), total);
        for (let layer = 0; layer < shape.layers; layer++) {
          const { attention, mlp, heads } = layerOf({ steps, pushes, total, sums, token: candidate, minus: null }, layer);
          assert.equal(heads.reduce((sum, { value }) => sum + value, 0), attention.value);
          assert.equal(heads.length, shape.heads + Number(shape.bias));
          assert.equal(attention.to, mlp.from);
        }
      }
      const chances = candidates.map(({ chance }) => chance);
      assert.deepEqual(chances, [...chances].sort((one, other) => other - one));
    }
  }
});

test("an unaligned buffer is read as well", () => {
  const packed = packedOf("llama");
  const bytes = new Uint8Array(/** @type {Uint8Array} */ (packed.steps).length + 1);
  bytes.set(/** @type {Uint8Array} */ (packed.steps), 1);
  const { shape } = families.llama;
  const odd = openPrompt({ ...packed, steps: new DataView(bytes.buffer, 1) }, shape);
  assert.deepEqual(odd.at, openPrompt(packed, shape).at);
});

test("what contradicts itself is refused in a sentence", () => {
  const { shape } = families.llama;
  const good = packedOf("llama");
  const last = good.tokens.length;
  const longer = good.candidates.map((ids, i) => (i ? ids : [...ids, ids[0]]));
  for (const [changes, part] of /** @type {[object, string][]} */ ([
    [{ tokens: [] }, "list of tokens"],
    [{ tokens: good.tokens.slice(1) }, "list of tokens"],
    [{ token_ids: undefined }, "list of tokens"],
    [{ positions: [...good.positions].reverse() }, "list of positions"],
    [{ positions: [...good.positions.slice(0, -1), last] }, "list of positions"],
    [{ positions: [] }, "list of positions"],
    [{ candidates: good.candidates.slice(1) }, "list of candidates"],
    [{ candidates: longer }, "list of candidates"],
    [{ candidates: "no" }, "list of candidates"],
    [{ names: {} }, "list of names"],
    [{ names: undefined }, "list of names"],
    [{ chances: new Uint8Array(4) }, "list of probabilities"],
    [{ chances: new Uint8Array(/** @type {Uint8Array} */ (good.chances).length).fill(0x7f) }, "list of probabilities"],
    [{ steps: /** @type {Uint8Array} */ (good.steps).slice(4) }, "list of steps"],
    [{ steps: undefined }, "list of steps"],
  ])) {
    assert.throws(() => openPrompt({ ...good, ...changes }, shape), (/** @type {Error} */ error) => error instanceof Problem && error.message.includes(part), part);
  }
  assert.throws(() => openPrompt({ ...good }, { ...shape, heads: 5 }), /list of steps/);
});
