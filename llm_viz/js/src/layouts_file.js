/** Reads the file of maps that `publish_maps` in `llm_viz/widgets/word_assets.py` writes. */
import { loadAsset } from "./assets.js";
import { Problem } from "./problem.js";
import { readSafetensors } from "./safetensors.js";
import { layoutErrors as errors } from "./strings.js";

/** @typedef {{ points: Uint16Array, dims: number, kept: number }} WordLayout `points` one word after the other */
/**
 * @typedef {object} Layouts
 * @property {string} words digest of the words that the maps are of
 * @property {(name: string) => WordLayout} layout
 */

/**
 * @param {string | undefined} name of the asset
 * @param {import("@anywidget/types").AnyModel<any>} model
 */
export async function loadLayouts(name, model) {
  if (!name) throw new Problem(errors.unnamed);
  return parseLayouts(await loadAsset(name, model));
}

/**
 * @param {ArrayBuffer} content
 * @returns {Layouts} whose `layout` throws a `Problem` for a map that is not there or damaged
 * @throws {Problem} the file is cut short, foreign, or contradicts itself
 */
export function parseLayouts(content) {
  const file = readSafetensors(content, "llm_viz_layouts", 1, errors);
  const { words, kept } = file.told;
  if (typeof words !== "string") throw new Problem(errors.damaged("list of words"));
  return {
    words,
    layout(name) {
      const { data, shape: [n, dims] } = file.array(name, "U16", 2);
      if (!n || (dims !== 2 && dims !== 3)) throw new Problem(errors.damaged(name));
      const share = kept?.[name];
      if (!(share >= 0 && share <= 1)) throw new Problem(errors.damaged(`share that “${name}” keeps`));
      return { points: data, dims, kept: share };
    },
  };
}
