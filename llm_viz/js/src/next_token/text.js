/**
 * The text: which prompt is looked at, its tokens as chips, and the slot for the next one. The
 * reader's own text is run by a source that has the model (Python now); without one it says so.
 */
import { makeChip, rove, setChip } from "../lib/chips.js";
import { freshId, keepParts, make, setNote, setText } from "../lib/dom.js";
import { Problem } from "../problem.js";
import { Superseded } from "../sources/kernel.js";
import { chipText, nextToken as strings } from "../strings.js";

/** @typedef {import("./state.js").Traits} Traits */

const MOST_CHIPS = 200; // of a long text the end is shown: it is what the model continues
const OPTION_LENGTH = 40;

/**
 * @param {object} actions
 * @param {(prompt: number) => void} actions.onPrompt
 * @param {(text: string) => Promise<void>} actions.onRun rejected with a `Problem` if it cannot be run
 */
export function textPanel({ onPrompt, onRun }) {
  const chooser = makeChooser(onPrompt);
  const own = makeOwnText(onRun);
  const strip = makeStrip();
  return {
    element: make("div", { class: "lv-text" }, chooser.element, own.element, strip.element),
    setRunnable: own.setRunnable,
    /**
     * @param {Traits} state
     * @param {import("../trace.js").Trace} trace
     * @param {number} drawn id of the token drawn last, or -1
     * @param {import("./bars.js").Naming} name
     */
    update(state, trace, drawn, name) {
      chooser.update(state);
      own.update(state);
      strip.update(trace, drawn, name);
    },
  };
}

/** @param {(prompt: number) => void} onPrompt */
function makeChooser(onPrompt) {
  const id = freshId();
  const select = make("select", { id });
  select.addEventListener("change", () => onPrompt(Number(select.value)));
  const element = make("div", { class: "lv-chooser" }, make("label", { for: id }, strings.text), select);
  let offered = "";
  return {
    element,
    /** @param {Traits} state */
    update({ traces, labels, text, own, prompt }) {
      const names = traces.map((_, i) => [String(i), labels[i] ?? String(i + 1)]);
      if (own.byteLength) names.push(["-1", strings.ownOption([...text].slice(0, OPTION_LENGTH).join(""))]);
      if (offered !== JSON.stringify(names)) {
        offered = JSON.stringify(names);
        select.replaceChildren(...names.map(([value, label]) => make("option", { value }, label)));
      }
      select.value = String(prompt);
      element.hidden = names.length < 2;
    },
  };
}

/** @param {(text: string) => Promise<void>} onRun */
function makeOwnText(onRun) {
  const id = freshId();
  const input = make("input", { type: "text", id, disabled: true, autocomplete: "off", spellcheck: "false" });
  const button = make("button", { type: "submit", class: "lv-button", disabled: true }, strings.run);
  const hint = make("span", { class: "lv-note", id: freshId() }, strings.needsPython);
  const problem = make("p", { class: "lv-problem", role: "alert", hidden: true });
  input.setAttribute("aria-describedby", hint.id);
  const form = make(
    "form",
    { class: "lv-own", novalidate: true },
    make("label", { for: id }, strings.ownLabel),
    make("div", { class: "lv-own-line" }, input, button),
    hint,
    problem,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    setText(button, strings.running);
    let failure = "";
    try {
      await onRun(input.value);
    } catch (error) {
      if (error instanceof Superseded) return; // the newer run will speak for itself
      if (!(error instanceof Problem)) throw error;
      failure = error.message;
    }
    setText(button, strings.run);
    setNote(problem, failure);
  });
  let seen = "";
  return {
    element: form,
    /** @param {boolean} runnable */
    setRunnable(runnable) {
      input.disabled = button.disabled = !runnable;
      setNote(hint, runnable ? "" : strings.needsPython);
    },
    /** @param {Traits} state */
    update({ text }) {
      if (text !== seen) input.value = seen = text; // and never over what is being typed
    },
  };
}

function makeStrip() {
  const earlier = make("span", { class: "lv-note lv-earlier", hidden: true });
  const chips = make("span", { class: "lv-chips", role: "group" });
  const slot = make("span", { class: "lv-slot" });
  const element = make("div", { class: "lv-strip" }, earlier, chips, slot);
  const roving = rove(chips);
  /** @type {{ element: HTMLButtonElement }[]} */
  const parts = [];
  /** @type {import("../trace.js").Trace | undefined} */
  let seen;
  return {
    element,
    /**
     * @param {import("../trace.js").Trace} trace
     * @param {number} drawn
     * @param {import("./bars.js").Naming} name
     */
    update(trace, drawn, name) {
      const { tokens, tokenIds } = trace;
      const start = Math.max(0, tokens.length - MOST_CHIPS);
      const shown = keepParts(chips, parts, tokens.length - start, () => ({ element: makeChip() }));
      for (const [i, part] of shown.entries()) setChip(part.element, tokenIds[start + i], tokens[start + i]);
      roving.refresh();
      setNote(earlier, start ? chipText.earlier(start) : "");
      chips.setAttribute("aria-label", strings.chips(tokens.length));
      setText(slot, drawn < 0 ? strings.slot : name(drawn));
      slot.classList.toggle("lv-slot-drawn", drawn >= 0);
      if (drawn < 0) delete slot.dataset.token;
      else slot.dataset.token = String(drawn);
      if (trace !== seen) element.scrollTop = element.scrollHeight; // of a long text, show the slot
      seen = trace;
    },
  };
}
