/**
 * The text: which prompt is looked at, its tokens as chips, and the slot for the next one. The
 * reader's own text is run by a source that has the model (Python now); without one it says so.
 */
import { makeChip, rove, setChip } from "../lib/chips.js";
import { keepParts, make, setNote, setText } from "../lib/dom.js";
import { ownText } from "../lib/own_text.js";
import { promptChooser } from "../lib/prompt_chooser.js";
import { chipText, nextToken as strings } from "../strings.js";

/** @typedef {import("./state.js").Traits} Traits */

const MOST_CHIPS = 200; // of a long text the end is shown: it is what the model continues

/**
 * @param {object} actions
 * @param {(prompt: number) => void} actions.onPrompt
 * @param {(text: string) => Promise<void>} actions.onRun rejected with a `Problem` if it cannot be run
 */
export function textPanel({ onPrompt, onRun }) {
  const chooser = promptChooser({ className: "lv-chooser", label: strings.text, ownOption: strings.ownOption, onPrompt });
  const own = ownText(onRun);
  const strip = makeStrip();
  return {
    element: make("div", { class: "lv-text" }, chooser.element, own.element, strip.element),
    strip: strip.element,
    setRunnable: own.setRunnable,
    /**
     * @param {Traits} state
     * @param {import("../trace.js").Trace} trace
     * @param {number} drawn id of the token drawn last, or -1
     * @param {import("./bars.js").Naming} name
     */
    update(state, trace, drawn, name) {
      chooser.update(state.traces.length, state);
      own.update(state.text);
      strip.update(trace, drawn, name);
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
