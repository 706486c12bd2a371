/** What the views of words have in common: they wait for the words, and draw again when a trait changes. */
import { redrawOn } from "../lib/redraw.js";
import { loadWords } from "../words_file.js";

/**
 * @param {object} view
 * @param {import("@anywidget/types").AnyModel<any>} view.model
 * @param {readonly string[]} view.watched the traits that the picture depends on
 * @param {() => void} view.draw
 * @param {(words: import("../words.js").Words) => void} view.onWords they have come
 * @param {(error: unknown) => void} view.onFailure they have not
 * @returns {() => void} stops following
 */
export function followWords({ model, watched, draw, onWords, onFailure }) {
  let closed = false;
  const bring = async () => {
    try {
      onWords(await loadWords(model.get("assets") ?? {}, model));
      if (!closed) draw();
    } catch (error) {
      if (!closed) onFailure(error);
    }
  };
  const stop = redrawOn(model, watched, draw);
  model.on("change:assets", bring);
  draw();
  bring();
  return () => {
    closed = true;
    stop();
    model.off("change:assets", bring);
  };
}
