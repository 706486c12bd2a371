/**
 * The turn: each pair of dimensions is a clock with two hands, the query's and the key's, turned by
 * how far along the text each token stands. One clock is large, with its numbers.
 */
import { rove } from "../lib/chips.js";
import { freshId, keepParts, make, setText } from "../lib/dom.js";
import { evenScale, slider } from "../lib/slider.js";
import { queryKey as strings } from "../strings.js";
import { shape } from "../words/svg.js";
import { hands } from "./match.js";
import { MOST_SHIFT } from "./state.js";
import { note } from "./note.js";

/** @typedef {import("./state.js").Seen} Seen */
/** @typedef {{ length: number, before: number, turn: number, after: number }} Hand */

const FACE = 100; // the small and the large clock have the same coordinates: 100 to each side
const LONGEST = 92;
const SHORTEST = 8; // a hand of no length would point nowhere; between them by the square root

/**
 * @param {object} actions
 * @param {(pair: number) => void} actions.onPair
 * @param {(shift: number) => void} actions.onShift
 * @param {(sentence: string) => void} actions.onInvalid
 */
export function clocks({ onPair, onShift, onInvalid }) {
  const intro = make("p", { class: "lv-note", id: freshId() });
  const list = make("div", { class: "lv-qk-clocks", role: "group", "aria-labelledby": intro.id });
  const roving = rove(list, ".lv-qk-clock");
  const large = makeFace("lv-qk-large", true);
  const says = Array.from({ length: 6 }, () => make("p"));
  const legend = make("p", { class: "lv-note lv-qk-hands" }, key("query"), key("key"), key("before"));
  let places = [0, 0];
  let score = 0;
  const along = slider({
    label: strings.shift,
    scale: evenScale(0, MOST_SHIFT, 1),
    bounds: [0, MOST_SHIFT, 1],
    mark: (shift) => strings.shiftMark(places[0] + shift, places[1] + shift, score),
    onChange: (shift) => (Number.isInteger(shift) ? onShift(shift) : onInvalid(strings.badNumber("shift", shift, MOST_SHIFT))),
    onInvalid,
  });
  /** @type {ReturnType<typeof makeClock>[]} */
  const parts = [];
  const one = make("div", { class: "lv-qk-one" }, make("div", {}, large.element, legend), make("div", { class: "lv-qk-says" }, ...says));
  const turning = make(
    "div",
    { class: "lv-qk-turning" },
    intro,
    list,
    one,
    along.element,
  );
  const still = note(strings.noTurn);
  return {
    element: make("div", {}, turning, still),
    large: one,
    /** @param {Seen} seen */
    update({ reading, match, pair, shift }) {
      const { rates, tokens } = reading;
      const pairs = rates.length;
      turning.hidden = !pairs;
      still.hidden = pairs > 0;
      if (!pairs) return;
      setText(intro, strings.clocks(pairs, match.products.length - 2 * pairs));
      const all = rates.map((_, i) => hands(match, rates, i, shift));
      const longest = { query: Math.max(...all.map(({ query }) => query.length)), key: Math.max(...all.map((each) => each.key.length)) };
      for (const [i, clock] of keepParts(list, parts, pairs, () => makeClock(parts.length)).entries()) {
        clock.face.update(all[i], longest);
        clock.element.setAttribute("aria-pressed", String(i === pair));
        clock.element.setAttribute("aria-label", strings.clock(i, match.products[i] + match.products[i + pairs]));
      }
      roving.refresh();

      large.update(all[pair], longest);
      large.element.setAttribute("aria-label", strings.bigClock(pair, circle(all[pair].query.after), circle(all[pair].key.after)));
      const [from, to, rate] = [match.query + shift, match.key + shift, rates[pair]];
      const sentences = [
        strings.clockSays.rate(pair, pairs, rate),
        strings.clockSays.turned("query", tokens[match.query], from, rate),
        strings.clockSays.turned("key", tokens[match.key], to, rate),
        strings.clockSays.between(Math.abs(from - to), rate),
        strings.clockSays.apart(apart(all[pair].query.before, all[pair].key.before), apart(all[pair].query.after, all[pair].key.after)),
        strings.clockSays.adds(match.products[pair], match.products[pair + pairs]),
      ];
      for (const [i, sentence] of sentences.entries()) setText(says[i], sentence);
      [places, score] = [[match.query, match.key], match.score];
      along.update(shift);
    },
  };

  /** @param {number} pair */
  function makeClock(pair) {
    const face = makeFace("lv-qk-small", false);
    const element = make("button", { type: "button", class: "lv-qk-clock", tabindex: -1 }, face.element);
    element.addEventListener("click", () => onPair(pair));
    return { element, face };
  }
}

/** @param {number} angle @returns {number} the same from 0 up to once round */
const circle = (angle) => ((angle % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI);

/** @param {number} one @param {number} other @returns {number} the angle between them, at most half round */
const apart = (one, other) => Math.PI - Math.abs(Math.PI - circle(one - other));

/** @param {"query" | "key" | "before"} name */
function key(name) {
  const line = shape("svg", { viewBox: "0 0 26 8", width: 26, height: 8, "aria-hidden": "true" }, shape("line", { x1: 1, y1: 4, x2: 25, y2: 4, class: `lv-qk-hand lv-qk-${name}` }));
  return make("span", {}, line, strings.handNames[name]);
}

/**
 * @param {string} className
 * @param {boolean} full with the hands as they were before the turn
 */
function makeFace(className, full) {
  const line = (/** @type {string} */ name) => shape("line", { x1: 0, y1: 0, class: `lv-qk-hand ${name}` });
  const lines = { query: line("lv-qk-query"), key: line("lv-qk-key") };
  const before = { query: line("lv-qk-query lv-qk-before"), key: line("lv-qk-key lv-qk-before") };
  const svg = /** @type {SVGSVGElement} */ (
    shape("svg", { viewBox: `${-FACE} ${-FACE} ${2 * FACE} ${2 * FACE}`, class: className, ...(full ? { role: "img" } : { "aria-hidden": "true" }) })
  );
  svg.append(shape("circle", { r: FACE - 2, class: "lv-qk-face" }), ...(full ? [before.query, before.key] : []), lines.key, lines.query);
  const point = (/** @type {SVGElement} */ to, /** @type {number} */ length, /** @type {number} */ angle) => {
    to.setAttribute("x2", (length * Math.cos(angle)).toFixed(1));
    to.setAttribute("y2", (-length * Math.sin(angle)).toFixed(1)); // a screen's y goes down
  };
  return {
    element: svg,
    /**
     * @param {{ query: Hand, key: Hand }} pair
     * @param {{ query: number, key: number }} longest
     */
    update(pair, longest) {
      for (const name of /** @type {const} */ (["query", "key"])) {
        const length = Math.max(SHORTEST, LONGEST * Math.sqrt(pair[name].length / (longest[name] || 1)));
        point(lines[name], length, pair[name].after);
        if (full) point(before[name], length, pair[name].before);
      }
    },
  };
}
