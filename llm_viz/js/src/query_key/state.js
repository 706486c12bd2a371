/**
 * The traits of QueryKey as the view reads them, and what they choose. Values can come from anywhere
 * (Python, a link to another widget, a page's address), so every one is checked.
 */
import { Problem } from "../problem.js";
import { queryKey as strings } from "../strings.js";
import { readTraits } from "../traits.js";
import { openReading } from "./file.js";
import { makeMatch } from "./match.js";

/** @typedef {import("./file.js").Bytes} Bytes */
/** @typedef {import("./file.js").Reading} Reading */
/** @typedef {import("./file.js").Head} Head */
/**
 * @typedef {object} Traits
 * @property {Bytes[]} texts packed
 * @property {string[]} labels of the texts
 * @property {{ layers: number, heads: number }} shape of the model
 * @property {string} text the reader's own
 * @property {Bytes} own packed `text`; no bytes if there is none
 * @property {Bytes} fetched a text again, with a head that it was not packed with
 * @property {number} prompt index into `texts`; -1 = `own`
 * @property {number} layer
 * @property {number} head
 * @property {number} query position, -1 = the last one
 * @property {number | null} key position, null = the one that is looked at most
 * @property {number | null} pair of dimensions, null = the one that counts most
 * @property {number} shift as if both tokens stood so many places later
 * @property {number | null} token whose logit is followed, null = the one that is looked at
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */
/**
 * @typedef {object} Seen
 * @property {Reading} reading
 * @property {Head[]} carried by the text itself
 * @property {Head} head
 * @property {import("./match.js").Match} match
 * @property {number} pair
 * @property {number} shift
 * @property {number | null} token null if the model predicts none
 * @property {boolean} missed whether another token was asked for, which this head does not tell of
 */
/** @typedef {{ carried: Head[], text: string }} Lacking the head that was asked for */

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ ([
  "texts", "labels", "shape", "text", "own", "fetched", "prompt", "layer", "head", "query", "key", "pair", "shift", "token",
]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["prompt", "layer", "head", "query", "key", "pair", "shift", "token"]);

export const MOST_SHIFT = 64;

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, WATCHED));
}

/**
 * @param {Traits} state
 * @returns {Seen | Lacking}
 * @throws {Problem} a trait is out of range
 */
export function see({ texts, own, fetched, shape, prompt, layer, head: number, query, key, pair, shift, token }) {
  if (!texts.length) throw new Problem(strings.nothing);
  const held = prompt === -1 ? own : texts[prompt];
  if (!held?.byteLength) throw new Problem(strings.badPrompt(prompt, texts.length));
  const reading = openReading(held);
  const n = reading.tokens.length;
  const turning = reading.rates.length;
  for (const [name, value, size] of /** @type {[string, unknown, number][]} */ ([
    ["layer", layer, shape.layers],
    ["head", number, shape.heads],
    ["query", query === -1 ? 0 : query, n],
    ["key", key ?? 0, n],
    ["pair", turning ? (pair ?? 0) : 0, turning || 1],
    ["shift", shift, MOST_SHIFT + 1],
    ["token", token ?? 0, Infinity],
  ])) {
    if (!Number.isInteger(value) || Number(value) < 0 || Number(value) >= size) throw new Problem(strings.badNumber(name, value, size - 1));
  }

  const extra = fetched.byteLength ? openReading(fetched) : reading;
  const find = (/** @type {Reading} */ { heads, text }) => heads.find((each) => each.layer === layer && each.head === number && text === reading.text);
  const source = find(reading) ? reading : extra; // what was fetched brings the names of its own tokens
  const head = find(source);
  if (!head) return { carried: reading.heads, text: reading.text };

  const from = query === -1 ? n - 1 : query;
  const strongest = () => makeMatch(source, head, from, from).rivals.reduce((best, each) => (each.exact > best.exact ? each : best)).position;
  const match = makeMatch(source, head, from, key ?? strongest(), shift);
  const { tokenIds } = head;
  const told = token !== null && tokenIds.includes(token) ? token : reading.ids[match.key];
  return {
    reading: source,
    carried: reading.heads,
    head,
    match,
    pair: pair ?? weightiest(match.products, turning),
    shift,
    token: tokenIds.length ? told : null,
    missed: tokenIds.length > 0 && token !== null && token !== told,
  };
}

/**
 * The clock whose two products together are furthest from 0.
 * @param {number[]} products
 * @param {number} pairs
 */
function weightiest(products, pairs) {
  const sums = products.slice(0, pairs).map((product, i) => Math.abs(product + products[i + pairs]));
  return Math.max(0, sums.indexOf(Math.max(...sums)));
}
