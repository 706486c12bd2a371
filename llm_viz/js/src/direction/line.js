/**
 * A number line: words stand over their places; below 0 is blue, above it orange, 0 itself
 * white. Where they were before may stand on a second line below.
 */
import { make, setText } from "../lib/dom.js";
import { direction as strings } from "../strings.js";
import { labelWidth } from "../words/labels.js";
import { picturePlace, shape } from "../words/svg.js";
import { LINE, stack } from "./stack.js";

/** @typedef {{ word: string, position: number, before?: number }} Placed where it was `before` is drawn as well */
/**
 * @typedef {object} Line
 * @property {string} heading
 * @property {Placed[]} placed
 * @property {number} most the line goes from minus this to this
 * @property {[low: string, high: string]} ends what stands at each
 * @property {string} label what is seen, for those who listen
 */

const BLUE = [0x00, 0x72, 0xb2];
const ORANGE = [0xe6, 0x9f, 0x00];
const SIDE = 24; // pixels left and right of the line
const BELOW = 30;
const BEFORE = 46; // from the line down to where the words were before

/**
 * @param {number} share from -1 (blue) to 1 (orange)
 */
export function signedColour(share) {
  const strength = Math.min(1, Math.abs(share));
  const mixed = (share < 0 ? BLUE : ORANGE).map((part) => Math.round(255 + (part - 255) * strength));
  return `rgb(${mixed.join(", ")})`;
}

export function numberLine() {
  const heading = make("p", { class: "lv-heading" });
  const ends = [make("span"), make("span")];
  /** @type {Line | null} */
  let shown = null;
  const place = picturePlace("lv-line", draw);
  const element = make("div", { class: "lv-line-part" }, heading, place.element, make("p", { class: "lv-note lv-ends" }, ...ends));
  return {
    element,
    close: place.close,
    /** @param {Line} line */
    update(line) {
      shown = line;
      setText(heading, line.heading);
      for (const [i, end] of ends.entries()) setText(end, line.ends[i]);
      if (place.width()) draw(place.width());
    },
  };

  /** @param {number} width */
  function draw(width) {
    if (!shown) return;
    const { placed, most, label } = shown;
    const at = (/** @type {number} */ position) => width / 2 + (position / most) * (width / 2 - SIDE);
    const places = stack(placed.map(({ word, position }) => ({ x: at(position), wide: labelWidth(word) })), width);
    const rows = 1 + Math.max(0, ...places.map(({ row }) => row));
    const axis = 14 + rows * LINE;
    const below = placed.some(({ before }) => before !== undefined) ? axis + BEFORE : axis;
    const words = placed.flatMap(({ word, position, before }, i) => {
      const [x, { middle, row }] = [at(position), places[i]];
      const y = axis - 14 - row * LINE;
      const from = before === undefined ? [] : [
        shape("line", { x1: at(before), y1: below, x2: x, y2: axis, class: "lv-moved" }),
        shape("circle", { cx: at(before), cy: below, r: 3.5, fill: signedColour(before / most), class: "lv-placed" }),
      ];
      return [
        ...from,
        shape("line", { x1: x, y1: axis, x2: middle, y2: y + 4, class: "lv-stem" }),
        shape("circle", { cx: x, cy: axis, r: 5.5, fill: signedColour(position / most), class: "lv-placed" }),
        shape("text", { x: middle, y, "text-anchor": "middle", "paint-order": "stroke", class: "lv-placed-word" }, word),
      ];
    });
    const isName = (/** @type {SVGElement} */ element) => Number(element.tagName === "text") - Number(element.tagName === "line");
    place.fill(below + BELOW, label, [
      ...[axis, below].map((y) => shape("line", { x1: SIDE / 2, y1: y, x2: width - SIDE / 2, y2: y, class: "lv-axis-line" })),
      ...[-most, 0, most].flatMap((value) => [
        shape("line", { x1: at(value), y1: axis, x2: at(value), y2: below + 8, class: "lv-axis-line" }),
        shape("text", { x: at(value), y: below + 22, "text-anchor": "middle", class: "lv-tick-name" }, strings.signed(value)),
      ]),
      ...words.sort((one, other) => isName(one) - isName(other)), // no stem over a name
    ]);
  }
}
