/** Where in the model: one step up or down, or straight to a step, layer or token. */
import { make } from "../lib/dom.js";
import { evenScale, slider } from "../lib/slider.js";
import { stack as strings } from "../strings.js";

/** @typedef {import("./state.js").Scene} Scene */

/**
 * @param {object} actions
 * @param {(step: number) => void} actions.onStep
 * @param {(layer: number) => void} actions.onLayer
 * @param {(position: number) => void} actions.onPosition
 * @param {(sentence: string) => void} actions.onInvalid
 */
export function whereabouts({ onStep, onLayer, onPosition, onInvalid }) {
  let now = { at: 0, last: 0 };
  const button = (/** @type {string} */ text, /** @type {number} */ by) => {
    const element = make("button", { type: "button", class: "lv-button" }, text);
    // Not disabled at either end: that would take the focus from under a finger.
    element.addEventListener("click", () => onStep(Math.max(0, Math.min(now.last, now.at + by))));
    return element;
  };
  const up = button(strings.up, 1);
  up.classList.add("lv-stack-up");
  const buttons = make("div", { class: "lv-stack-steps", role: "group", "aria-label": strings.stepping }, up, button(strings.down, -1));
  /** @type {string[]} of the steps, by index */
  let names = [];
  /** @type {string[]} */
  let tokens = [];
  const step = counted(strings.step, 1, onStep, (n) => names[n - 1] ?? "", onInvalid);
  const layer = counted(strings.layer, 0, onLayer, () => strings.upTo(layer.count() - 1), onInvalid);
  const position = counted(strings.position, 0, onPosition, (n) => strings.positionMark(tokens[n] ?? "", tokens.length - 1), onInvalid);
  return {
    element: make("div", { class: "lv-stack-where" }, buttons, step.element, layer.element, position.element),
    /**
     * @param {Scene} scene
     * @param {number} currentLayer
     */
    update({ stages, steps, at, position: current }, currentLayer) {
      now = { at, last: steps.length - 1 };
      names = steps.map(strings.name);
      tokens = stages.tokens;
      step.update(at, steps.length);
      layer.update(currentLayer, stages.layers);
      position.update(current, stages.tokens.length);
    },
  };
}

/**
 * A slider over things in a row.
 * @param {string} label
 * @param {number} first what the first of them is called: 0 where it is a trace's index, as everywhere
 *   in the book
 * @param {(index: number) => void} onChange
 * @param {(number: number) => string} mark
 * @param {(sentence: string) => void} onInvalid
 */
function counted(label, first, onChange, mark, onInvalid) {
  const element = make("div");
  let count = 0;
  /** @type {ReturnType<typeof slider> | undefined} */
  let made;
  return {
    element,
    count: () => count,
    /**
     * @param {number} index
     * @param {number} of how many there are
     */
    update(index, of) {
      if (of !== count) {
        count = of;
        made = slider({
          label,
          scale: evenScale(first, first + of - 1, 1),
          bounds: [first, first + of - 1, 1],
          mark,
          onChange: (number) => Number.isInteger(number) && onChange(number - first), // 2.5 is half typed
          onInvalid,
        });
        element.replaceChildren(made.element);
      }
      made?.update(index + first);
    },
  };
}
