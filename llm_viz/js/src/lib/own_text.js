/** A line for the reader's own text, run by a source that has the model; without one it says so. */
import { ownText as strings } from "../strings.js";
import { freshId, make, setNote } from "./dom.js";
import { submits } from "./submits.js";

/**
 * @param {(text: string) => Promise<void>} onRun rejected with a `Problem` if it cannot be run
 */
export function ownText(onRun) {
  const id = freshId();
  const input = make("input", { type: "text", id, disabled: true, autocomplete: "off", spellcheck: "false" });
  const button = make("button", { type: "submit", class: "lv-button", disabled: true }, strings.run);
  const hint = make("span", { class: "lv-note", id: freshId() }, strings.needsPython);
  const problem = make("p", { class: "lv-problem", role: "alert", hidden: true });
  input.setAttribute("aria-describedby", hint.id);
  const form = make(
    "form",
    { class: "lv-own", novalidate: true },
    make("label", { for: id }, strings.label),
    make("div", { class: "lv-own-line" }, input, button),
    hint,
    problem,
  );
  submits(form, button, problem, () => onRun(input.value));
  let seen = "";
  return {
    element: form,
    /** @param {boolean} runnable */
    setRunnable(runnable) {
      input.disabled = button.disabled = !runnable;
      setNote(hint, runnable ? "" : strings.needsPython);
    },
    /** @param {string} text */
    update(text) {
      if (text !== seen) input.value = seen = text; // and never over what is being typed
    },
  };
}
