/** Of many questions only the newest is answered, and one at a time is asked. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Superseded } from "../../src/sources/kernel.js";
import { newestOnly, pythonSource } from "../../src/switches/source.js";
import { FakeModel } from "../fixtures.js";

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

test("Python is asked in its words", async () => {
  const model = new FakeModel();
  const source = pythonSource(/** @type {any} */ (model));
  const question = { text: "a", answer: 1, rival: 2, off: "L0H0" };
  const reply = source.run(question);
  const { kind, id, ...rest } = model.sent[0];
  assert.deepEqual([kind, rest], ["switch", question]);
  const bytes = new DataView(new ArrayBuffer(1));
  model.emit("msg:custom", { kind: "reply", id, ok: true }, [bytes]);
  assert.equal(await reply, bytes);
  const empty = source.read("a", true);
  assert.deepEqual({ ...model.sent[1], id: 0 }, { kind: "read", id: 0, text: "a", every: true });
  model.emit("msg:custom", { kind: "reply", id: model.sent[1].id, ok: true }, []);
  await assert.rejects(empty, { message: /Python answered without/ });
  source.close();
  assert.equal(model.listening(), 0);
});
