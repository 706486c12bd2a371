/**
 * How a token is shown to people: every character visible, no character broken. The same rule as
 * `show_token` in `llm_viz/model/tokenizer.py`; both are held to one fixture.
 */

/** A token's exact text; or its bytes, where they are not whole UTF-8 characters. */
/** @typedef {string | number[]} Token */

const NAMED = /** @type {Record<string, string>} */ ({ " ": "·", "\n": "⏎", "\t": "⇥", "\r": "␍" });
const JOINER = /[\u200d\ufe0f]/u;
const HOLDS_EMOJI = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]/u;
const INVISIBLE = /[\p{C}\p{Z}]/u;
const COMBINING = /\p{M}/u;
const UTF8 = new TextEncoder();
const DOTTED_CIRCLE = "\u25cc"; // a mark needs something to sit on

/**
 * @param {Token} token
 * @param {boolean} [special] a special token is shown by its own name
 * @returns {string}
 */
export function showToken(token, special = false) {
  if (typeof token !== "string") {
    return token.map((byte) => `⟨${hex(byte, 2)}⟩`).join("");
  }
  if (special) return token;
  let shown = "";
  let before = "";
  for (const character of token) {
    if (Object.hasOwn(NAMED, character)) shown += NAMED[character];
    else if (JOINER.test(character) && HOLDS_EMOJI.test(before)) shown += character;
    else if (INVISIBLE.test(character)) shown += `⟨U+${hex(character.codePointAt(0) ?? 0, 4)}⟩`;
    else if (!before && COMBINING.test(character)) shown += DOTTED_CIRCLE + character;
    else shown += character;
    before = character;
  }
  return shown;
}

/**
 * @param {Token} token
 * @returns {number[]} the bytes of text that a token stands for
 */
export function tokenBytes(token) {
  return typeof token === "string" ? [...UTF8.encode(token)] : token;
}

/**
 * @param {number[]} bytes
 * @returns {string} as in "20 74 68 65"
 */
export function showBytes(bytes) {
  return bytes.map((byte) => hex(byte, 2)).join(" ");
}

/**
 * @param {number} value
 * @param {number} digits at least so many
 */
function hex(value, digits) {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
