/** What Python packed is read as Python reads it, and what is damaged is told. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Study, openStudy } from "../../src/layer_windows/file.js";
import { readFixture } from "../fixtures.js";

const BYTES = new Uint8Array(readFixture("layer_windows.safetensors"));
const EXPECTED = JSON.parse(readFixture("layer_windows.json").toString("utf8"));

const close = (/** @type {number} */ found, /** @type {number} */ wanted) => assert.ok(Math.abs(found - wanted) < 1e-9, `${found} is not ${wanted}`);

test("every window says of every item what it says in Python", () => {
  const study = new Study(BYTES);
  assert.equal(study.windows, EXPECTED.windows.length);
  for (const [at, told] of EXPECTED.windows.entries()) {
    const column = study.column(told);
    assert.equal(column, at);
    for (const item of study.items.keys()) {
      const after = study.after(item, column);
      close(after.p, told.p[item]);
      assert.equal(after.best, told.best[item]);
      assert.equal(after.right, after.best === study.before(item).best);
      close(study.before(item).p, EXPECTED.before[item]);
    }
  }
});

test("what is told is found where it was tried, and nowhere else", () => {
  const study = new Study(BYTES);
  const [on, ...rest] = EXPECTED.regained;
  assert.equal(on.window, null);
  for (const [at, { window }] of EXPECTED.regained.entries()) {
    for (const [fact, item] of study.facts.entries()) {
      for (const [which, telling] of /** @type {const} */ (["fact", "wrong"]).entries()) {
        const found = study.told(telling, item, window);
        assert.ok(found);
        close(found.p, EXPECTED.told[which][fact][at]);
      }
    }
  }
  assert.deepEqual(study.toldWindows, rest.map((/** @type {any} */ each) => each.window));
  assert.equal(study.told("fact", 0, { kind: "mlp", start: 0, width: 1 }), null);
  assert.equal(study.told("fact", study.items.length - 1, null), null); // a copy
});

test("the same bytes are opened once", () => {
  assert.equal(openStudy(BYTES), openStudy(BYTES));
});

test("what is foreign, cut short or damaged is told", () => {
  assert.throws(() => new Study(new Uint8Array(3)), { message: /holds no facts and copies/ });
  assert.throws(() => new Study(BYTES.slice(0, -400)), { message: /is cut short/ });
  for (const [from, to, part] of [
    ['\\"layers\\": 4', '\\"layers\\": 0', "number of layers"],
    ['\\"layers\\": 4', '\\"layers\\": 5', "log_probs"],
    ['\\"group\\": \\"fact\\"', '\\"group\\": \\"fake\\"', "list of items"],
    ['\\"kind\\": \\"mlp\\"', '\\"kind\\": \\"mlq\\"', "list of windows"],
    ['\\"answers\\": [7', '\\"answers\\": [8', "list of answers"],
  ]) {
    const text = Buffer.from(BYTES).toString("latin1");
    assert.ok(text.includes(from), from);
    assert.throws(() => new Study(new Uint8Array(Buffer.from(text.replace(from, to), "latin1"))), { message: new RegExp(`its ${part} cannot be right`) });
  }
});
