/** A pattern in words and numbers: the largest looks, and the lines of the table. Pure. */
import { probabilityText } from "../format.js";
import { attentionHeads as strings } from "../strings.js";
import { SHARE, codeAt, looksOf, rowLength, rowStart, rowSum } from "./pattern.js";

/** @typedef {import("./pattern.js").Pattern} Pattern */
/** @typedef {import("./file.js").Heads} Heads */

const TOLD = 5; // looks in a sentence
const LISTED = 100; // lines of one token's table
const EACH = 3; // lines of each token, where all have some
const ALL_LISTED = 300;
const WORTH = 0.01; // a share that is worth a word

/**
 * What is pointed at, in words: one look; or the largest of a token, and where its others go; or the
 * largest of all tokens.
 * @param {Heads} file
 * @param {Pattern} pattern
 * @param {{ query: number | null, key: number | null }} pointed
 * @param {number} from the first key that counts
 */
export function looksText({ tokens }, pattern, { query, key }, from) {
  if (query === null) return strings.largest(largest(pattern, from).map((look) => strings.pair(tokens[look.query], tokens[look.key], look.share)));
  if (key !== null) return strings.pair(tokens[query], tokens[key], SHARE[codeAt(pattern, query, key)]);
  const told = looksOf(pattern, query, from).slice(0, TOLD).map((look) => strings.look(tokens[look.key], look.share));
  const hidden = from ? SHARE[codeAt(pattern, query, 0)] : 0;
  const outside = 1 - rowSum(pattern, query);
  return strings.looksAt(tokens[query], told, { hidden: hidden >= WORTH ? hidden : 0, outside: outside >= 2 * WORTH ? outside : 0 });
}

/**
 * The tokens whose largest look is the largest.
 * @param {Pattern} pattern
 * @param {number} from
 */
function largest(pattern, from) {
  const looks = [];
  for (let query = 0; query < pattern.n; query++) {
    const start = rowStart(pattern, query);
    let key = from;
    for (let i = from; i < rowLength(pattern, query); i++) if (pattern.codes[start + i] > pattern.codes[start + key]) key = i;
    const share = SHARE[codeAt(pattern, query, key)];
    if (share) looks.push({ query, key, share });
  }
  return looks.sort((a, b) => b.share - a.share).slice(0, TOLD);
}

/**
 * The lines of the table: all looks of one token, or the largest of each.
 * @param {Heads} file
 * @param {Pattern} pattern
 * @param {number | null} query
 * @param {number} from the first key that counts
 * @returns {string[][]}
 */
export function tableRows({ tokens, positions }, pattern, query, from) {
  const line = (/** @type {number} */ at) => (/** @type {import("./pattern.js").Look} */ { key, share }) =>
    [tokens[at], String(positions[at]), tokens[key], String(positions[key]), probabilityText(share)];
  if (query !== null) return looksOf(pattern, query, from).slice(0, LISTED).map(line(query));
  const queries = [...tokens.keys()].slice(0, Math.ceil(ALL_LISTED / EACH));
  return queries.flatMap((at) => looksOf(pattern, at, from).slice(0, EACH).map(line(at)));
}
