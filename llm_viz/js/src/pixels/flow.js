/**
 * The network: pixels left, outputs right, a line for each weight. Either an image flows forward
 * on the weights as they are, or the last example's error has come back and each line is a nudge.
 */
import { signedColour } from "../direction/line.js";
import { pixelNetwork as strings } from "../strings.js";
import { picturePlace, shape } from "../words/svg.js";
import { grey } from "./display.js";
import { highest, SYMBOLS } from "./network.js";

/**
 * @typedef {object} Flow
 * @property {Float64Array[]} values of pixels, hidden neurons and outputs
 * @property {Float64Array[]} lines of each layer: how thick, and which way
 * @property {Float64Array[] | null} errors that came back, or null where an image flows forward
 * @property {number} symbol what was wanted; of use with errors only
 * @property {string} label
 */

const HEIGHT = 330;
const TOP = 26;
const LEFT = 30;
const BARS = 0.3; // of the width, for the outputs' names and bars
const LEAST_BARS = 120; // pixels
export const THICKEST = 4.5;

/** The largest size of any number. @param {Float64Array[]} parts */
export function mostOf(parts) {
  return parts.reduce((most, part) => part.reduce((so, x) => Math.max(so, Math.abs(x)), most), 0);
}

export function flowPicture() {
  /** @type {Flow | null} */
  let shown = null;
  const place = picturePlace("lv-px-flow", draw);
  return {
    element: place.element,
    close: place.close,
    /** @param {Flow} flow */
    update(flow) {
      shown = flow;
      if (place.width()) draw(place.width());
    },
  };

  /** @param {number} width */
  function draw(width) {
    if (!shown) return;
    const { values, lines, errors, symbol, label } = shown;
    const end = values.length - 1;
    const right = width - Math.max(LEAST_BARS, Math.min(200, BARS * width));
    const spread = values.map(({ length }) => (HEIGHT - TOP) / length);
    const x = (/** @type {number} */ layer) => LEFT + (layer / end) * (right - LEFT);
    const y = (/** @type {number} */ layer, /** @type {number} */ i) => TOP + (i + 0.5) * spread[layer];
    const round = Math.min(11, 0.4 * Math.min(...spread));
    const most = mostOf(lines) || 1;

    /** @type {SVGElement[]} */
    const shapes = strings.columns.map((name, layer) =>
      shape("text", { x: layer ? x(layer) : LEFT - 20, y: 13, "text-anchor": layer ? "middle" : "start", class: "lv-px-text" }, name),
    );
    for (const [l, numbers] of lines.entries()) {
      const wide = values[l].length;
      for (const [at, number] of numbers.entries()) {
        const share = Math.abs(number) / most;
        if (share < 0.004) continue; // thinner than can be seen
        const [to, from] = [Math.floor(at / wide), at % wide];
        shapes.push(shape("line", {
          x1: x(l).toFixed(1), y1: y(l, from).toFixed(1), x2: x(l + 1).toFixed(1), y2: y(l + 1, to).toFixed(1),
          class: number < 0 ? "lv-px-minus" : "lv-px-plus",
          "stroke-width": (0.25 + (THICKEST - 0.25) * share).toFixed(2), "stroke-opacity": (0.2 + 0.7 * share).toFixed(2),
        }));
      }
    }
    const strongest = errors ? mostOf(errors) || 1 : 1;
    for (const [layer, numbers] of values.entries()) {
      for (const [i, value] of numbers.entries()) {
        const [cx, cy] = [x(layer), y(layer, i)];
        if (!layer) {
          shapes.push(
            shape("rect", { x: cx - round, y: cy - round, width: 2 * round, height: 2 * round, fill: grey(value), class: "lv-px-node" }),
            shape("text", { x: cx - round - 6, y: cy + 4, "text-anchor": "end", class: "lv-px-text" }, String(i + 1)),
          );
        } else if (errors) {
          shapes.push(shape("circle", { cx, cy, r: round, fill: signedColour(errors[layer - 1][i] / strongest), class: "lv-px-node" }));
        } else if (layer < end) {
          shapes.push(shape("circle", { cx, cy, r: round, fill: signedColour(value), class: "lv-px-node" }));
        } else {
          shapes.push(
            shape("circle", { cx, cy, r: round, class: "lv-px-node lv-px-empty" }),
            shape("circle", { cx, cy, r: round, "fill-opacity": value.toFixed(3), class: "lv-px-output" }),
          );
        }
      }
    }
    const outputs = values[end];
    const wins = highest(outputs);
    const [from, length] = [right + round + 7, width - right - round - 8];
    for (const [i, output] of outputs.entries()) {
      const at = y(end, i);
      const text = errors ? strings.outputError(output, i === symbol) : strings.output(output);
      const best = i === wins ? " lv-px-wins" : "";
      shapes.push(
        shape("text", { x: from, y: at - 8, class: `lv-px-name${best}` }, strings.symbols[SYMBOLS[i]]),
        shape("rect", { x: from, y: at - 3, width: length, height: 9, class: "lv-px-track" }),
        shape("rect", { x: from, y: at - 3, width: (output * length).toFixed(1), height: 9, class: "lv-px-bar" }),
        shape("text", { x: from, y: at + 20, class: `lv-px-name${best}` }, text),
      );
    }
    place.fill(HEIGHT, label, shapes);
  }
}
