/**
 * A field for a word, or for several: completed while it is typed, taken when the reader is done
 * with it. What is wrong with it stands below it, with the nearest words to choose from.
 */
import { freshId, keepParts, make, setText } from "../lib/dom.js";
import { wordField as strings } from "../strings.js";

const OFFERED = 8;
const LONGEST = 2000; // as in llm_viz/widgets/base.py

/** @typedef {{ message: string, suggestions: string[], typed: string }} Wrong `typed` is the part that is wrong */

/**
 * @param {object} field
 * @param {string} field.label
 * @param {(typed: string) => void} field.onTyped
 * @param {(beginning: string, k: number) => string[]} field.complete
 */
export function wordField({ label, onTyped, complete }) {
  const id = freshId();
  const options = make("datalist", { id: freshId() });
  const input = make("input", {
    id,
    type: "text",
    list: options.id,
    maxlength: LONGEST,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    dir: "auto",
  });
  const sentence = make("span");
  const offers = make("span", { class: "lv-offers" });
  const note = make("p", { class: "lv-problem lv-wrong", id: freshId(), role: "alert", hidden: true }, sentence, offers);
  const name = make("label", { for: id }, label);
  const element = make("div", { class: "lv-word-field" }, name, input, options, note);
  let seen = "";
  /** @type {Wrong | null} */
  let told = null;
  /** @type {ReturnType<typeof makeOffer>[]} */
  const buttons = [];

  input.addEventListener("input", (event) => {
    const parts = splitLast(input.value);
    options.replaceChildren(...complete(parts.last, OFFERED).map((word) => make("option", { value: parts.before + word })));
    // Chosen from the list: it has been typed to its end.
    if (!(event instanceof InputEvent) || event.inputType === "insertReplacementText") take(input.value);
  });
  input.addEventListener("change", () => take(input.value));

  /** @param {string} typed */
  function take(typed) {
    const trimmed = typed.trim();
    if (trimmed === seen) return;
    seen = trimmed;
    onTyped(trimmed);
  }

  function makeOffer() {
    const button = make("button", { type: "button", class: "lv-button" });
    button.addEventListener("click", () => {
      if (!told) return;
      const mended = seen.replace(told.typed, () => button.textContent ?? "");
      input.value = mended;
      input.focus();
      take(mended);
    });
    return { element: button };
  }

  return {
    element,
    /** @param {string} text */
    rename: (text) => setText(name, text),
    /**
     * @param {string} value
     * @param {Wrong | null} wrong
     */
    update(value, wrong) {
      if (value !== seen) input.value = seen = value; // and never over what is being typed
      told = wrong;
      setText(sentence, wrong?.message ?? "");
      const words = wrong?.suggestions ?? [];
      for (const [i, { element: button }] of keepParts(offers, buttons, words.length, makeOffer).entries()) {
        setText(button, words[i]);
        button.setAttribute("aria-label", strings.take(words[i]));
      }
      note.hidden = !wrong;
      input.setAttribute("aria-invalid", String(Boolean(wrong)));
      if (wrong) input.setAttribute("aria-describedby", note.id);
      else input.removeAttribute("aria-describedby");
    },
  };
}

/** What is completed in a list is its last word. */
function splitLast(/** @type {string} */ text) {
  const at = Math.max(text.lastIndexOf(","), text.lastIndexOf(" ")) + 1;
  return { before: text.slice(0, at), last: text.slice(at) };
}
