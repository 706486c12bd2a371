/** One item, or the reader's own question: what is said with everything on and with the window off. */
import { keepParts, make, setNote, setText } from "../lib/dom.js";
import { layerWindows as strings } from "../strings.js";
import { TELLINGS } from "./file.js";

/** @typedef {import("./state.js").Seen} Seen */
/** @typedef {import("./file.js").Outcome} Outcome */
/** @typedef {{ text: string, word: string, before: Outcome, after: Outcome | null }} Line a prompt, and the word that is followed after it */

export function itemPanel() {
  const heading = make("p", { class: "lv-heading" });
  const lines = outcomes();
  const note = make("p", { class: "lv-note" });
  const element = make("div", { class: "lv-window-panel" }, heading, lines.element, note);
  return {
    element,
    /** @param {Seen} seen */
    update(seen) {
      const { study, item, window, column } = seen;
      lines.element.hidden = item < 0;
      if (item < 0) {
        setText(heading, strings.noItem);
        return setNote(note, "");
      }
      const { group, kind, told, asked, answer, wrong, half } = study.items[item];
      setText(heading, strings.item(group, kind, half));
      /** @type {Line[]} */
      const shown = [{ text: told + asked, word: answer.trim(), before: study.before(item), after: study.after(item, column) }];
      for (const telling of group === "fact" ? TELLINGS : []) {
        const word = telling === "fact" ? answer : wrong;
        const before = /** @type {Outcome} */ (study.told(telling, item, null));
        shown.push({ text: `${asked}${word}. ${asked}`, word: word.trim(), before, after: study.told(telling, item, window) });
      }
      lines.update(shown, strings.window(window));
      setNote(note, shown.some(({ after }) => !after) ? strings.notTold(study.toldWindows.filter(({ kind: each }) => each === window.kind)) : "");
    },
  };
}

/** Lines of a small table: a prompt, then what came with everything on, then with a window off. */
export function outcomes() {
  const off = make("span");
  const head = make("div", { class: "lv-window-line lv-window-line-head", "aria-hidden": "true" }, make("span", {}, strings.prompt), make("span", {}, strings.on), off);
  const list = make("ul");
  /** @type {ReturnType<typeof makeLine>[]} */
  const parts = [];
  return {
    element: make("div", { class: "lv-window-lines" }, head, list),
    /** @param {Line[]} lines @param {string} window */
    update(lines, window) {
      setText(off, strings.off(window));
      for (const [i, part] of keepParts(list, parts, lines.length, makeLine).entries()) part.update(lines[i], window);
    },
  };
}

function makeLine() {
  const text = make("span", { class: "lv-window-prompt" });
  const [on, off] = [makeOutcome(), makeOutcome()];
  return {
    element: make("li", { class: "lv-window-line" }, text, on.element, off.element),
    /** @param {Line} line @param {string} window */
    update(line, window) {
      setText(text, `${line.text} …`);
      on.update(line.before, line.word, strings.on);
      off.update(line.after, line.word, strings.off(window));
    },
  };
}

function makeOutcome() {
  const when = make("span", { class: "lv-window-when" });
  const said = make("span", { class: "lv-window-said" });
  const note = make("span", { class: "lv-note" });
  const element = make("span", {}, when, said, " ", note);
  return {
    element,
    /** @param {Outcome | null} outcome @param {string} word @param {string} name */
    update(outcome, word, name) {
      setText(when, `${name}: `);
      said.hidden = !outcome;
      if (!outcome) return setText(note, strings.untried);
      setText(said, outcome.best);
      said.classList.toggle("lv-window-lost", !outcome.right);
      setText(note, strings.outcome(word, outcome));
    },
  };
}
