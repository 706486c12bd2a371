/** The text that the reader types: cut while they type, so nothing has to be pressed. */
import { freshId, make } from "../lib/dom.js";
import { tokens as strings } from "../strings.js";
import { MOST } from "./state.js";

/**
 * @param {object} actions
 * @param {(text: string) => void} actions.onType given as much of the text as is cut
 * @param {() => void} actions.onFocus the reader is about to type
 */
export function textField({ onType, onFocus }) {
  const id = freshId();
  const input = make("textarea", {
    id,
    rows: 2,
    dir: "auto",
    placeholder: strings.placeholder,
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
  });
  let seen = "";
  input.addEventListener("input", () => {
    seen = [...input.value].slice(0, MOST).join("");
    onType(seen);
  });
  input.addEventListener("focus", onFocus);
  return {
    element: make("div", { class: "lv-typed" }, make("label", { for: id }, strings.field), input),
    /** @param {string} text */
    update(text) {
      if (text !== seen) input.value = seen = text; // and never over what is being typed
    },
    /** How many characters stand in the field; more than `MOST` are not cut. */
    length: () => [...input.value].length,
  };
}
