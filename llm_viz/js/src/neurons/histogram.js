/**
 * How often a neuron is how strong, over all tokens read. The bins widen away from 0, and the counts
 * stand on a logarithmic scale: a neuron is almost always near 0, and rarely far from it.
 */
import { make } from "../lib/dom.js";
import { neurons as strings } from "../strings.js";
import { probabilityText, countText } from "../format.js";
import { picturePlace, shape } from "../words/svg.js";

/** @typedef {import("./file.js").Neuron} Neuron */

const HEIGHT = 150;
const LEFT = 50;
const TOP = 16;
const BELOW = 20;
const GROUND = 0.4; // decades below a count of 1, so that a single token is seen
const TICKS = [-8, -1, 0, 1, 8];
const COUNTS = [1, 100, 10_000]; // that have a line

export function histogram() {
  /** @type {{ neuron: Neuron, side: 0 | 1 } | null} */
  let shown = null;
  const place = picturePlace("lv-neuron-histogram", () => shown && draw(shown.neuron, shown.side));
  return {
    element: make("div", { class: "lv-neuron-often" }, make("p", { class: "lv-heading" }, strings.histogram), place.element, make("p", { class: "lv-note" }, strings.histogramNote)),
    close: place.close,
    /**
     * @param {Neuron} neuron
     * @param {0 | 1} side
     */
    update(neuron, side) {
      if (shown?.neuron === neuron && shown.side === side) return;
      shown = { neuron, side };
      if (place.width()) draw(neuron, side);
    },
  };

  /**
   * @param {Neuron} neuron
   * @param {0 | 1} side
   */
  function draw({ histogram: counts, edges }, side) {
    const [width, floor] = [place.width(), HEIGHT - BELOW];
    const highest = Math.ceil(Math.log10(Math.max(10, ...counts)));
    const step = (width - LEFT) / counts.length;
    const x = (/** @type {number} */ bin) => LEFT + bin * step;
    const y = (/** @type {number} */ decades) => TOP + (1 - (decades + GROUND) / (highest + GROUND)) * (floor - TOP);
    const shapes = COUNTS.filter((count) => count <= 10 ** highest).flatMap((count) => {
      const at = y(Math.log10(count));
      return [
        shape("line", { x1: LEFT, x2: width, y1: at, y2: at, class: "lv-neuron-grid" }),
        shape("text", { x: LEFT - 5, y: at + 4, "text-anchor": "end", class: "lv-neuron-tick" }, countText(count)),
      ];
    });
    shapes.push(shape("text", { x: 0, y: 10, class: "lv-neuron-tick" }, strings.tokens));
    for (const kind of /** @type {const} */ (["negative", "middle", "positive"])) {
      const bars = Array.from(counts, (count, bin) => {
        const of = edges[bin] >= 0 ? "positive" : edges[bin + 1] <= 0 ? "negative" : "middle";
        if (!count || of !== kind) return "";
        return `M${x(bin).toFixed(1)} ${floor}V${y(Math.log10(count)).toFixed(1)}h${(step - 0.6).toFixed(1)}V${floor}z`;
      });
      const faint = kind !== "middle" && (kind === "negative") !== (side === 1);
      shapes.push(shape("path", { d: bars.join(""), class: `lv-neuron-count lv-neuron-${kind}${faint ? " lv-neuron-faint" : ""}` }));
    }
    shapes.push(shape("line", { x1: LEFT, x2: width, y1: floor, y2: floor, class: "lv-neuron-axis" }));
    for (const tick of TICKS) {
      const at = placeOf(edges, tick);
      if (at === null) continue;
      shapes.push(
        shape("line", { x1: x(at), x2: x(at), y1: floor, y2: floor + 4, class: "lv-neuron-axis" }),
        shape("text", { x: x(at), y: HEIGHT - 3, "text-anchor": "middle", class: "lv-neuron-tick" }, strings.bin(tick)),
      );
    }
    place.fill(HEIGHT, labelOf(counts, edges), shapes);
  }
}

/**
 * Where a value lies on the axis, in bins; every bin is equally wide.
 * @param {Float32Array} edges
 * @param {number} value
 */
export function placeOf(edges, value) {
  const bin = edges.findIndex((edge, i) => edge <= value && value < edges[i + 1]);
  return bin < 0 ? null : bin + (value - edges[bin]) / (edges[bin + 1] - edges[bin]);
}

/**
 * @param {Uint32Array} counts
 * @param {Float32Array} edges
 */
function labelOf(counts, edges) {
  let [all, below, above] = [0, 0, 0];
  for (const [bin, count] of counts.entries()) {
    all += count;
    if (edges[bin + 1] <= -1) below += count;
    if (edges[bin] >= 1) above += count;
  }
  return strings.histogramLabel(all, probabilityText(all ? below / all : 0), probabilityText(all ? above / all : 0));
}
