/** The chosen pattern large, as a matrix or as lines, and what the pointer finds in it. */
import { probabilityText } from "../format.js";
import { make, setText } from "../lib/dom.js";
import { attentionHeads as strings } from "../strings.js";
import { drawArcs } from "./arcs.js";
import { drawMatrix } from "./matrix.js";

/** @typedef {import("./matrix.js").Shown} Shown */
/** @typedef {{ query: number, key: number | null }} Pointed */

/**
 * @param {object} actions
 * @param {(pointed: Pointed | null) => void} actions.onPoint
 * @param {(query: number) => void} actions.onPress
 */
export function largePicture({ onPoint, onPress }) {
  const canvas = make("canvas", { role: "img" });
  const element = make("div", { class: "lv-heads-large" }, canvas);
  const note = make("p", { class: "lv-note" });
  /** @type {{ shown: Shown, kind: "matrix" | "arcs", name: string } | null} */
  let now = null;
  /** @type {(x: number, y: number) => Pointed | null} */
  let at = () => null;
  /** @type {Pointed | null} */
  let pointed = null;

  const point = (/** @type {Pointed | null} */ found) => {
    if (found?.query === pointed?.query && found?.key === pointed?.key) return;
    pointed = found;
    onPoint(found);
  };
  canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => point(at(offsetX, offsetY)));
  canvas.addEventListener("pointerleave", () => point(null));
  canvas.addEventListener("click", () => pointed && onPress(pointed.query));

  function redraw() {
    const width = element.clientWidth;
    if (!now || !width) return;
    const { shown, kind, name } = now;
    canvas.setAttribute("aria-label", strings.pictureLabel(name));
    if (kind === "matrix") {
      const drawn = drawMatrix(canvas, width, shown);
      at = drawn.at;
      setText(note, strings.matrixNote(shown.pattern.causal, drawn.block));
    } else {
      const drawn = drawArcs(canvas, width, shown, strings.columnsOfArcs);
      at = drawn.at;
      setText(note, strings.arcsNote(probabilityText(drawn.least)));
    }
  }
  return {
    element,
    note,
    /** @param {Shown} shown @param {"matrix" | "arcs"} kind @param {string} name */
    update(shown, kind, name) {
      now = { shown, kind, name };
      redraw();
    },
    redraw,
  };
}
