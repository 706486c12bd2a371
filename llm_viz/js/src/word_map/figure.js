/** A map as plotly's data and layout. Pure. */
import { placeLabels } from "../words/labels.js";

/**
 * @typedef {object} Scene what is to be seen
 * @property {string} key of the map
 * @property {string} label for those who listen
 * @property {Float32Array[]} axes one array a dimension
 * @property {number[]} reach how far they go to both sides
 * @property {string[]} names of all words
 * @property {{ colour: string, symbol: string, places: number[] }[]} groups
 * @property {number | null} chosen its place
 * @property {number[]} near places of the true neighbours
 * @property {number[]} seen places of the nearest on the map
 */
/** @typedef {{ x: number, y: number, zoom: number }} Look at the flat map: its middle, and how close */
/** @typedef {{ width: number, height: number }} Size in pixels */
/** @typedef {{ ink: string, soft: string, panel: string, outline: string, word: string, dot: string }} Colours */

const MARGIN = 0.94; // of the picture that the map fills
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
 * @param {{ x: number, y: number, z: number }} way.eye where one looks from in three dimensions
 * @param {Size} way.size
 * @param {Colours} way.colours
 * @returns {{ data: object[], layout: object, placesOf: (curve: number) => ArrayLike<number> | null }}
 *   `placesOf` gives the places of the points of a curve, null for all in order
 */
export function figureOf(scene, { axes, webgl, labels, drag, look, eye, size, colours }) {
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
  const shrink = solid ? 0.62 : 1;
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
    const named = solid && labels ? { mode: "markers+text", textposition: "top center", textfont: { color: colours.ink, size: 13 } } : {};
    add(near, { ...named, marker: { symbol: "circle", size: 9 * shrink, color: colours.word, line: { color: colours.outline, width: 1 } } });
    add([chosen], { ...named, marker: { symbol: "circle-open", size: 17 * shrink, color: colours.ink, line: { color: colours.ink, width: 3 } } });
  }
  const hidden = { visible: false, fixedrange: false };
  const flat = solid ? { x: [-0.55, 0.55], y: [-0.55, 0.55], perPixel: 1 } : rangesOf(scene.reach, look, size);
  const common = {
    ...size,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: colours.panel,
    plot_bgcolor: colours.panel,
    showlegend: false,
    hovermode: "closest",
    hoverlabel: { bgcolor: colours.panel, bordercolor: colours.ink, font: { color: colours.ink, size: 14 } },
  };
  const range = [-0.55, 0.55];
  const layout = solid
    ? { ...common, scene: { bgcolor: colours.panel, aspectmode: "cube", xaxis: { ...hidden, range }, yaxis: { ...hidden, range }, zaxis: { ...hidden, range }, camera: { eye } } }
    : {
        ...common,
        dragmode: drag && "pan",
        xaxis: { ...hidden, range: flat.x },
        yaxis: { ...hidden, range: flat.y },
        annotations: labels && chosen !== null ? labelsOf(scene, flat, size, colours) : [],
      };
  return { data, layout, placesOf: (curve) => places[curve] };
}

/**
 * Names of the chosen word and its true neighbours, moved apart where they would cover each other.
 * @param {Scene} scene
 * @param {{ x: number[], y: number[], perPixel: number }} ranges
 * @param {Size} size
 * @param {Colours} colours
 */
function labelsOf({ axes: [xs, ys], names, chosen, near }, { x, y, perPixel }, size, colours) {
  const places = [/** @type {number} */ (chosen), ...near];
  const points = places
    .map((place) => ({ place, label: names[place], x: (xs[place] - x[0]) / perPixel, y: (y[1] - ys[place]) / perPixel }))
    .filter((point) => point.x >= 0 && point.x <= size.width && point.y >= 0 && point.y <= size.height);
  return placeLabels(points, size, ROOM).map((at, i) => {
    const { place, label, ...point } = points[i];
    return {
      x: xs[place],
      y: ys[place],
      ax: at.x - point.x,
      ay: at.y - point.y,
      xanchor: { start: "left", middle: "center", end: "right" }[at.anchor],
      yanchor: "middle",
      text: plain(label),
      showarrow: true,
      arrowhead: 0,
      arrowwidth: 1,
      arrowcolor: colours.soft,
      standoff: 4,
      borderpad: 0,
      bgcolor: colours.panel,
      opacity: 0.92,
      font: { size: 14, color: place === chosen ? colours.ink : colours.word, weight: place === chosen ? 700 : 500 },
    };
  });
}

/** Plotly reads some markup in names; a word is text. */
export function plain(/** @type {string} */ word) {
  return word.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign] ?? sign);
}
