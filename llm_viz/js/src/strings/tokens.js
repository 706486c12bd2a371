/** The view of how a text is cut. */
import { countOf, countText } from "../format.js";

export const tokens = {
  title: "How a text is cut",
  tryThis: "Type anything: a long word, a number, an emoji, another language.",

  field: "Text",
  placeholder: "Type a text of your own …",
  own: "Your text",
  loading: "Loading the tokenizer …",
  notHere: (/** @type {string} */ why) => `Only the given texts can be cut: ${why}.`,
  tooLong: (/** @type {number} */ n, /** @type {number} */ most) =>
    `the text has ${countText(n)} characters; at most ${countText(most)} are cut here: shorten it`,
  beyond: (/** @type {number} */ n, /** @type {number} */ most) =>
    `The text has ${countText(n)} characters; the first ${countText(most)} are cut here.`,
  noTexts: "the widget's texts and labels do not belong together; give one label for each text",
  badMeasure: (/** @type {unknown} */ value) => `measure is ${value}; expected tokens, per_word, per_character or bytes_per_token`,
  emptyReply: "Python answered without tokens; update llm_viz",
  empty: "There is nothing to cut yet.",
  lost: (/** @type {number} */ n) =>
    `${countOf(n, "byte")} of this text ${n === 1 ? "has" : "have"} no token in this vocabulary: the model does not see ${n === 1 ? "it" : "them"}.`,
  quoted: (/** @type {string} */ text) => `“${text}”`,
  chips: (/** @type {string} */ label, /** @type {number} */ n) => `${label} as ${countOf(n, "token")}; arrow keys move along`,

  measure: "Compare",
  measures: /** @type {Record<string, string>} */ ({
    tokens: "tokens",
    per_word: "tokens per word",
    per_character: "tokens per character",
    bytes_per_token: "bytes per token",
  }),
  explained: /** @type {Record<string, string>} */ ({
    tokens: "How many tokens each text takes: what the model has to read, and what one pays for.",
    per_word:
      "A word is what stands between spaces and holds a letter or a digit. Scripts that put no spaces between words have no such number.",
    per_character:
      "A character is a Unicode code point; an accent or an emoji's skin tone may be one of its own. Scripts pack more or less into one.",
    bytes_per_token: "How much of the stored text (UTF-8) one token holds. More is cheaper, but scripts need 1 to 4 bytes a character.",
  }),
  value: /** @type {Record<string, (x: string) => string>} */ ({
    tokens: (x) => x,
    per_word: (x) => `${x}\u00a0a word`,
    per_character: (x) => `${x}\u00a0a character`,
    bytes_per_token: (x) => `${x}\u00a0bytes`,
  }),
  times: (/** @type {string} */ x) => `${x}\u00a0×`,
  timesNote: (/** @type {string} */ first) => `The number with × compares with ${first}: the texts say the same thing.`,
  noWords: "no spaces between words",
  nothing: "no text",

  shades: "One shade from space to space; each frame is a token.",
  startMark: (/** @type {string} */ token) => `Dashed: ${token}, which is put around every text; it is not counted.`,

  figures: ["Tokens", "Words", "Characters", "Bytes (UTF-8)", "Tokens per word", "Bytes per token"],
  none: "–",
  tokenColumns: ["Position", "Token", "Number", "Bytes"],
  textColumns: ["Text", "Tokens", "Words", "Characters", "Bytes", "Tokens per word", "Tokens per character", "Bytes per token"],
  spoken: (/** @type {number} */ tokens, /** @type {number | null} */ words) =>
    countOf(tokens, "token") + (words ? `, ${countOf(words, "word")}.` : "."),
};
