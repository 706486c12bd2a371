/** Python is asked in its words, and an answer without content is told. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { pythonSource } from "../../src/switches/source.js";
import { FakeModel } from "../fixtures.js";

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
