/** One text in numbers: its tokens, words, characters and bytes, and what one costs in another. */
import { countText } from "../format.js";
import { make, setText } from "../lib/dom.js";
import { tokens as strings } from "../strings.js";
import { measured } from "./lengths.js";

/** @typedef {import("./lengths.js").Lengths} Lengths */

/**
 * The numbers in the order of `strings.figures`.
 * @param {Lengths} lengths
 */
export function countTexts(lengths) {
  const ratio = (/** @type {number | null} */ value) => (value === null ? strings.none : value.toFixed(2));
  return [
    countText(lengths.tokens),
    lengths.words === null ? strings.none : countText(lengths.words),
    countText(lengths.characters),
    countText(lengths.bytes),
    ratio(measured(lengths, "per_word")),
    ratio(measured(lengths, "bytes_per_token")),
  ];
}

export function countRow() {
  const values = strings.figures.map(() => make("dd"));
  const pairs = strings.figures.map((name, i) => make("div", {}, make("dt", {}, name), values[i]));
  return {
    element: make("dl", { class: "lv-counts" }, ...pairs),
    /** @param {Lengths} lengths */
    update(lengths) {
      for (const [i, text] of countTexts(lengths).entries()) setText(values[i], text);
    },
  };
}
