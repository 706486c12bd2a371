/**
 * A labelled range slider with a number box beside it and, where a control can be switched off, a
 * check box. All three are native inputs and always agree.
 */
import { freshId, make, setText } from "./dom.js";
import { sliderText as strings } from "../strings.js";

/**
 * The positions of a slider and the values they stand for.
 * @typedef {object} Scale
 * @property {number} last the highest position; the lowest is 0
 * @property {(position: number) => number} toValue
 * @property {(value: number) => number} toPosition the nearest one
 */
/**
 * @typedef {object} Options
 * @property {string} label
 * @property {Scale} scale
 * @property {[min: number, max: number, step: number]} bounds of the number box
 * @property {{ position: number, first: number, text: string }} [off] where the slider stands when
 *   the control is off, the value it takes when first switched on, and the word in the number box
 * @property {(value: any) => string} mark a few words on what the value does
 * @property {(value: any) => void} onChange a number, or null for off
 * @property {(sentence: string) => void} onInvalid what is wrong with a number typed in
 */

/**
 * Even steps from `min` to `max`.
 * @param {number} min
 * @param {number} max
 * @param {number} step
 * @returns {Scale}
 */
export function evenScale(min, max, step) {
  const last = Math.round((max - min) / step);
  return {
    last,
    toValue: (position) => Number((min + position * step).toFixed(6)), // 0.15, not 0.15000000000000002
    toPosition: (value) => Math.max(0, Math.min(last, Math.round((value - min) / step))),
  };
}

/**
 * Hand-picked values, rising.
 * @param {number[]} values
 * @returns {Scale}
 */
export function listScale(values) {
  return {
    last: values.length - 1,
    toValue: (position) => values[position],
    toPosition: (value) => {
      const distances = values.map((listed) => Math.abs(listed - value));
      return distances.indexOf(Math.min(...distances));
    },
  };
}

/**
 * @param {Options} options
 * @returns {{ element: HTMLElement, update: (value: number | null) => void }}
 */
export function slider({ label, scale, bounds: [min, max, step], off, mark, onChange, onInvalid }) {
  const rangeId = freshId();
  const range = make("input", { type: "range", id: rangeId, min: 0, max: scale.last, step: 1 });
  const box = make("input", { type: "number", min, max, step, inputmode: "decimal", "aria-label": strings.asNumber(label) });
  const note = make("span", { class: "lv-note", "aria-hidden": "true" });
  const name = make("span", {}, make("label", { for: rangeId }, label));
  const element = make("div", { class: "lv-slider" }, name, box, range, note);

  /** @type {number | null} */
  let current = null;
  let resting = off?.first ?? min; // what switching on brings back

  /** @type {HTMLInputElement | undefined} */
  let check;
  if (off) {
    box.placeholder = off.text;
    check = make("input", { type: "checkbox", "aria-label": `${label}: on` });
    check.addEventListener("change", () => onChange(check?.checked ? resting : null));
    name.prepend(make("label", {}, check)); // a label can be as large as a finger needs
  }

  range.addEventListener("input", () => {
    const position = range.valueAsNumber;
    onChange(off?.position === position ? null : scale.toValue(position));
  });
  box.addEventListener("input", () => {
    const value = box.valueAsNumber;
    if (Number.isNaN(value)) return; // half typed
    if (value < min || value > max) onInvalid(strings.notInRange(label, box.value, min, max));
    else onChange(value);
  });
  box.addEventListener("change", () => {
    if (off && box.value === "" && !box.validity.badInput) onChange(null);
    else writeBox();
  });

  const writeBox = () => {
    box.value = current === null ? "" : String(current);
  };

  return {
    element,
    update(value) {
      current = value;
      if (value !== null) resting = value;
      if (check) check.checked = value !== null;
      element.classList.toggle("lv-off", value === null);
      const position = value === null ? (off?.position ?? 0) : scale.toPosition(value);
      if (range.valueAsNumber !== position) range.value = String(position);
      range.setAttribute("aria-valuetext", value === null ? strings.off : `${value}, ${mark(value)}`);
      // Rewriting "1." while it is being typed would lose the point.
      if (value === null || box.valueAsNumber !== value) writeBox();
      setText(note, mark(value));
    },
  };
}
