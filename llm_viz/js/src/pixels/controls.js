/** What the reader does: show examples, choose the picture, the learning rate, the size, the start. */
import { freshId, make } from "../lib/dom.js";
import { evenScale, listScale, slider } from "../lib/slider.js";
import { pixelNetwork as strings } from "../strings.js";
import { BOUNDS } from "./state.js";

/** @typedef {import("./state.js").Traits} Traits */
/**
 * @typedef {object} Actions
 * @property {(changes: Partial<Traits>) => void} onChange
 * @property {(sentence: string) => void} onInvalid
 */

const RATES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const MOST = BOUNDS.seen[1];

/** Buttons that show examples. @param {Pick<Actions, "onChange">} actions */
export function lessons({ onChange }) {
  /** @type {Traits | null} */
  let now = null;
  const buttons = Object.entries(strings.show).map(([count, name]) => {
    const button = make("button", { type: "button", class: "lv-button" }, name);
    button.addEventListener("click", () => {
      if (!now) return;
      const seen = now.seen + Number(count);
      if (seen <= MOST) onChange({ seen, ...(count === "1" ? { look: /** @type {const} */ ("lesson") } : {}) });
    });
    return { count: Number(count), button };
  });
  const full = make("p", { class: "lv-note", id: freshId() }, strings.full(MOST));
  return {
    element: make("div", { class: "lv-px-lessons" }, ...buttons.map(({ button }) => button), full),
    /** @param {Traits} state */
    update(state) {
      now = state;
      for (const { count, button } of buttons) {
        button.disabled = state.seen + count > MOST;
        if (button.disabled) button.setAttribute("aria-describedby", full.id);
        else button.removeAttribute("aria-describedby");
      }
      full.hidden = !buttons.some(({ button }) => button.disabled);
    },
  };
}

/** Whether the picture shows the reader's image or the last lesson. @param {Pick<Actions, "onChange">} actions */
export function looks({ onChange }) {
  const group = freshId();
  const none = make("span", { class: "lv-note", id: freshId() }, strings.noLesson);
  const choices = /** @type {Traits["look"][]} */ (Object.keys(strings.look)).map((look) => {
    const input = make("input", { type: "radio", name: group, value: look });
    if (look === "lesson") input.setAttribute("aria-describedby", none.id);
    input.addEventListener("change", () => onChange({ look }));
    return { look, input, label: make("label", {}, input, make("span", {}, strings.look[look])) };
  });
  return {
    element: make("div", { class: "lv-px-looks", role: "radiogroup", "aria-label": strings.looks }, make("span", {}, strings.looks), ...choices.map(({ label }) => label), none),
    /** @param {Traits["look"]} shown @param {boolean} taught whether there is a lesson to show */
    update(shown, taught) {
      for (const { look, input } of choices) {
        input.checked = look === shown;
        input.disabled = look === "lesson" && !taught;
      }
      none.hidden = taught;
    },
  };
}

/** The sliders, and the button for another start. @param {Actions} actions */
export function settings({ onChange, onInvalid }) {
  let seed = 0;
  const rate = slider({
    label: strings.rate,
    scale: listScale(RATES),
    bounds: [BOUNDS.rate[0], BOUNDS.rate[1], 0.001],
    mark: strings.rateMark,
    onChange: (value) => onChange({ rate: value }),
    onInvalid,
  });
  const hidden = slider({
    label: strings.hidden,
    scale: evenScale(BOUNDS.hidden[0], BOUNDS.hidden[1], 1),
    bounds: [BOUNDS.hidden[0], BOUNDS.hidden[1], 1],
    mark: strings.hiddenMark,
    onChange: (value) => onChange({ hidden: value }),
    onInvalid,
  });
  const restart = make("button", { type: "button", class: "lv-button" }, strings.restart);
  restart.addEventListener("click", () => onChange({ seed: (seed + 1) % (BOUNDS.seed[1] + 1), seen: 0, look: "image" }));
  return {
    element: make("div", { class: "lv-px-settings" }, rate.element, hidden.element, make("p", { class: "lv-note" }, strings.again), restart),
    /** @param {Traits} state */
    update(state) {
      seed = state.seed;
      rate.update(state.rate);
      hidden.update(state.hidden);
    },
  };
}
