/** A question of the reader's own, put to the model with the window off; without one it says so. */
import { freshId, make, setNote } from "../lib/dom.js";
import { submits } from "../lib/submits.js";
import { layerWindows as strings, ownText as shared } from "../strings.js";
import { outcomes } from "./item.js";

/** @typedef {import("./state.js").OwnOutcome} OwnOutcome */

/** @param {(text: string, answer: string) => Promise<void>} onRun rejected with a `Problem` if it cannot be run */
export function ownQuestion(onRun) {
  const hint = make("span", { class: "lv-note", id: freshId() }, strings.needsPython);
  const [text, answer] = ["text", "answer"].map(() => {
    const input = make("input", { type: "text", id: freshId(), disabled: true, autocomplete: "off", spellcheck: "false" });
    input.setAttribute("aria-describedby", hint.id);
    return input;
  });
  const button = make("button", { type: "submit", class: "lv-button", disabled: true }, shared.run);
  const problem = make("p", { class: "lv-problem", role: "alert", hidden: true });
  const form = make(
    "form",
    { class: "lv-own", novalidate: true },
    make("label", { for: text.id }, strings.ownText),
    make("div", { class: "lv-own-line" }, text),
    make("label", { for: answer.id }, strings.ownAnswer),
    make("div", { class: "lv-own-line" }, answer, button),
    hint,
    problem,
  );
  const lines = outcomes();
  submits(form, button, problem, () => onRun(text.value, answer.value));
  const outcome = (/** @type {OwnOutcome} */ { logProb, best, right }) => ({ p: Math.exp(logProb), best, right });
  return {
    element: make("div", { class: "lv-window-own" }, make("p", { class: "lv-heading" }, strings.ownHeading), form, lines.element),
    setRunnable() {
      for (const control of [text, answer, button]) control.disabled = false;
      setNote(hint, "");
    },
    /** @param {import("./state.js").Own | null} own */
    update(own) {
      lines.element.hidden = !own;
      if (!own) return;
      const line = { text: own.text, word: own.answer.replace("·", ""), before: outcome(own.before), after: outcome(own.after) };
      lines.update([line], strings.window(own.window));
    },
  };
}
