/** Whole models as bars on one straight axis, from the largest down to ours in steps of ten. */
import { freshId, keepParts, make, setNote, setText } from "../lib/dom.js";
import { modelSizes as strings } from "../strings.js";
import { axisEnd, pieces } from "./ruler.js";
import { ZOOMS } from "./state.js";

/** @typedef {import("./state.js").Sized} Sized */

const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** @param {(zoom: number) => void} onZoom */
export function sizeBars(onZoom) {
  const group = freshId();
  const choices = Array.from({ length: ZOOMS }, (_, zoom) => {
    const input = make("input", { type: "radio", name: group, value: zoom });
    input.addEventListener("change", () => onZoom(zoom));
    const name = make("span");
    return { input, name, label: make("label", {}, input, name) };
  });
  const switches = make("div", { class: "lv-note lv-sizes-zoom", role: "radiogroup", "aria-label": strings.zoom }, strings.zoom, ...choices.map(({ label }) => label));
  const list = make("ol", { class: "lv-sizes-models" });
  const ticks = make("div", { class: "lv-note lv-sizes-ticks", "aria-hidden": "true" }, ...TICKS.map((at) => {
    const tick = make("span");
    tick.style.left = `${100 * at}%`;
    return tick;
  }));
  const keys = make("ul", { class: "lv-note lv-sizes-keys" }, ...Object.entries(strings.keys).map(([part, text]) =>
    make("li", {}, make("span", { class: `lv-sizes-key lv-sizes-of-${part}`, "aria-hidden": "true" }), text),
  ));
  /** @type {ReturnType<typeof makeModel>[]} */
  const rows = [];
  const axis = make("p", { class: "lv-note lv-sizes-axis" }, strings.axis);
  return {
    element: make("div", { class: "lv-sizes-picture" }, switches, list, ticks, axis, keys),
    /**
     * @param {Sized[]} sizes
     * @param {number} zoom
     */
    update(sizes, zoom) {
      const end = axisEnd(sizes, zoom);
      for (const [i, { input, name }] of choices.entries()) {
        input.checked = i === zoom;
        setText(name, strings.inWords(axisEnd(sizes, i)));
      }
      const shown = [...sizes].sort((one, other) => other.total - one.total);
      list.setAttribute("aria-label", strings.label(shown));
      for (const [i, row] of keepParts(list, rows, shown.length, makeModel).entries()) row.update(shown[i], end);
      for (const [i, tick] of [...ticks.children].entries()) setText(tick, i ? strings.inWords(TICKS[i] * end) : "0");
    },
  };
}

function makeModel() {
  const name = make("span", { class: "lv-sizes-model" });
  const total = make("span", { class: "lv-sizes-total" });
  const track = make("span", { class: "lv-sizes-length", "aria-hidden": "true" });
  const note = make("span", { class: "lv-note" });
  const beyond = make("span", { class: "lv-note lv-sizes-beyond" });
  const element = make("li", {}, name, total, track, note, beyond);
  /** @type {{ element: HTMLElement }[]} */
  const parts = [];
  return {
    element,
    /**
     * @param {Sized} model
     * @param {number} end
     */
    update(model, end) {
      element.classList.toggle("lv-sizes-ours", model.ours);
      setText(name, model.ours ? strings.ours(model.name) : model.name);
      setText(total, strings.inWords(model.total));
      setText(note, strings.split(model));
      setNote(beyond, model.total > end ? strings.beyond(model.total / end) : "");
      track.classList.toggle("lv-sizes-cut", model.total > end);
      const drawn = pieces(model, end);
      for (const [i, { element: piece }] of keepParts(track, parts, drawn.length, () => ({ element: make("span") })).entries()) {
        const { part, start, width } = drawn[i];
        piece.className = `lv-sizes-piece lv-sizes-of-${part === "unembedding" ? "embedding" : part}`;
        piece.style.left = `${100 * start}%`;
        piece.style.width = `${100 * width}%`;
      }
    },
  };
}

/**
 * A model's numbers as a row of the table.
 * @param {Sized} model
 */
export function tableRow(model) {
  const { n_layers, n_heads, d_model, d_mlp, embedding, unembedding, attention, mlp, total } = model;
  const numbers = [n_layers, n_layers * n_heads, d_model, d_mlp, embedding + unembedding, attention, mlp, total];
  return [model.ours ? strings.ours(model.name) : model.name, ...numbers.map(strings.count), model.source];
}
