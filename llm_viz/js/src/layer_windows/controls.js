/** What the reader chooses: which kind is off, the window, which items are counted. */
import { freshId, make, setNote, setText } from "../lib/dom.js";
import { evenScale, slider } from "../lib/slider.js";
import { layerWindows as strings } from "../strings.js";
import { GROUPS, KINDS, isSame } from "./file.js";
import { HALVES, moved } from "./state.js";

/** @typedef {import("./state.js").Seen} Seen */
/** @typedef {Partial<import("./state.js").Traits>} Changes */

/**
 * @param {number} layers
 * @param {object} actions
 * @param {(changes: Changes) => void} actions.onChange
 * @param {(sentence: string) => void} actions.onInvalid
 */
export function controls(layers, { onChange, onInvalid }) {
  let now = { start: 0, width: 1 };
  const kind = radios(strings.kinds, KINDS, strings.kind, (value) => onChange({ kind: value }));
  const half = radios(strings.halves, HALVES, strings.half, (value) => onChange({ half: value }));
  const start = slider({
    label: strings.start,
    scale: evenScale(0, layers - 1, 1),
    bounds: [0, layers - 1, 1],
    mark: (n) => strings.startMark(n, layers),
    onChange: (value) => onChange(moved(now, { start: value }, layers)),
    onInvalid,
  });
  const width = slider({
    label: strings.width,
    scale: evenScale(1, layers, 1),
    bounds: [1, layers, 1],
    mark: strings.widthMark,
    onChange: (value) => onChange(moved(now, { width: value }, layers)),
    onInvalid,
  });
  return {
    element: make("div", { class: "lv-window-controls" }, kind.element, make("div", { class: "lv-window-sliders" }, start.element, width.element), half.element),
    /** @param {Seen} seen */
    update({ window, half: counted }) {
      now = { start: window.start, width: window.width };
      kind.update(window.kind);
      start.update(window.start);
      width.update(window.width);
      half.update(counted);
    },
  };
}

/**
 * @template {string} Value
 * @param {string} label
 * @param {readonly Value[]} values
 * @param {Record<Value, string>} names
 * @param {(value: Value) => void} onChange
 */
function radios(label, values, names, onChange) {
  const group = freshId();
  const choices = values.map((value) => {
    const input = make("input", { type: "radio", name: group, value });
    input.addEventListener("change", () => onChange(value));
    return { value, input, element: make("label", {}, input, make("span", {}, names[value])) };
  });
  return {
    element: make("div", { class: "lv-window-radios", role: "radiogroup", "aria-label": label }, make("span", {}, label), ...choices.map(({ element }) => element)),
    /** @param {Value} now */
    update(now) {
      for (const { value, input } of choices) input.checked = value === now;
    },
  };
}

/**
 * The windows of the present kind and width that were chosen, and how they fare where they were not.
 * @param {(changes: Changes) => void} onChange
 */
export function chosenWindows(onChange) {
  const rows = GROUPS.map((lowers) => {
    const button = make("button", { type: "button", class: "lv-button" });
    const text = make("span", { class: "lv-note" });
    /** @type {Changes} */
    let window = {};
    button.addEventListener("click", () => onChange(window));
    const element = make("li", { class: "lv-window-chosen" }, button, text);
    return {
      element,
      /** @param {import("./file.js").Chosen | undefined} chosen @param {Seen} seen */
      update(chosen, seen) {
        element.hidden = !chosen;
        if (!chosen) return;
        window = { ...chosen.window };
        setText(button, strings.window(chosen.window));
        button.setAttribute("aria-pressed", String(isSame(chosen.window, seen.window)));
        setText(text, strings.chosen(lowers, chosen));
      },
    };
  });
  const heading = make("p", { class: "lv-heading" });
  const none = make("p", { class: "lv-note" });
  return {
    element: make("div", { class: "lv-window-choices" }, heading, make("ul", {}, ...rows.map(({ element }) => element)), none),
    /** @param {Seen} seen */
    update(seen) {
      const { study, window } = seen;
      setText(heading, strings.chosenHeading(window));
      const fitting = study.chosen.filter((each) => each.window.kind === window.kind && each.window.width === window.width);
      for (const [i, row] of rows.entries()) row.update(fitting.find(({ lowers }) => lowers === GROUPS[i]), seen);
      const widths = [...new Set(study.chosen.map((each) => each.window.width))].sort((a, b) => a - b);
      setNote(none, fitting.length ? "" : strings.noneChosen(widths));
    },
  };
}
