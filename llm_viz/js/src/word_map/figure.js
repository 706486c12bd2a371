/** A map as plotly's data and layout. Pure. */
import { placeLabels } from "../words/labels.js";

/**
 * @typedef {object} Scene what is to be seen
 * @property {string} key of the map
 * @property {string} frame maps of one frame are looked at from one place
 * @property {string} label for those who listen
 * @property {Float32Array[]} axes one array a dimension
 * @property {number[]} reach how far they go to both sides
 * @property {string[]} names of all words, as plotly reads them: see `plain`
 * @property {{ colour: string, symbol: string, places: number[] }[]} groups
 * @property {number | null} chosen its place
 * @property {number[]} near places of the true neighbours
 * @property {number[]} seen places of the nearest on the map
 */
/** @typedef {{ x: number, y: number, zoom: number }} Look at the flat map: its middle, and how close */
/** @typedef {{ x: number, y: number, z: number }} Spot */
/** @typedef {{ width: number, height: number }} Size in pixels */
/** @typedef {{ ink: string, soft: string, panel: string, outline: string, word: string, dot: string }} Colours */

const MARGIN = 0.94; // of the picture that the map fills
export const SIDE = 1.1; // of the box that holds a solid map, whose longest side is 1
const ROOM = 14; // steps that a name may stand off its word
export const FEW = 3000; // of the most frequent words, where each is an element of the page

/**
 * What is seen of each direction of the flat map, both on one scale.
 * @param {number[]} reach of the map to both sides
 * @param {Look} look
 * @param {Size} size
 */
export function rangesOf([wide, high], { x, y, zoom }, { width, height }) {
  const perPixel = Math.max((2 * wide) / width, (2 * high) / height, 1e-9) / (MARGIN * zoom);
  const [across, up] = [(width * perPixel) / 2, (height * perPixel) / 2];
  return { x: [x - across, x + across], y: [y - up, y + up], perPixel };
}

/**
 * @param {Scene} scene
 * @param {object} way
 * @param {Float32Array[]} way.axes where the points are now, on their way to those of the scene
 * @param {boolean} way.webgl
 * @param {boolean} way.labels whether names stand on the map: not while it moves
 * @param {boolean} way.drag whether the flat map can be dragged
 * @param {Look} way.look
 * @param {{ eye: Spot, center: Spot }} way.camera where one looks from and to in three dimensions
 * @param {Size} way.size
 * @param {Colours} way.colours
 * @returns {{ data: object[], layout: object, placesOf: (curve: number) => ArrayLike<number> | null }}
 *   `placesOf` gives the places of the points of a curve, null for all in order
 */
