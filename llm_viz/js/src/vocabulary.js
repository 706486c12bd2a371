/** The tokens of a model's vocabulary: what each is called, and the bytes it stands for. */
import { loadAsset } from "./assets.js";
import { Problem } from "./problem.js";
import { showToken, tokenBytes } from "./show.js";
import { assetErrors } from "./strings.js";

/** @typedef {import("./show.js").Token} Token */

/** @type {WeakMap<ArrayBuffer, Vocabulary>} */
const parsed = new WeakMap();

export class Vocabulary {
  #tokens;
  #special;

  /**
   * @param {Token[]} tokens by id
   * @param {number[]} special ids
   */
  constructor(tokens, special) {
    this.#tokens = tokens;
    this.#special = new Set(special);
  }

  get size() {
    return this.#tokens.length;
  }

  /** @param {number} id */
  has(id) {
    return id in this.#tokens;
  }

  /** @param {number} id */
  show(id) {
    return showToken(this.#tokens[id], this.#special.has(id));
  }

  /** @param {number} id */
  bytes(id) {
    return tokenBytes(this.#tokens[id]);
  }
}

/**
 * @param {string} name of the asset
 * @param {import("@anywidget/types").AnyModel} model
 * @returns {Promise<Vocabulary>}
 */
export async function loadVocabulary(name, model) {
  const content = await loadAsset(name, model);
  let vocabulary = parsed.get(content);
  if (!vocabulary) {
    vocabulary = parseVocabulary(content);
    parsed.set(content, vocabulary);
  }
  return vocabulary;
}

/** @param {ArrayBuffer} content */
export function parseVocabulary(content) {
  try {
    const { tokens, special } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
    if (Array.isArray(tokens) && Array.isArray(special)) return new Vocabulary(tokens, special);
  } catch {
    // said below, in words for people
  }
  throw new Problem(assetErrors.vocabulary);
}
