/** The atlas of words that have been laid out in several ways. Pure. */
import { probabilityText } from "../format.js";
import { Problem } from "../problem.js";
import { layoutErrors as errors, wordMap as strings } from "../strings.js";
import { axesOf, extentOf, nearestTo, reachOf } from "./near.js";
import { chooseMap } from "./state.js";

/** @typedef {import("./view.js").Sheet} Sheet */

const NEIGHBOURS = 10;

/**
 * @param {import("../words.js").Words} words
 * @param {import("../layouts_file.js").Layouts} layouts
 * @returns {import("./view.js").Atlas}
 * @throws {Problem} the maps are of other words
 */
export function layoutAtlas(words, layouts) {
  if (words.digest !== layouts.words) throw new Problem(errors.otherWords);
  /** @type {Map<string, import("../layouts_file.js").WordLayout & Pick<Sheet, "axes" | "reach">>} */
  const opened = new Map();
  const open = (/** @type {import("./state.js").MapEntry} */ { tensor, name }) => {
    const known = opened.get(tensor);
    if (known) return known;
    const layout = layouts.layout(tensor);
    const n = layout.points.length / layout.dims;
    if (n !== words.size) throw new Problem(errors.size(name, n, words.size));
    const extent = extentOf(layout.points, layout.dims);
    const made = { ...layout, axes: axesOf(layout.points, layout.dims, extent), reach: reachOf(extent) };
    opened.set(tensor, made);
    return made;
  };
  const k = Math.min(NEIGHBOURS, words.size - 1);
  return {
    words,
    sheet(state, webgl) {
      const { map, without } = chooseMap(state.maps ?? [], state, webgl);
      const { points, dims, axes, reach, kept } = open(map);
      return {
        key: map.tensor,
        frame: map.tensor,
        name: strings.mapName(map.name, dims),
        dims,
        axes,
        reach,
        k,
        kept: strings.kept(map.name, dims, probabilityText(kept), words.size, k),
        trueNote: strings.trueNote(words.width),
        without,
        near: (place) => words.neighbours(words.words[place], k).map(({ word, cosine }) => ({ place: words.place(word), cosine })),
        seen: (place) => nearestTo(points, dims, place, k),
      };
    },
  };
}
