/** Every number on screen is the run's, and what is added up comes out. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { openReading } from "../../src/query_key/file.js";
import { brought, furthest, hands, listed, makeMatch, stepwise, turn, whole } from "../../src/query_key/match.js";
import { bytesOf, families } from "./examples.js";

const sum = (/** @type {number[]} */ values) => values.reduce((total, value) => total + value, 0);

/**
 * @param {ArrayLike<number>} found
 * @param {ArrayLike<number>} wanted
 * @param {number} error
 */
function near(found, wanted, error) {
  assert.equal(found.length, wanted.length);
  for (let i = 0; i < wanted.length; i++) assert.ok(Math.abs(found[i] - wanted[i]) <= error, `${i}: ${found[i]} is not ${wanted[i]}`);
}

test("turned vectors, scores, shares and logits are the run's", () => {
  for (const [family, { expected, tokens }] of Object.entries(families)) {
    const reading = openReading(bytesOf(family));
    for (const [i, head] of reading.heads.entries()) {
      const run = expected[i];
      for (let query = 0; query < reading.tokens.length; query++) {
        for (let key = 0; key < reading.tokens.length; key++) {
          const match = makeMatch(reading, head, query, key);
          near(match.queryAfter, run.queries[query], 1e-4);
          near(match.keyAfter, run.keys[key], 1e-4);
          assert.equal(sum(match.products), match.sum);
          assert.equal(match.totals.at(-1), match.sum);
          assert.equal(match.score, match.rivals[key].score);
          assert.ok(Math.abs(match.score / 100 - run.scores[query][key]) <= 0.0106);
          near(match.rivals.map(({ exact }) => exact), run.pattern[query], 1e-5);
          near(match.rivals.map(({ share }) => share / 1e4), run.pattern[query], 1.01e-4);
          assert.equal(sum(match.rivals.map(({ share }) => share)), 10000);
          assert.equal(match.masked, key > query);
          assert.deepEqual(match.rivals.map(({ masked }) => masked), reading.tokens.map((_, at) => at > query));
          for (const rival of match.rivals) assert.ok(!rival.masked || rival.share === 0);
        }
        const match = makeMatch(reading, head, query, 0);
        for (const [t, id] of tokens.entries()) {
          const parts = brought(reading, head, match, id);
          assert.ok(Math.abs(sum(parts) / 100 - run.logits[query][t]) <= 0.0065, `${sum(parts)} ${run.logits[query][t]}`);
          for (const { position, exact, masked } of match.rivals) {
            assert.ok(Math.abs(parts[position] - exact * whole(reading, head, match, position, id)) <= 1.51);
            assert.ok(!masked || parts[position] === 0);
          }
        }
      }
    }
  }
});

test("the hands of a clock turn as its two dimensions do, and only the difference of places counts", () => {
  const reading = openReading(bytesOf("llama"));
  const [head] = reading.heads;
  const { rates } = reading;
  for (const shift of [0, 1, 17, 64]) {
    const match = makeMatch(reading, head, 4, 1, shift);
    for (let pair = 0; pair < rates.length; pair++) {
      const { query, key } = hands(match, rates, pair, shift);
      near([query.length * Math.cos(query.after), query.length * Math.sin(query.after)], [match.queryAfter[pair], match.queryAfter[pair + rates.length]], 1e-6);
      near([key.length * Math.cos(key.after), key.length * Math.sin(key.after)], [match.keyAfter[pair], match.keyAfter[pair + rates.length]], 1e-6);
      assert.ok(Math.abs(query.turn - key.turn - 3 * rates[pair]) < 1e-9);
      const product = query.length * key.length * Math.cos(query.after - key.after);
      assert.ok(Math.abs((match.products[pair] + match.products[pair + rates.length]) / 100 - product) <= 0.0201);
    }
    const before = makeMatch(reading, head, 4, 1);
    assert.equal(match.score, before.score);
    assert.deepEqual(match.rivals, before.rivals);
    assert.equal(String(match.queryAfter) === String(before.queryAfter), shift === 0);
  }
});

test("a partial turn leaves the other dimensions, and no rates turn nothing", () => {
  assert.deepEqual([...turn([1, 0, 0, 1, 5], 1, [Math.PI / 2, 0])].map(Math.round), [0, 0, 1, 1, 5]);
  assert.deepEqual([...turn([1, 2, 3], 9, [])], [1, 2, 3]);
});

test("rounded steps add up and none is minus zero", () => {
  const values = Array.from({ length: 50 }, (_, i) => Math.sin(i) / 7);
  const steps = stepwise(values);
  assert.equal(sum(steps), Math.round(100 * sum(values)));
  for (const [i, step] of steps.entries()) assert.ok(Math.abs(step - 100 * values[i]) <= 1 && !Object.is(step, -0));
});

test("of many keys the largest and the chosen one are listed, in order", () => {
  const amounts = [5, -9, 0, 3, 1];
  const every = [0, 1, 2, 3, 4];
  assert.deepEqual(listed(every, amounts, 2, 3), [0, 1, 2]);
  assert.deepEqual(listed(every, amounts, 9, 2), [0, 1]);
  assert.deepEqual(listed(every, amounts, 0, 12), every);
});

test("the furthest tokens of a value, up and down", () => {
  const said = (/** @type {number} */ _key, /** @type {number} */ id) => [3, -2, 9, 0][id];
  const head = /** @type {import("../../src/query_key/file.js").Head} */ ({ tokenIds: [0, 1, 2, 3], said });
  assert.deepEqual(furthest(head, 0, 2), { up: [2, 0], down: [1, 3] });
});
