/** What the reader chooses: how many induction heads are off, and which lines are shown. */
import { freshId, keepParts, make, setText } from "../lib/dom.js";
import { evenScale, slider } from "../lib/slider.js";
import { induction as strings } from "../strings.js";
import { LINES } from "./state.js";

/** @typedef {import("./state.js").Lines} Lines */

/**
 * @param {number} most heads that can be off
 * @param {object} actions
 * @param {(changes: { off?: number, line?: Lines }) => void} actions.onChange
 * @param {(sentence: string) => void} actions.onInvalid
 */
export function controls(most, { onChange, onInvalid }) {
  const off = slider({
    label: strings.off,
    scale: evenScale(0, most, 1),
    bounds: [0, most, 1],
    mark: (n) => strings.offMark(n, most),
    onChange: (n) => onChange({ off: n }),
    onInvalid,
  });
  const heads = make("ol", { class: "lv-loss-heads" });
  /** @type {ReturnType<typeof makeHead>[]} */
  const parts = [];
  const group = freshId();
  const choices = LINES.map((line) => {
    const input = make("input", { type: "radio", name: group, value: line });
    input.addEventListener("change", () => onChange({ line }));
    return { line, input, label: make("label", {}, input, make("span", {}, strings.line[line])) };
  });
  return {
    element: make(
      "div",
      { class: "lv-loss-controls" },
      off.element,
      make("div", { class: "lv-note lv-loss-order" }, make("span", {}, strings.order), heads),
      make("div", { class: "lv-loss-lines", role: "radiogroup", "aria-label": strings.lines }, make("span", {}, strings.lines), ...choices.map(({ label }) => label)),
    ),
    /** @param {import("./state.js").Seen} seen */
    update({ figures, off: gone, line }) {
      off.update(gone);
      for (const [i, head] of keepParts(heads, parts, most, makeHead).entries()) head.update(figures.told.heads[i], i < gone);
      for (const choice of choices) choice.input.checked = choice.line === line;
    },
  };
}

function makeHead() {
  const name = make("span");
  const state = make("span", { class: "lv-spoken" });
  const element = make("li", { class: "lv-loss-head" }, name, state);
  return {
    element,
    /** @param {string} label @param {boolean} off */
    update(label, off) {
      setText(name, label);
      setText(state, ` ${strings.headState(off)}`);
      element.classList.toggle("lv-loss-gone", off);
    },
  };
}
