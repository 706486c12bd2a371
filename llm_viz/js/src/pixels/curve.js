/** The loss, example by example, in so many points as can be told apart. */
import { make, setText } from "../lib/dom.js";
import { pixelNetwork as strings } from "../strings.js";
import { picturePlace, shape } from "../words/svg.js";
import { curveOf } from "./learner.js";

const HEIGHT = 190;
const [LEFT, RIGHT, TOP, BELOW] = [26, 6, 26, 22];
const POINTS = 100;
// The loss if every output is always 1/4, the share of each symbol: ln 4 + 3 ln(4/3).
const GUESSING = Math.log(4) + 3 * Math.log(4 / 3);

export function lossCurve() {
  const note = make("p", { class: "lv-note" });
  let losses = new Float64Array(0);
  const place = picturePlace("lv-px-curve", draw);
  return {
    element: make("div", {}, make("p", { class: "lv-heading" }, strings.curve), place.element, note),
    close: place.close,
    /** @param {Float64Array} shown */
    update(shown) {
      losses = shown.slice();
      setText(note, losses.length ? strings.curveNote(curveOf(losses, POINTS).width) : strings.curveEmpty);
      if (place.width()) draw(place.width());
    },
  };

  /** @param {number} width */
  function draw(width) {
    const { points } = curveOf(losses, POINTS);
    const top = Math.ceil(Math.max(GUESSING, ...points.map(({ loss }) => loss)));
    const x = (/** @type {number} */ at) => LEFT + (at / Math.max(1, losses.length)) * (width - LEFT - RIGHT);
    const y = (/** @type {number} */ loss) => TOP + (1 - loss / top) * (HEIGHT - TOP - BELOW);
    const across = (/** @type {number} */ loss, /** @type {object} */ more) => shape("line", { x1: LEFT, x2: width - RIGHT, y1: y(loss), y2: y(loss), ...more });
    const line = points.map(({ at, loss }) => `${x(at).toFixed(1)},${y(loss).toFixed(1)}`).join(" ");
    const drawn = points.length === 1 ? [shape("circle", { cx: x(points[0].at), cy: y(points[0].loss), r: 3, class: "lv-px-dot" })] : [shape("polyline", { points: line, class: "lv-px-loss" })];
    place.fill(HEIGHT, strings.curveLabel(losses.length, points[0]?.loss ?? 0, points[points.length - 1]?.loss ?? 0), [
      across(0, { class: "lv-px-axis" }),
      across(GUESSING, { class: "lv-px-axis", "stroke-dasharray": "5 4" }),
      shape("text", { x: 0, y: 12, class: "lv-px-text" }, strings.curveAxis),
      ...[0, top].map((loss) => shape("text", { x: LEFT - 6, y: y(loss) + 4, "text-anchor": "end", class: "lv-px-text" }, String(loss))),
      shape("text", { x: width - RIGHT, y: HEIGHT - 5, "text-anchor": "end", class: "lv-px-text" }, strings.curveEnd(losses.length)),
      ...drawn,
    ]);
  }
}
