/**
 * What every window of a kind loses: starts from left to right, widths upwards, the deeper the
 * colour the more is lost. The present window is framed. A click goes to a window; for the keyboard
 * there are the sliders.
 */
import { make, setText } from "../lib/dom.js";
import { layerWindows as strings } from "../strings.js";
import { shape } from "../words/svg.js";
import { losses } from "./state.js";

/** @typedef {import("./state.js").Seen} Seen */

const CELL = 10;
const LEFT = 22;
const BELOW = 18;
const TICKS = 10; // layers

/**
 * @param {import("./file.js").Group} group
 * @param {(start: number, width: number) => void} onWindow
 */
export function windowMap(group, onWindow) {
  const picture = shape("svg", { class: "lv-window-map", role: "img" });
  const caption = make("p", { class: "lv-note" });
  const frame = shape("rect", { width: CELL, height: CELL, class: "lv-window-here" });
  /** @type {SVGElement[]} */
  let cells = [];
  let drawn = "";
  /** @type {Seen["study"] | null} */
  let of = null;
  picture.addEventListener("click", (event) => {
    const { start, width } = /** @type {SVGElement} */ (event.target).dataset;
    if (start && width) onWindow(Number(start), Number(width));
  });

  const element = make("div", { class: "lv-window-where" }, caption);
  element.append(picture);
  return {
    element,
    /** @param {Seen} seen @param {number[]} items */
    update({ study, window, half, column }, items) {
      const { layers } = study;
      if (!cells.length) lay(layers);
      if (drawn !== `${window.kind} ${half}` || of !== study) {
        [drawn, of] = [`${window.kind} ${half}`, study];
        for (const [i, { lost }] of losses(study, items, window.kind).entries()) cells[i].setAttribute("fill-opacity", lost.toFixed(2));
        setText(caption, strings.map(group, window.kind));
      }
      frame.setAttribute("x", String(LEFT + window.start * CELL));
      frame.setAttribute("y", String((layers - window.width) * CELL));
      const right = items.filter((item) => study.isRight(item, column)).length;
      picture.setAttribute("aria-label", strings.mapLabel(group, window, items.length - right, items.length));
    },
  };

  /** @param {number} layers */
  function lay(layers) {
    const [width, height] = [LEFT + layers * CELL, layers * CELL + BELOW];
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (let start = 0; start < layers; start++) {
      for (let wide = 1; start + wide <= layers; wide++) {
        const cell = shape("rect", { x: LEFT + start * CELL, y: (layers - wide) * CELL, width: CELL, height: CELL, class: "lv-window-cell" });
        cell.dataset.start = String(start);
        cell.dataset.width = String(wide);
        cells.push(cell);
      }
    }
    const ticks = [];
    for (let at = 0; at < layers; at += TICKS) {
      ticks.push(shape("text", { x: LEFT + (at + 0.5) * CELL, y: height - 5, "text-anchor": "middle" }, String(at)));
      if (at) ticks.push(shape("text", { x: LEFT - 5, y: (layers - at + 0.9) * CELL, "text-anchor": "end" }, String(at)));
    }
    // Where nothing is lost, its ground shows.
    const steps = Array.from({ length: layers }, () => `h${CELL}v${CELL}`).join("");
    picture.append(
      shape("path", { d: `M${LEFT} ${layers * CELL}V0${steps}z`, class: "lv-window-ground" }),
      ...cells,
      ...ticks,
      shape("text", { x: LEFT - 5, y: (layers - 0.1) * CELL, "text-anchor": "end" }, "1"),
      shape("text", { x: width, y: height - 5, "text-anchor": "end" }, strings.mapStart),
      shape("text", { x: LEFT + CELL + 4, y: 9 }, strings.mapWidth(layers)),
      frame,
    );
  }
}
