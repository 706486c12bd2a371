import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../src/problem.js";
import { Superseded, kernelSource } from "../../src/sources/kernel.js";
import { FakeModel } from "../fixtures.js";

const BYTES = new DataView(new ArrayBuffer(3));

/** @param {FakeModel} model */
function reply(model, /** @type {number} */ id, /** @type {object} */ content = { ok: true }, buffers = [BYTES]) {
  model.emit("msg:custom", { kind: "reply", id, ...content }, buffers);
}

test("Python is present once it has answered hello", async () => {
  const model = new FakeModel();
  let present = false;
  const answered = kernelSource(model).present().then(() => (present = true));
  assert.equal(model.sent[0].kind, "hello");
  reply(model, model.sent[0].id + 1);
  await new Promise(setImmediate);
  assert.equal(present, false, "another view's reply is not ours");
  reply(model, model.sent[0].id);
  await answered;
});

test("a trace comes back by its id, a failure as Python's own sentence", async () => {
  const model = new FakeModel();
  const kernel = kernelSource(model);
  const good = kernel.trace("a text");
  assert.equal(model.sent[0].text, "a text");
  reply(model, model.sent[0].id);
  assert.equal(await good, BYTES);

  const bad = kernel.trace("");
  reply(model, model.sent[1].id, { ok: false, error: "the text is empty; type at least one character" });
  await assert.rejects(bad, (error) => error instanceof Problem && /the text is empty/.test(error.message));

  const hollow = kernel.trace("x");
  reply(model, model.sent[2].id, { ok: true }, []);
  await assert.rejects(hollow, Problem);
});

test("the newest trace wins, and other requests are left alone", async () => {
  const model = new FakeModel();
  const kernel = kernelSource(model);
  const asset = kernel.request("asset", { name: "v.json" });
  const first = kernel.trace("one");
  const second = kernel.trace("two");
  await assert.rejects(first, Superseded);
  const [forAsset, forFirst, forSecond] = model.sent;
  reply(model, forFirst.id, { ok: false, error: "too late to matter" });
  reply(model, forSecond.id);
  reply(model, forAsset.id);
  assert.equal(await second, BYTES);
  assert.equal((await asset).buffers[0], BYTES);
});

test("closing lets go of the model and of what is pending", async () => {
  const model = new FakeModel();
  const kernel = kernelSource(model);
  const never = kernel.trace("x");
  kernel.close();
  await assert.rejects(never, Superseded);
  assert.equal(model.listening(), 0);
});

test("what waits for Python happens once it has answered, and never when the view has gone", async () => {
  const model = new FakeModel();
  const acts = /** @type {string[]} */ ([]);
  kernelSource(model).present().then(() => acts.push("answered"));
  reply(model, model.sent[0].id);
  const closed = kernelSource(model);
  closed.present().then(() => acts.push("closed"), () => acts.push("rejected"));
  closed.close();
  await new Promise(setImmediate);
  assert.deepEqual(acts, ["answered"]);
});