export function figureOf(scene, { axes, webgl, labels, drag, look, camera, size, colours }) {
  const solid = axes.length === 3;
  const { names, groups, chosen, near, seen } = scene;
  const type = solid ? "scatter3d" : webgl ? "scattergl" : "scatter";
  /** @type {(ArrayLike<number> | null)[]} */
  const places = [];
  /** @type {object[]} */
  const data = [];
  /**
   * @param {number[] | null} which null for all
   * @param {object} rest
   */
  const add = (which, rest) => {
    const [x, y, z] = axes.map((axis) => (which ? which.map((place) => axis[place]) : axis));
    places.push(which);
    data.push({ type, mode: "markers", x, y, ...(solid ? { z } : {}), text: which ? which.map((place) => names[place]) : names, hovertemplate: "%{text}<extra></extra>", ...rest });
  };
  const shrink = solid ? 0.42 : 1; // plotly draws them larger there
  const grown = 1 + Math.log2(look.zoom) / 4;
  const all = webgl ? null : names.slice(0, FEW).map((_, place) => place);
  add(all, { marker: { size: solid ? 1 : 3 * grown, color: colours.dot, opacity: solid ? 0.35 : 0.6, line: { width: 0 } } });
  for (const { colour, symbol, places: members } of groups) {
    const line = symbol.endsWith("-open") ? { color: colour, width: 2 } : { color: colours.outline, width: solid ? 0 : 1 };
    add(members, { marker: { symbol, size: 9 * shrink, color: colour, line } });
  }
  if (chosen !== null) {
    const joined = near.flatMap((place) => [chosen, place, -1]); // no point at -1: the line breaks
    add(joined, { mode: "lines", line: { color: colours.word, width: solid ? 3 : 1.5 }, hoverinfo: "skip", hovertemplate: null, text: null });
    add(seen, { marker: { symbol: "square-open", size: 14 * shrink, color: colours.ink, line: { color: colours.ink, width: 2 } } });
    add(near, { marker: { symbol: "circle", size: 9 * shrink, color: colours.word, line: { color: colours.outline, width: 1 } } });
    add([chosen], { marker: { symbol: "circle-open", size: 17 * shrink, color: colours.ink, line: { color: colours.ink, width: 3 } } });
  }
  const hidden = { visible: false };
  const common = {
    ...size,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: colours.panel,
    plot_bgcolor: colours.panel,
    showlegend: false,
    hovermode: "closest",
    hoverlabel: { bgcolor: colours.panel, bordercolor: colours.ink, font: { color: colours.ink, size: 14 } },
  };
  const named = labels && chosen !== null;
  const curve = { data, placesOf: (/** @type {number} */ i) => places[i] };
  if (solid) {
    const axis = { ...hidden, range: [-SIDE / 2, SIDE / 2] };
    const box = { bgcolor: colours.panel, aspectmode: "cube", xaxis: axis, yaxis: axis, zaxis: axis, camera };
    return { ...curve, layout: { ...common, scene: { ...box, annotations: named ? solidLabels(scene, colours) : [] } } };
  }
  const ranges = rangesOf(scene.reach, look, size);
  const annotations = named ? flatLabels(scene, ranges, size, colours) : [];
  const [xaxis, yaxis] = [ranges.x, ranges.y].map((range) => ({ ...hidden, range }));
  return { ...curve, layout: { ...common, dragmode: drag && "pan", xaxis, yaxis, annotations } };
}

/**
 * Names of the chosen word and its true neighbours, moved apart where they would cover each other.
 * @param {Scene} scene
 * @param {{ x: number[], y: number[], perPixel: number }} ranges
 * @param {Size} size
 * @param {Colours} colours
 */
function flatLabels(scene, { x, y, perPixel }, size, colours) {
  const { axes: [xs, ys], names, chosen, near } = scene;
  const places = [/** @type {number} */ (chosen), ...near];
  const points = places
    .map((place) => ({ place, label: names[place], x: (xs[place] - x[0]) / perPixel, y: (y[1] - ys[place]) / perPixel }))
    .filter((point) => point.x >= 0 && point.x <= size.width && point.y >= 0 && point.y <= size.height);
  return placeLabels(points, size, ROOM).map((at, i) => {
    const { place, x: left, y: top } = points[i];
    return { ...labelOf(scene, place, colours), x: xs[place], y: ys[place], ax: at.x - left, ay: at.y - top, xanchor: ANCHORS[at.anchor] };
  });
}

/**
 * The same names in a column on either side: where the words are on the screen changes as it turns.
 * @param {Scene} scene
 * @param {Colours} colours
 */
function solidLabels(scene, colours) {
  const places = [/** @type {number} */ (scene.chosen), ...scene.near];
  return places.map((place, i) => {
    const [x, y, z] = scene.axes.map((axis) => axis[place]);
    const [side, row] = [i % 2 ? -1 : 1, (i >> 1) - (places.length - 1) / 4];
    return { ...labelOf(scene, place, colours), x, y, z, ax: 60 * side, ay: 19 * row, xanchor: side < 0 ? "right" : "left" };
  });
}

const ANCHORS = { start: "left", middle: "center", end: "right" };

/**
 * @param {Scene} scene
 * @param {number} place
 * @param {Colours} colours
 */
function labelOf({ names, chosen }, place, { ink, soft, panel, word }) {
  const arrow = { showarrow: true, arrowhead: 0, arrowwidth: 1, arrowcolor: soft, standoff: 4 };
  const [color, weight] = place === chosen ? [ink, 700] : [word, 500];
  return { text: names[place], ...arrow, yanchor: "middle", borderpad: 0, bgcolor: panel, opacity: 0.92, font: { size: 14, color, weight } };
}

/** Plotly reads some markup in names; a word is text. */
export function plain(/** @type {string} */ word) {
  return word.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign] ?? sign);
}
