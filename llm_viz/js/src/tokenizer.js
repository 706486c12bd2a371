/**
 * A model's own tokenizer, at work in the page: text in, token ids out, the same as Python's.
 *
 * The cutting is done by the library @huggingface/tokenizers. It and the model's data are assets
 * (`llm_viz/model/page_tokenizer.py` writes the data), loaded when they are first asked for. Known
 * differences of the library are mended here; whatever else may differ is found by the texts that
 * come with the data, and then the tokenizer is refused: wrong ids would be worse than none.
 */
import { loadAsset } from "./assets.js";
import { Problem } from "./problem.js";
import { tokenizerErrors as errors } from "./strings.js";
import { loadVocabulary } from "./vocabulary.js";

/** @typedef {{ vocabulary?: string, tokenizer?: string, tokenizer_library?: string }} Assets file names */
/** @typedef {new (description: any, config: object) => { encode: (text: string, options: object) => { ids: number[] } }} Library */
/** @typedef {import("./vocabulary.js").Vocabulary} Vocabulary */
/**
 * What `page_tokenizer.py` writes.
 * @typedef {object} Data
 * @property {any} tokenizer the library's description, without its vocabulary
 * @property {{ byte_level: boolean, space: string | null, exceptions: Record<string, string | null> }} spelling
 * @property {number | null} start_id
 * @property {number | null} end_id
 * @property {[text: string, ids: number[]][]} proof
 */

// What GPT-2's byte-level cutting looks for. The library writes it with JavaScript's own idea of
// white space (it counts U+FEFF and leaves out U+0085), but spells out `\s` right in a "Split".
const GPT2_PIECES = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
const HALF_A_PAIR = /\p{Surrogate}/u;

/** @type {WeakMap<ArrayBuffer, Promise<PageTokenizer>>} */
const made = new WeakMap();

export class PageTokenizer {
  #cut;
  #start;
  #end;

  /**
   * @param {Library} Library
   * @param {Data} data
   * @param {Vocabulary} vocabulary
   * @throws {Problem} the library does not know a part of this tokenizer, or gives other ids
   */
  constructor(Library, { tokenizer, spelling, start_id, end_id, proof }, vocabulary) {
    try {
      const model = withVocabulary(tokenizer.model, spelling, vocabulary);
      const pieces = withoutUnknown(mended(tokenizer.pre_tokenizer), model, spelling);
      const library = new Library({ ...tokenizer, pre_tokenizer: pieces, model }, {});
      this.#cut = (/** @type {string} */ text) => library.encode(text, { add_special_tokens: false }).ids;
    } catch (error) {
      throw new Problem(errors.unknownPart(error instanceof Error ? error.message : String(error)));
    }
    this.#start = start_id;
    this.#end = end_id;
    const wrong = proof.find(([text, ids]) => String(this.encode(text)) !== String(ids));
    if (wrong) throw new Problem(errors.otherIds(wrong[0]));
  }

