/**
 * The gap between the senses over the layers, with its interval, the layer that is chosen, and the
 * means of the kinds of words. All words of a figure are drawn on one scale.
 */
import { senseMap as strings } from "../strings.js";
import { picturePlace, shape } from "../words/svg.js";
import { layerTicks } from "./layout.js";

/** @typedef {import("./state.js").Picture} Picture */

const HEIGHT = 200;
const LEFT = 34;
const RIGHT = 12;
const TOP = 10;
const BELOW = 26;
const GROUP_DASHES = ["9 4", "2 4", "12 3 2 3"]; // homonyms, polysemes, words of one sense; saved with the picture

/** @param {(layer: number) => void} onChoose a layer was pointed at */
export function gapCurve(onChoose) {
  /** @type {Picture | null} */
  let shown = null;
  /** @type {SVGElement[]} */
  let now = [];
  let drawnFor = "";
  const place = picturePlace("lv-gap-curve", () => shown && draw());
  place.element.addEventListener("click", (event) => {
    if (!shown) return;
    const x = event.clientX - place.element.getBoundingClientRect().left;
    const depth = Math.round(((x - LEFT) / (place.width() - LEFT - RIGHT)) * shown.model.layers);
    onChoose(Math.max(0, Math.min(shown.model.layers, depth)) - 1);
  });
  return {
    element: place.element,
    close: place.close,
    /** @param {Picture} picture */
    update(picture) {
      shown = picture;
      if (place.width()) draw();
    },
  };

  function draw() {
    const picture = /** @type {Picture} */ (shown);
    const { word, model, cue, depth, result } = picture;
    const { x, y } = scales(picture, place.width());
    const key = [place.width(), word.word, word.kind, model.name, model.layers, cue].join(" ");
    if (key !== drawnFor) build(picture, x, y);
    drawnFor = key;
    const [line, dot] = now;
    for (const end of ["x1", "x2"]) line.setAttribute(end, String(x(depth)));
    dot.setAttribute("cx", String(x(depth)));
    dot.setAttribute("cy", String(y(result.gap(depth).value)));
  }

  /**
   * @param {Picture} picture
   * @param {(depth: number) => number} x
   * @param {(gap: number) => number} y
   */
  function build({ word, model, result, senses }, x, y) {
    const depths = Array.from({ length: model.layers + 1 }, (_, i) => i);
    const path = (/** @type {(depth: number) => number} */ value) => depths.map((depth) => `${x(depth).toFixed(1)},${y(value(depth)).toFixed(1)}`);
    const band = [...path((depth) => result.gap(depth).high), ...path((depth) => result.gap(depth).low).reverse()];
    const best = depths.reduce((one, other) => (result.gap(other).value > result.gap(one).value ? other : one), 0);
    now = [
      shape("line", { y1: TOP, y2: HEIGHT - BELOW, class: "lv-now" }),
      shape("circle", { r: 5, class: "lv-now-dot" }),
    ];
    const edge = HEIGHT - BELOW;
    place.fill(HEIGHT, strings.curve(word.word, strings.signed(result.gap(best).value), best - 1), [
      ...gapTicks(senses.range).flatMap((value) => [
        shape("line", { x1: LEFT, x2: place.width() - RIGHT, y1: y(value), y2: y(value), class: value ? "lv-grid" : "lv-axis-line" }),
        shape("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end", class: "lv-tick-name" }, value ? value.toFixed(1).replace("-", "\u2212") : "0"),
      ]),
      ...layerTicks(model.layers).map((layer) => shape("text", { x: x(layer + 1), y: edge + 18, "text-anchor": "middle", class: "lv-tick-name" }, strings.shortLayer(layer))),
      shape("polygon", { points: band.join(" "), class: "lv-band" }),
      ...result.groups.map((group, i) => shape("polyline", { points: path(group).join(" "), class: "lv-group", "stroke-dasharray": GROUP_DASHES[i] })),
      now[0],
      shape("polyline", { points: path((depth) => result.gap(depth).value).join(" "), class: "lv-gap-line" }),
      now[1],
    ]);
  }
}

/**
 * @param {Picture} picture
 * @param {number} width
 */
function scales({ model, senses: { range: [low, high] } }, width) {
  return {
    x: (/** @type {number} */ depth) => LEFT + (depth / model.layers) * (width - LEFT - RIGHT),
    y: (/** @type {number} */ gap) => TOP + ((high - gap) / (high - low)) * (HEIGHT - TOP - BELOW),
  };
}

/** Round values within a range. @param {[number, number]} range */
function gapTicks([low, high]) {
  const step = high - low > 1 ? 0.5 : 0.2;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(1, Math.floor(high / step) - first + 1) }, (_, i) => (first + i) * step);
}

/** What the lines mean, beside the curve. @param {string[]} texts */
export function curveKeys(texts) {
  return texts.map((text, i) => {
    const line = shape("svg", { class: "lv-gap-curve lv-curve-key", viewBox: "0 0 28 10", width: 28, height: 10, "aria-hidden": "true" },
      ...(i === 0 ? [shape("rect", { width: 28, height: 10, class: "lv-band" })] : []),
      shape("line", { x1: 0, x2: 28, y1: 5, y2: 5, ...(i === 0 ? { class: "lv-gap-line" } : { class: "lv-group", "stroke-dasharray": GROUP_DASHES[i - 1] }) }));
    return { line, text };
  });
}
