/**
 * How the followed tokens rise and fall on their way up: probability above, rank below, both in
 * equal steps for equal factors, a line for each token. The layer looked at is marked; when only
 * that changes, only the mark is moved.
 */
import { countText, probabilityText } from "../format.js";
import { keepParts, make, setText } from "../lib/dom.js";
import { makeChip, rove, setChip } from "../lib/chips.js";
import { logitLens as strings } from "../strings.js";
import { picturePlace, shape } from "../words/svg.js";
import { LEAST, PROBABILITIES, downOfProbability, downOfRank, layerNames, points, rankLines } from "./scales.js";
import { rowOf } from "./state.js";

/** @typedef {import("./file.js").Lens} Lens */
/** @typedef {import("./file.js").Path} Path */
/** @typedef {import("./grid.js").Naming} Naming */

const HEIGHT = 112; // of each of the two
const LEFT = 84; // room for the names of lines
const RIGHT = 10;
const TOP = 22; // room for the heading of each
const BELOW = 24;
const DASHES = ["none", "7 3", "2 3", "9 3 2 3", "1 5", "14 4"]; // tells the lines apart without colour
const KINDS = 3; // colours, see lens.css

export function pathPicture() {
  const place = picturePlace("lv-lens-plot", draw);
  const keys = make("ul", { class: "lv-lens-keys" });
  const element = make("div", { class: "lv-lens-paths" }, make("p", { class: "lv-heading" }, strings.paths), place.element, keys, make("p", { class: "lv-note" }, strings.pathsNote));
  const chips = rove(keys);
  /** @type {ReturnType<typeof makeKey>[]} */
  const parts = [];
  /** @type {{ lens: Lens, column: number, name: Naming, paths: Path[] } | null} */
  let shown = null;
  /** @type {SVGElement | null} */
  let mark = null;
  let row = 0;

  return {
    element,
    close: place.close,
    /**
     * @param {Lens} lens
     * @param {{ row: number, column: number }} now
     * @param {Naming} name
     */
    update(lens, now, name) {
      row = now.row;
      if (shown?.lens !== lens || shown.column !== now.column || shown.name !== name) {
        shown = { lens, column: now.column, name, paths: lens.paths(now.column) };
        element.hidden = shown.paths.length === 0;
        if (place.width()) draw(place.width());
      } else moveMark();
      const lines = keepParts(keys, parts, shown.paths.length, makeKey);
      for (const [i, key] of lines.entries()) {
        const { id, probabilities, ranks } = shown.paths[i];
        key.update(i, id, name(id), strings.pathKey({ rank: ranks[row], p: probabilityText(probabilities[row]) }));
      }
      chips.refresh();
    },
  };

  /** @param {number} width */
  function draw(width) {
    if (!shown?.paths.length) return;
    const { lens, paths, name } = shown;
    const right = width - RIGHT;
    const x = (/** @type {number} */ at) => LEFT + (at / Math.max(1, lens.rows - 1)) * (right - LEFT);
    const xs = Array.from({ length: lens.rows }, (_, at) => x(at));
    const ranks = rankLines(paths.flatMap((path) => path.ranks));
    const plots = [
      {
        heading: strings.probabilityPlot,
        lines: PROBABILITIES.map((p) => ({ down: downOfProbability(p), text: p === LEAST ? strings.less : probabilityText(p) })),
        downs: paths.map(({ probabilities }) => probabilities.map(downOfProbability)),
      },
      {
        heading: strings.rankPlot,
        lines: ranks.map((rank) => ({ down: downOfRank(rank, ranks[ranks.length - 1]), text: countText(rank) })),
        downs: paths.map((path) => path.ranks.map((rank) => downOfRank(rank, ranks[ranks.length - 1]))),
      },
    ];
    const bottom = 2 * (TOP + HEIGHT + 8);
    const shapes = plots.flatMap(({ heading, lines, downs }, i) => {
      const top = i * (TOP + HEIGHT + 8) + TOP;
      const y = (/** @type {number} */ down) => top + down * HEIGHT;
      return [
        shape("text", { x: 4, y: top - 8, class: "lv-lens-path-heading" }, heading),
        ...lines.flatMap(({ down, text }) => [
          shape("line", { x1: LEFT, x2: right, y1: y(down), y2: y(down), class: "lv-lens-path-line" }),
          shape("text", { x: LEFT - 6, y: y(down) + 4, "text-anchor": "end", class: "lv-lens-path-name" }, text),
        ]),
        ...downs
          .map((line, path) => shape("polyline", { points: points(xs, line.map(y)), ...looks(path) }))
          .reverse(), // the author's on top
      ];
    });
    const names = layerNames((lens.rows - 1) / (lens.halves ? 2 : 1), (right - LEFT) / 40).map((layer) =>
      shape("text", { x: x(rowOf(layer, lens.halves)), y: bottom + 12, "text-anchor": "middle", class: "lv-lens-path-name" }, String(layer)),
    );
    const axis = shape("text", { x: 4, y: bottom + 12, class: "lv-lens-path-name" }, strings.layer);
    mark = shape("line", { y1: TOP - 4, y2: bottom - 2, class: "lv-lens-path-mark" });
    moveMark();
    place.fill(bottom + BELOW, strings.pathsLabel(`${strings.probabilityPlot}, ${strings.rankPlot}`, paths.map(({ id }) => name(id))), [mark, ...shapes, axis, ...names]);
  }

  function moveMark() {
    if (!mark || !shown) return;
    const at = LEFT + (row / Math.max(1, shown.lens.rows - 1)) * (place.width() - RIGHT - LEFT);
    for (const end of ["x1", "x2"]) mark.setAttribute(end, at.toFixed(1));
  }
}

/** @param {number} path */
function looks(path) {
  return { class: `lv-lens-path lv-lens-path-${path % KINDS}`, fill: "none", "stroke-dasharray": DASHES[path % DASHES.length] };
}

function makeKey() {
  const sample = shape("svg", { width: 34, height: 10, "aria-hidden": "true" });
  const chip = makeChip();
  const value = make("span", { class: "lv-note" });
  const element = make("li", {}, /** @type {any} */ (sample), chip, value);
  let drawn = -1;
  return {
    element,
    /**
     * @param {number} path
     * @param {number} id
     * @param {string} shown
     * @param {string} text
     */
    update(path, id, shown, text) {
      if (drawn !== path) sample.replaceChildren(shape("line", { x1: 1, x2: 33, y1: 5, y2: 5, ...looks(path) }));
      drawn = path;
      setChip(chip, id, shown);
      setText(value, text);
    },
  };
}