  /**
   * The token ids of a text.
   * @param {string} text
   * @param {{ addStart?: boolean }} [options] whether the tokens that the model is always given
   *   stand around them, unless they are there
   * @throws {Problem} the text holds half of a surrogate pair
   */
  encode(text, { addStart = false } = {}) {
    const half = text.search(HALF_A_PAIR);
    if (half >= 0) throw new Problem(errors.surrogate([...text.slice(0, half)].length, text.charCodeAt(half)));
    const ids = this.#cut(text);
    if (addStart && this.#start !== null && ids[0] !== this.#start) ids.unshift(this.#start);
    if (addStart && this.#end !== null && ids.at(-1) !== this.#end) ids.push(this.#end);
    return ids;
  }
}

/**
 * @param {Assets} assets of a view
 * @param {import("@anywidget/types").AnyModel} model
 * @returns {Promise<PageTokenizer>}
 */
export async function loadTokenizer({ vocabulary, tokenizer, tokenizer_library: library }, model) {
  if (!vocabulary || !tokenizer || !library) throw new Problem(errors.missing);
  const [code, content, names] = await Promise.all([
    loadAsset(library, model),
    loadAsset(tokenizer, model),
    loadVocabulary(vocabulary, model),
  ]);
  let ready = made.get(content);
  if (!ready) {
    const data = JSON.parse(new TextDecoder().decode(content));
    ready = importModule(code).then(({ Tokenizer }) => new PageTokenizer(Tokenizer, data, names));
    made.set(content, ready);
  }
  return ready;
}

/** @param {ArrayBuffer} code */
async function importModule(code) {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return import(url).finally(() => URL.revokeObjectURL(url));
}

/**
 * A pre-tokenizer that the library follows as the original does.
 * @param {any} part
 * @returns {any}
 */
function mended(part) {
  if (part?.type === "Sequence") return { ...part, pretokenizers: part.pretokenizers.map(mended) };
  // Digits: the library means ASCII's; the original all that Unicode calls a number, as ½ and ².
  if (part?.type === "Digits") return split(part.individual_digits ? String.raw`\p{N}` : String.raw`\p{N}+`);
  if (part?.type === "ByteLevel" && part.use_regex !== false && !part.add_prefix_space) {
    return { type: "Sequence", pretokenizers: [split(GPT2_PIECES), { ...part, use_regex: false }] };
  }
  return part;
}

/**
 * A vocabulary may lack a byte (SmolLM2's has none of those that only unassigned characters use).
 * The original passes over it and joins what stands on both sides; the library would not.
 * @param {any} pieces
 * @param {any} model
 * @param {Data["spelling"]} spelling
 */
function withoutUnknown(pieces, model, spelling) {
  const lacking = STAND_INS.filter((character) => !Object.hasOwn(model.vocab, character));
  if (model.type !== "BPE" || !spelling.byte_level || model.unk_token || !lacking.length) return pieces;
  const escaped = lacking.map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const drop = { type: "Replace", pattern: { Regex: `[${escaped.join("")}]` }, content: "" };
  return { type: "Sequence", pretokenizers: [pieces, drop] };
}

/** @param {string} pattern */
function split(pattern) {
  return { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
}

/**
 * The model's part of the description, with its tokens and merges put back.
 * @param {any} model
 * @param {Data["spelling"]} spelling
 * @param {Vocabulary} vocabulary
 */
function withVocabulary(model, { byte_level, space, exceptions }, vocabulary) {
  if (model.vocab) return model;
  const spell = byte_level ? inStandIns : asText(space);
  /** @type {(string | null)[]} */
  const tokens = Array.from({ length: vocabulary.size }, (_, id) => spell(vocabulary.bytes(id)));
  for (const [id, token] of Object.entries(exceptions)) tokens[Number(id)] = token;
  const vocab = Object.fromEntries(tokens.flatMap((token, id) => (token === null ? [] : [[token, id]])));
  return { ...model, vocab, merges: Array.isArray(model.merges) ? model.merges : undivided(model.merges, tokens) };
}

/**
 * Merges as pairs of tokens.
 * @param {{ made: [first: number, count: number][], first: number[] }} merges
 * @param {(string | null)[]} tokens
 */
function undivided({ made: runs, first }, tokens) {
  const ids = runs.flatMap(([start, count]) => Array.from({ length: count }, (_, i) => start + i));
  return ids.map((id, i) => {
    const token = tokens[id] ?? "";
    return [token.slice(0, first[i]), token.slice(first[i])];
  });
}

/** GPT-2's visible stand-in for each byte: itself where printable, else from U+0100 on. */
const STAND_INS = (() => {
  let hidden = 0x100;
  const printable = (/** @type {number} */ byte) =>
    (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : hidden++));
})();

/** @param {number[]} bytes */
const inStandIns = (bytes) => bytes.map((byte) => STAND_INS[byte]).join("");

/**
 * @param {string | null} space what stands for a space, if something does
 * @returns {(bytes: number[]) => string}
 */
function asText(space) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return (bytes) => {
    const text = decoder.decode(new Uint8Array(bytes));
    return space ? text.replaceAll(" ", space) : text;
  };
}
