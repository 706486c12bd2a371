import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Problem } from "../src/problem.js";
import { PageTokenizer, loadTokenizer } from "../src/tokenizer.js";
import { Tokenizer } from "../src/tokenizer_library.js";
import { Vocabulary } from "../src/vocabulary.js";
import { FakeModel, parity } from "./fixtures.js";

const { vocabulary: names, tokenizer: DATA, cases } = parity.tokenizing;
const VOCABULARY = new Vocabulary(names.tokens, names.special);
const page = /** @type {any} */ (globalThis);

/** @param {object} [changes] to the data */
const made = (changes = {}) => new PageTokenizer(Tokenizer, { ...structuredClone(DATA), ...changes }, VOCABULARY);

beforeEach(() => {
  page.llmVizAssets.clear();
  delete page.llmViz;
  delete page.fetch;
});

test("cuts every odd text as Python does", () => {
  const tokenizer = made();
  assert.ok(cases.length > 300);
  for (const { text, ids, with_start } of cases) {
    assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
    assert.deepEqual(tokenizer.encode(text, { addStart: true }), with_start, JSON.stringify(text));
  }
});

test("the tokens spell the text again, but for the bytes that the vocabulary lacks", () => {
  const tokenizer = made();
  for (const { text } of cases) {
    const bytes = tokenizer.encode(text).flatMap((id) => VOCABULARY.bytes(id));
    assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(bytes)), text.replaceAll("\x07", ""));
  }
});

test("an end token closes a text once", () => {
  const closed = made({ end_id: 1 });
  assert.deepEqual(closed.encode("", { addStart: true }), [0, 1]);
  assert.deepEqual(closed.encode(""), []);
});

test("half of a surrogate pair is named, with its place counted in characters", () => {
  const half = (/** @type {unknown} */ error) => error instanceof Problem && /character 2 .*U\+D83D/.test(error.message);
  assert.throws(() => made().encode("😀a\ud83d"), half);
});

test("a tokenizer that the library does not know is refused with a reason", () => {
  const strange = { ...DATA.tokenizer, pre_tokenizer: { type: "UnicodeScripts" } };
  const known = (/** @type {unknown} */ error) => error instanceof Problem && /cannot run in a page.*UnicodeScripts/.test(error.message);
  assert.throws(() => made({ tokenizer: strange }), known);
});

test("a tokenizer that would give other ids is refused", () => {
  const careless = { ...DATA.tokenizer, pre_tokenizer: { type: "ByteLevel", add_prefix_space: true } };
  const other = (/** @type {unknown} */ error) => error instanceof Problem && /otherwise than Python/.test(error.message);
  assert.throws(() => made({ tokenizer: careless }), other);
});

test("a vocabulary in the description itself is taken as it is", () => {
  const model = { type: "WordPiece", vocab: { "[UNK]": 0, un: 1, "##able": 2 }, unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 };
  const tokenizer = { ...DATA.tokenizer, added_tokens: [], pre_tokenizer: { type: "WhitespaceSplit" }, decoder: null, model };
  const words = made({ tokenizer, spelling: {}, start_id: null, proof: [["unable un", [1, 2, 1]]] });
  assert.deepEqual(words.encode("un unable xyz"), [1, 1, 2, 0]);
});

test("comes as three assets, the library among them as code", async (t) => {
  page.llmViz = { assetBase: "https://book.example/assets/" };
  /** @type {Record<string, string>} */
  const files = {
    "v.json": JSON.stringify(names),
    "t.json": JSON.stringify(DATA),
    "l.js": "export class Tokenizer { encode() { return { ids: [] }; } }",
  };
  page.fetch = async (/** @type {URL} */ url) => new Response(files[String(url).split("/").at(-1) ?? ""]);
  // Node imports no blob addresses; what a browser would import is the same text.
  t.mock.method(URL, "createObjectURL", (/** @type {Blob} */ blob) => (assert.equal(blob.size, files["l.js"].length), `data:text/javascript,${encodeURIComponent(files["l.js"])}`));
  const assets = { vocabulary: "v.json", tokenizer: "t.json", tokenizer_library: "l.js" };
  await assert.rejects(loadTokenizer(assets, new FakeModel()), /otherwise than Python/); // a library that cuts nothing
  await assert.rejects(loadTokenizer({ vocabulary: "v.json" }, new FakeModel()), /names no tokenizer/);
});
