/**
 * `node compare_shown.mjs <folder>`: is every token of `vocabulary.json` shown here as Python shows
 * it in `shown.json`? Run by tests/js/test_javascript.py, on the real model's whole vocabulary.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseVocabulary } from "../src/vocabulary.js";

const [folder] = process.argv.slice(2);
const { buffer, byteOffset, byteLength } = readFileSync(join(folder, "vocabulary.json"));
const vocabulary = parseVocabulary(buffer.slice(byteOffset, byteOffset + byteLength));
/** @type {string[]} */
const expected = JSON.parse(readFileSync(join(folder, "shown.json"), "utf8"));
assert.ok(expected.length > 0);
assert.deepEqual(
  expected.map((_, id) => vocabulary.show(id)),
  expected,
);
