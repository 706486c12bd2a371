/** What is restored, and what the colours of the map mean. */
import { probabilityText } from "../format.js";
import { freshId, make, setNote, setText } from "../lib/dom.js";
import { causalTrace as strings } from "../strings.js";

/** @typedef {import("./file.js").Kind} Kind */

/** @param {(kind: Kind) => void} onKind */
export function kindChoice(onKind) {
  const group = freshId();
  const options = /** @type {Kind[]} */ (Object.keys(strings.kinds)).map((kind) => {
    const input = make("input", { type: "radio", name: group, value: kind });
    input.addEventListener("change", () => onKind(kind));
    return { kind, input, label: make("label", { class: `lv-trace-kind lv-trace-of-${kind}` }, input, make("span", {}, strings.kinds[kind])) };
  });
  return {
    element: make("div", { class: "lv-trace-kinds", role: "radiogroup", "aria-label": strings.kind }, make("span", {}, strings.kind), ...options.map(({ label }) => label)),
    /** @param {Kind[]} held @param {Kind} kind */
    update(held, kind) {
      for (const option of options) {
        option.input.checked = option.kind === kind;
        option.label.hidden = !held.includes(option.kind);
      }
    },
  };
}

export function legend() {
  const what = make("span");
  const end = make("span");
  const window = make("span");
  const noise = make("span");
  const scale = make("span", { class: "lv-trace-scale", "aria-hidden": "true" });
  const chip = make("span", { class: "lv-trace-sample lv-trace-noisy", "aria-hidden": "true" });
  return {
    element: make(
      "div",
      { class: "lv-note lv-trace-legend" },
      what,
      make("span", { class: "lv-trace-ends" }, probabilityText(0), scale, end),
      window,
      make("span", { class: "lv-trace-ends" }, chip, strings.noisy),
      noise,
    ),
    /** @param {import("./state.js").Seen} seen */
    update({ traced, kind }) {
      setText(what, strings.legend(traced.answer.name));
      setText(end, strings.legendEnd(probabilityText(traced.pClean)));
      setNote(window, kind === "hidden" ? "" : strings.legendWindow(traced.window));
      setText(noise, strings.noiseIs(traced.noise, traced.noises));
    },
  };
}
