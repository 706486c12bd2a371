/**
 * `node compare_ids.mjs <folder>`: does the tokenizer that a page loads (`tokenizer_library.mjs`,
 * `tokenizer.json`, `vocabulary.json`) cut every text of `ids.json` as Python did? Run by
 * tests/js/test_javascript.py, on the real model's tokenizer.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PageTokenizer } from "../src/tokenizer.js";
import { parseVocabulary } from "../src/vocabulary.js";

const folder = resolve(process.argv[2]);
const read = (/** @type {string} */ name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const { Tokenizer } = await import(pathToFileURL(join(folder, "tokenizer_library.mjs")).href);
const names = new TextEncoder().encode(JSON.stringify(read("vocabulary.json")));
const tokenizer = new PageTokenizer(Tokenizer, read("tokenizer.json"), parseVocabulary(names.buffer));

/** @type {{ text: string, addStart: boolean, ids: number[] }[]} */
const cases = read("ids.json");
assert.ok(cases.length > 0);
for (const { text, addStart, ids } of cases) {
  assert.deepEqual(tokenizer.encode(text, { addStart }), ids, JSON.stringify(text));
}
