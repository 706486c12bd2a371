/**
 * Query and key as strips of coloured cells, before and after the turn; below them, on the same
 * axis, their products as bars and the sum so far as a line.
 */
import { make, setText } from "../lib/dom.js";
import { queryKey as strings } from "../strings.js";
import { picturePlace, shape } from "../words/svg.js";
import { diverging } from "./colours.js";

/** @typedef {import("./state.js").Seen} Seen */

const LEFT = 56; // room for the names
const ROW = 22;
const GAP = 8; // between the query's strips and the key's
const BARS = 96; // height of the products
const LINE = 96; // and of their sum
const NAMED = 3; // products in words

/** @param {number} width @param {number} n */
const cellWidth = (width, n) => (width - LEFT - 1) / n;

/**
 * A picture of what is seen, drawn again when its width changes.
 * @param {(seen: Seen, place: ReturnType<typeof picturePlace>) => void} draw
 */
function picture(draw) {
  /** @type {Seen | null} */
  let shown = null;
  const redraw = () => {
    if (shown && place.width()) draw(shown, place);
  };
  const place = picturePlace("lv-qk-picture", redraw);
  return {
    element: place.element,
    close: place.close,
    /** @param {Seen} seen */
    update(seen) {
      shown = seen;
      redraw();
    },
  };
}

export function strips() {
  const [low, high] = [make("span"), make("span")];
  const legend = make("p", { class: "lv-note lv-qk-legend" }, low, make("span", { class: "lv-qk-scale", "aria-hidden": "true" }), high);
  const made = picture(({ reading, match, pair }, place) => {
    const turns = reading.rates.length > 0;
    const rows = [
      { name: strings.rows.query, values: match.queryBefore, top: 0 },
      ...(turns ? [{ name: strings.rows.queryTurned, values: match.queryAfter, top: ROW }] : []),
      { name: strings.rows.key, values: match.keyBefore, top: ROW * (turns ? 2 : 1) + GAP },
      ...(turns ? [{ name: strings.rows.keyTurned, values: match.keyAfter, top: 3 * ROW + GAP }] : []),
    ];
    const n = match.products.length;
    const wide = cellWidth(place.width(), n);
    const most = Math.max(...rows.flatMap(({ values }) => Array.from(values, Math.abs)));
    const height = rows[rows.length - 1].top + ROW;
    const cells = rows.flatMap(({ name, values, top }) => [
      shape("text", { x: LEFT - 6, y: top + ROW / 2, "text-anchor": "end", "dominant-baseline": "central", class: "lv-qk-name" }, name),
      ...Array.from(values, (value, i) => shape("rect", { x: LEFT + i * wide, y: top + 1, width: wide, height: ROW - 2, fill: diverging(value, most) })),
      shape("rect", { x: LEFT, y: top + 1, width: n * wide, height: ROW - 2, class: "lv-qk-outline" }),
    ]);
    const label = strings.stripsLabel(reading.tokens[match.query], reading.tokens[match.key], n, turns);
    place.fill(height, label, [...cells, ...marks(pair, reading.rates.length, wide, height)]);
    const ends = strings.scaleEnds(most);
    setText(low, ends[0]);
    setText(high, ends[1]);
  });
  return { ...made, element: make("div", {}, made.element, legend) };
}

export function products() {
  return picture(({ reading, match, pair }, place) => {
    const n = match.products.length;
    const wide = cellWidth(place.width(), n);
    const bars = axis(match.products, 4, BARS);
    const line = axis([0, ...match.totals], BARS + 16, LINE);
    const x = (/** @type {number} */ i) => LEFT + i * wide;
    const height = BARS + LINE + 34;
    const shapes = [
      ...marks(pair, reading.rates.length, wide, height),
      ...[{ scale: bars, name: strings.rows.products }, { scale: line, name: strings.rows.totals }].flatMap(({ scale, name }) => [
        shape("line", { x1: LEFT, x2: x(n), y1: scale(0), y2: scale(0), class: "lv-qk-zero" }),
        shape("text", { x: LEFT - 6, y: scale(0), "text-anchor": "end", "dominant-baseline": "central", class: "lv-qk-name" }, name),
      ]),
      ...match.products.map((value, i) =>
        shape("rect", {
          x: x(i) + wide * 0.1,
          y: bars(Math.max(0, value)),
          width: wide * 0.8,
          height: Math.abs(bars(0) - bars(value)),
          class: value < 0 ? "lv-qk-below" : "lv-qk-above",
        }),
      ),
      shape("path", { d: `M${LEFT} ${line(0)}${match.totals.map((total, i) => `H${x(i + 0.5)}V${line(total)}`).join("")}H${x(n)}`, class: "lv-qk-line" }),
      shape(
        "text",
        { x: x(n), y: line(match.sum) + (match.sum < 0 ? -12 : 12), "text-anchor": "end", "dominant-baseline": "central", "paint-order": "stroke", class: "lv-qk-end" },
        strings.hundredths(match.sum),
      ), // between the line's end and the axis, where nothing else is
    ];
    place.fill(height, strings.products(n, match.sum, biggest(match.products)), shapes);
  });
}

/** @param {number[]} values the largest of them in words */
export function biggest(values) {
  const order = values.map((_, i) => i).sort((one, other) => Math.abs(values[other]) - Math.abs(values[one]));
  return order.slice(0, NAMED).map((i) => strings.bigProduct(i, values[i])).join(", ");
}

/**
 * The two columns of the chosen clock.
 * @param {number} pair
 * @param {number} pairs
 * @param {number} wide
 * @param {number} height
 */
function marks(pair, pairs, wide, height) {
  if (!pairs) return [];
  return [pair, pair + pairs].map((i) => shape("rect", { x: LEFT + i * wide, y: 0, width: wide, height, class: "lv-qk-mark" }));
}

/**
 * @param {number[]} values
 * @param {number} top
 * @param {number} height
 * @returns {(value: number) => number}
 */
function axis(values, top, height) {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  return (value) => top + (height * (high - value)) / (high - low || 1);
}
