/** Of many questions only the newest is answered, and one at a time is asked. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Superseded } from "../../src/sources/kernel.js";
import { newestOnly } from "../../src/sources/newest.js";

test("while one runs only the newest waits", async () => {
  /** @type {string[]} */
  const ran = [];
  /** @type {(() => void)[]} */
  const finish = [];
  const ask = newestOnly((/** @type {string} */ name) => {
    ran.push(name);
    return new Promise((resolve) => finish.push(() => resolve(name)));
  });
  const asked = ["a", "b", "c"].map((name) => ask(name).catch((error) => error));
  assert.deepEqual(ran, ["a"]);
  finish[0]();
  assert.ok((await asked[0]) instanceof Superseded);
  assert.ok((await asked[1]) instanceof Superseded);
  assert.deepEqual(ran, ["a", "c"]);
  finish[1]();
  assert.equal(await asked[2], "c");
});

test("after one that failed the next is asked", async () => {
  const ask = newestOnly(async (/** @type {boolean} */ fine) => {
    if (!fine) throw new Error("no");
    return "yes";
  });
  await assert.rejects(ask(false), /no/);
  assert.equal(await ask(true), "yes");
});
