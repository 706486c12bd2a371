/** How numbers are written, the same in every view. */

const NO_BREAK = "\u00a0";
// Pure: a bundle that does not use one of them does not carry it.
const inEnglish = (/** @type {Intl.NumberFormatOptions} */ options) => new Intl.NumberFormat("en-GB", options);
const WHOLE = /* @__PURE__ */ inEnglish({ maximumFractionDigits: 0 });
const ONE_DECIMAL = /* @__PURE__ */ inEnglish({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
const TWO_DIGITS = /* @__PURE__ */ inEnglish({ minimumSignificantDigits: 2, maximumSignificantDigits: 2 });
const ROUND = /* @__PURE__ */ inEnglish({ maximumSignificantDigits: 2 });
const IN_WORDS = /* @__PURE__ */ inEnglish({ maximumSignificantDigits: 2, notation: "compact", compactDisplay: "long" });

/**
 * A probability with two significant digits: "33 %", "0.25 %"; below 0.1 % as "1 in 12,000".
 * @param {number} p
 */
export function probabilityText(p) {
  if (p <= 0) return `0${NO_BREAK}%`;
  if (p < 1 && p >= 0.995) return `>${NO_BREAK}99${NO_BREAK}%`; // "100 %" would claim certainty
  if (p >= 0.001) return `${TWO_DIGITS.format(100 * p)}${NO_BREAK}%`;
  return `1${NO_BREAK}in${NO_BREAK}${largeText(1 / p)}`;
}

/** @param {number} n */
export function countText(n) {
  return WHOLE.format(n);
}

/**
 * A number of things with its noun: "1 token", "405 tokens".
 * @param {number} n
 * @param {string} noun
 */
export function countOf(n, noun) {
  return `${countText(n)}${NO_BREAK}${noun}${n === 1 ? "" : "s"}`;
}

/** @param {number} x */
export function decimalText(x) {
  return ONE_DECIMAL.format(x);
}

/** @param {number} x */
function largeText(x) {
  if (x >= 1e15) return `10${superscript(Math.round(Math.log10(x)))}`;
  return x >= 1e6 ? IN_WORDS.format(x).replace(" ", NO_BREAK) : ROUND.format(x); // "1.2 million"
}

/** @param {number} n */
function superscript(n) {
  return String(n).replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]);
}
