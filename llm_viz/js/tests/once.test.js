import assert from "node:assert/strict";
import { test } from "node:test";
import { once } from "../src/once.js";

test("what was opened is given again for the same object, and only for that", () => {
  /** @type {number[]} */
  const asked = [];
  const open = once((/** @type {{ n: number }} */ packed) => {
    asked.push(packed.n);
    return { twice: 2 * packed.n };
  });
  const [one, other] = [{ n: 1 }, { n: 1 }];
  assert.equal(open(one), open(one));
  assert.notEqual(open(other), open(one));
  assert.deepEqual(asked, [1, 1]);
});

test("what could not be opened is tried again", () => {
  let fails = true;
  const open = once(() => {
    if (fails) throw new Error("damaged");
    return {};
  });
  const packed = {};
  assert.throws(() => open(packed), /damaged/);
  fails = false;
  assert.ok(open(packed));
});
