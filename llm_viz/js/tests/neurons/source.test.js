/** Python is asked for a neuron and for a word in its words, and an answer without content is told. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { indexSource } from "../../src/neurons/source.js";
import { FakeModel } from "../fixtures.js";

test("Python is asked in its words", async () => {
  const model = new FakeModel();
  const source = indexSource(/** @type {any} */ (model));
  const answer = (/** @type {Record<string, unknown>} */ content, /** @type {DataView[]} */ buffers = []) => {
    const { id } = model.sent[model.sent.length - 1];
    model.emit("msg:custom", { kind: "reply", id, ok: true, ...content }, buffers);
  };
  const neuron = source.neuron(3, 12);
  assert.deepEqual({ ...model.sent[0], id: 0 }, { kind: "neuron", id: 0, layer: 3, neuron: 12 });
  const bytes = new DataView(new ArrayBuffer(4));
  answer({}, [bytes]);
  assert.equal(await neuron, bytes);

  const hits = [{ layer: 1, neuron: 2, side: "negative", push: 0.5 }];
  const found = source.search("red");
  assert.equal(model.sent[1].word, "red");
  answer({ hits });
  assert.deepEqual(await found, hits);

  const empty = source.neuron(0, 0);
  answer({});
  await assert.rejects(empty, { message: /answered without/ });
  source.close();
  assert.equal(model.listening(), 0);
});
