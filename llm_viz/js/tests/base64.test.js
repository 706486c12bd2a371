import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBase64 } from "../src/base64.js";

const every = Uint8Array.from({ length: 256 }, (_, i) => i);
const text = Buffer.from(every).toString("base64");

test("every byte comes through, with the browser's own decoder and without", () => {
  const type = /** @type {any} */ (Uint8Array);
  const native = type.fromBase64;
  try {
    type.fromBase64 = undefined;
    assert.deepEqual(fromBase64(text), every);
    type.fromBase64 = (/** @type {string} */ given) => new Uint8Array(Buffer.from(given, "base64"));
    assert.deepEqual([...fromBase64(text)], [...every]);
  } finally {
    type.fromBase64 = native;
  }
});
