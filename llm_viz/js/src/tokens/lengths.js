/**
 * How long a text is in tokens, words, characters and bytes, by the rules of
 * `llm_viz/analyses/text_lengths.py`; both are held to one fixture.
 */

const WHITE_SPACE = /\p{White_Space}+/u;
// Thai to Myanmar, Khmer, kana, Chinese characters: written without spaces between words.
const UNSPACED = /[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;
const SPOKEN = /[\p{L}\p{N}]/u;
const UTF8 = new TextEncoder();

/** @typedef {ReturnType<typeof textLengths>} Lengths */
/** @typedef {"tokens" | "per_word" | "per_character" | "bytes_per_token"} Measure */

/**
 * @param {string} text
 * @param {number} tokens those around it left out
 */
export function textLengths(text, tokens) {
  const words = UNSPACED.test(text) ? null : text.split(WHITE_SPACE).filter((piece) => SPOKEN.test(piece)).length;
  return { tokens, words, characters: [...text].length, bytes: UTF8.encode(text).length };
}

/**
 * What the bars compare; null where a text has no such number.
 * @param {Lengths} lengths
 * @param {Measure} measure
 * @returns {number | null}
 */
export function measured({ tokens, words, characters, bytes }, measure) {
  if (measure === "per_word") return words ? tokens / words : null;
  if (measure === "per_character") return characters ? tokens / characters : null;
  if (measure === "bytes_per_token") return tokens ? bytes / tokens : null;
  return tokens;
}
