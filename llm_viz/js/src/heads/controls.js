/** Native controls with their labels. */
import { freshId, make } from "../lib/dom.js";

/**
 * @template {string} Value
 * @param {string} label
 * @param {Record<Value, string>} choices the name of each value
 * @param {(value: Value) => void} onChange
 */
export function choice(label, choices, onChange) {
  const id = freshId();
  const options = Object.entries(choices).map(([value, name]) => make("option", { value }, /** @type {string} */ (name)));
  const select = make("select", { id }, ...options);
  select.addEventListener("change", () => onChange(/** @type {Value} */ (select.value)));
  return { element: make("div", { class: "lv-heads-choice" }, make("label", { for: id }, label), select), select };
}

/**
 * @param {string} label
 * @param {(on: boolean) => void} onChange
 */
export function checkBox(label, onChange) {
  const box = make("input", { type: "checkbox" });
  box.addEventListener("change", () => onChange(box.checked));
  return { element: make("label", { class: "lv-heads-choice" }, box, label), box };
}

/** @param {string} label @param {() => void} onPress */
export function button(label, onPress) {
  const element = make("button", { type: "button", class: "lv-button" }, label);
  element.addEventListener("click", onPress);
  return element;
}
