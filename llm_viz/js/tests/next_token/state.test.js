import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_DRAWS, checkState, readState } from "../../src/next_token/state.js";
import { setTraits } from "../../src/traits.js";
import { Problem } from "../../src/problem.js";
import { FakeModel } from "../fixtures.js";

const GOOD = {
  traces: [new Uint8Array(1), new Uint8Array(1)],
  labels: [],
  prompt: 0,
  text: "",
  own: new Uint8Array(0),
  temperature: 1,
  top_k: null,
  top_p: null,
  min_p: null,
  scale: "linear",
  bars: 12,
  seed: 0,
  draws: 0,
  assets: {},
  title: "",
  caption: "",
};

/** @param {object} changes */
function check(changes) {
  const model = /** @type {any} */ (new FakeModel({ ...GOOD, ...changes }));
  checkState(readState(model));
}

test("sound traits pass", () => {
  check({});
  check({ prompt: 1, temperature: 0, top_k: 5, top_p: 0.5, min_p: 0, scale: "log", draws: MOST_DRAWS });
  check({ prompt: -1, own: new Uint8Array(1) });
});

test("each unsound trait is named with its value", () => {
  /** @type {[object, RegExp][]} */
  const wrong = [
    [{ prompt: 2 }, /prompt is 2; expected 0 to 1/],
    [{ prompt: -1 }, /prompt is -1/],
    [{ prompt: 0.5 }, /prompt is 0.5/],
    [{ traces: [] }, /no text yet/],
    [{ temperature: -1 }, /temperature is -1/],
    [{ top_k: 0 }, /top-k is 0/],
    [{ scale: "cubic" }, /scale is cubic/],
    [{ bars: 0 }, /bars is 0/],
    [{ seed: -1 }, /seed is -1/],
    [{ draws: 1.5 }, /draws is 1.5/],
    [{ draws: MOST_DRAWS + 1 }, /draws is 10001/],
  ];
  for (const [changes, message] of wrong) {
    assert.throws(() => check(changes), (error) => error instanceof Problem && message.test(error.message));
  }
});

test("a change of several traits is saved once", () => {
  const model = new FakeModel(GOOD);
  setTraits(/** @type {any} */ (model), { prompt: 1, draws: 3 });
  assert.deepEqual([model.get("prompt"), model.get("draws"), model.saves], [1, 3, 1]);
});
