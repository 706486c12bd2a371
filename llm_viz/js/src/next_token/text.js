/**
 * The text: which prompt is looked at, its tokens as chips, and the slot for the next one. The
 * reader's own text is run by a source that has the model (Python now); without one it says so.
 */
import { makeChip, rove, setChip } from "../lib/chips.js";
import { freshId, keepParts, make, setNote, setText } from "../lib/dom.js";
import { ownText } from "../lib/own_text.js";
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
      chooser.update(state);
      own.update(state.text);
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
