/** The atlas of words that are being learned: a map for each epoch. Pure. */
import { probabilityText } from "../format.js";
import { Problem } from "../problem.js";
import { learningMap as strings } from "../strings.js";
import { WordList } from "../word_list.js";
import { axesOf, extentOf, nearestTo, reachOf } from "./near.js";

/**
 * @param {import("../learning_file.js").Learning} learning
 * @returns {import("./view.js").Atlas}
 */
export function learningAtlas(learning) {
  const words = new WordList(learning.words);
  const { k, last } = learning;
  // One frame for all epochs, so that nothing moves but words.
  const whole = extentOf(learning.places, 2);
  const reach = reachOf(whole);
  /** @type {Map<number, Float32Array[]>} */
  const opened = new Map();
  return {
    words,
    sheet({ epoch = last }) {
      if (!Number.isInteger(epoch) || epoch < 0 || epoch > last) throw new Problem(strings.noEpoch(epoch, last));
      const points = learning.points(epoch);
      const axes = opened.get(epoch) ?? axesOf(points, 2, whole);
      opened.set(epoch, axes);
      return {
        key: `epoch${epoch}`,
        frame: "epochs",
        name: strings.mapName(epoch),
        dims: 2,
        axes,
        reach,
        k,
        kept: strings.kept(probabilityText(learning.kept[epoch]), words.size, k),
        trueNote: strings.trueNote,
        figures: strings.figures(learning.loss[epoch], learning.wordsim[epoch], learning.pairs),
        without: {},
        near: (place) => Array.from(learning.neighbours(epoch, place), (other) => ({ place: other, cosine: null })),
        seen: (place) => nearestTo(points, 2, place, k),
      };
    },
  };
}
