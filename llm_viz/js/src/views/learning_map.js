/** LearningMap: words that are being learned, one map for each time that the text was read. */
import { loadLearning } from "../learning_file.js";
import { learningMap as strings } from "../strings.js";
import { epochPanel } from "../word_map/epoch_panel.js";
import { learningAtlas } from "../word_map/learning_atlas.js";
import { mapView } from "../word_map/view.js";

/**
 * @param {{ model: import("../word_map/state.js").Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  return mapView({
    model,
    el,
    words: strings,
    controlled: ["word", "colour", "epoch"],
    makePanel: epochPanel(model.get("epochs") ?? 0),
    open: async ({ learning }) => learningAtlas(await loadLearning(learning, model)),
  });
}

export default { render };
