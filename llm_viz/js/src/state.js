/**
 * The state of a page's figures as it stands in the page's address. Pure: text in, values out.
 *
 * An address says `?<figure>.<trait>=<value>`, or `?<trait>=<value>` for figures that share one
 * state. It can come from anyone, so a value is taken only if the figure's rule for it agrees; what
 * was not taken is told, never guessed at. Values that are as the author left them are not written.
 */
import { addressText as strings } from "./strings.js";

/**
 * What a trait may be, as Python declares it (llm_viz/widgets/base.py).
 * @typedef {{ kind: "number", min?: number, max?: number, whole?: boolean, none?: boolean }
 *   | { kind: "choice", values: string[] }
 *   | { kind: "flag" }
 *   | { kind: "text", most: number }} Rule
 */
/** @typedef {Record<string, Rule>} Rules by trait */
/** @typedef {Record<string, any>} Values by trait */
/** @typedef {{ key: string, rules: Rules }} Slot a figure's key, "" for the shared state */

const OFF = "off"; // how null is written
const LONGEST_SHOWN = 40;
const MOST_TOLD = 3;

/**
 * @param {string} search the address's query, such as "?a.temperature=0.5"
 * @param {Slot[]} slots
 * @returns {{ values: Map<string, Values>, ignored: string[] }} by key; a sentence for each entry
 *   that was meant for a figure and not taken
 */
export function readAddress(search, slots) {
  /** @type {Map<string, Rules>} */
  const known = new Map();
  for (const { key, rules } of slots) known.set(key, { ...known.get(key), ...rules });
  /** @type {Map<string, Values>} */
  const values = new Map();
  const ignored = [];
  for (const [name, text] of new URLSearchParams(search)) {
    const { key, trait } = split(name);
    const rules = known.get(key);
    if (!rules || !Object.hasOwn(rules, trait)) {
      if (key) ignored.push(strings.unknown(brief(name))); // without a dot it may be anybody's
      continue;
    }
    const value = parse(text, rules[trait]);
    if (value === undefined) ignored.push(strings.refused(trait, brief(text), expected(rules[trait])));
    else values.set(key, { ...values.get(key), [trait]: value });
  }
  const more = ignored.length - MOST_TOLD;
  return { values, ignored: more > 0 ? [...ignored.slice(0, MOST_TOLD), strings.more(more)] : ignored };
}

/**
 * The query with one figure's values in place of those it had; everything else stays.
 * @param {string} search
 * @param {string} key
 * @param {Values} values only those that differ from the author's
 * @param {Rules} [shared] for the shared state: its traits; an address may carry others' entries
 */
export function writeAddress(search, key, values, shared = {}) {
  const isOurs = (/** @type {string} */ name) =>
    key ? split(name).key === key : Object.hasOwn(shared, name);
  const kept = [...new URLSearchParams(search)].filter(([name]) => !isOurs(name));
  const written = Object.entries(values).map(([trait, value]) => [key ? `${key}.${trait}` : trait, format(value)]);
  const query = new URLSearchParams([...kept, ...written]).toString();
  return query && `?${query}`;
}

/**
 * The values that the author did not set like this.
 * @param {Values} now
 * @param {Values} beginning
 * @param {Rules} rules
 */
export function changes(now, beginning, rules) {
  return Object.fromEntries(
    Object.keys(rules)
      .filter((trait) => !Object.is(now[trait], beginning[trait]))
      .map((trait) => [trait, now[trait]]),
  );
}

/**
 * A key for each figure of a page: its title in an address's letters, numbered where it recurs.
 * @param {string[]} titles
 */
export function keysOf(titles) {
  const seen = new Map();
  return titles.map((title) => {
    const slug = title.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "figure";
    const times = (seen.get(slug) ?? 0) + 1;
    seen.set(slug, times);
    return times > 1 ? `${slug}-${times}` : slug;
  });
}

/** @param {string} name */
function split(name) {
  const dot = name.lastIndexOf(".");
  return { key: name.slice(0, Math.max(dot, 0)), trait: name.slice(dot + 1) };
}

/**
 * @param {string} text
 * @param {Rule} rule
 * @returns {any} undefined if the rule does not allow it
 */
function parse(text, rule) {
  switch (rule.kind) {
    case "number": {
      if (rule.none && text === OFF) return null;
      const value = text.trim() === "" ? NaN : Number(text);
      const fits = value >= (rule.min ?? -Infinity) && value <= (rule.max ?? Infinity);
      return Number.isFinite(value) && fits && (!rule.whole || Number.isInteger(value)) ? value : undefined;
    }
    case "choice":
      return rule.values.includes(text) ? text : undefined;
    case "flag":
      return { on: true, off: false }[text];
    case "text":
      return text.length <= rule.most ? text : undefined;
    default:
      return undefined;
  }
}

/** @param {any} value */
function format(value) {
  if (value === null || value === false) return OFF;
  return value === true ? "on" : String(value);
}

/** @param {Rule} rule */
function expected(rule) {
  switch (rule.kind) {
    case "number":
      return strings.number(rule.min, rule.max, Boolean(rule.whole));
    case "choice":
      return rule.values.join(", ");
    case "flag":
      return "on, off";
    default:
      return strings.text(rule.most);
  }
}

/** @param {string} text */
const brief = (text) => (text.length > LONGEST_SHOWN ? `${[...text].slice(0, LONGEST_SHOWN).join("")} …` : text);
