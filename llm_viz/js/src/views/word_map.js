/** WordMap: words that have been laid out in several ways, in two dimensions or three. */
import { loadLayouts } from "../layouts_file.js";
import { wordMap as strings } from "../strings.js";
import { layoutAtlas } from "../word_map/layout_atlas.js";
import { layoutPanel } from "../word_map/layout_panel.js";
import { mapView } from "../word_map/view.js";
import { loadWords } from "../words_file.js";

/**
 * @param {{ model: import("../word_map/state.js").Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  return mapView({
    model,
    el,
    words: strings,
    controlled: ["word", "colour", "method", "dims"],
    makePanel: layoutPanel,
    open: async ({ words, layouts }) => layoutAtlas(...(await Promise.all([loadWords({ words }, model), loadLayouts(layouts, model)]))),
  });
}

export default { render };
