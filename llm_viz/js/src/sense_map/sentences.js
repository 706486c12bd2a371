/**
 * The sentences with the marks of their senses. One of them can be looked at, here or by its point on
 * the plane; it is one tab stop, and arrow keys move within it.
 */
import { keepParts, make, setNote, setText } from "../lib/dom.js";
import { senseMap as strings } from "../strings.js";
import { inlineMark } from "./marks.js";

/** @typedef {import("./state.js").Picture} Picture */
/** @typedef {import("./data.js").Sentences} Sentences */

/** @param {(sentence: number) => void} onLook */
export function sentenceList(onLook) {
  const lists = [0, 1].map((sense) => {
    const name = make("span");
    const list = make("ul");
    return { name, list, element: make("div", {}, make("p", { class: "lv-heading lv-sense-name" }, inlineMark(sense), name), list), parts: /** @type {Line[]} */ ([]) };
  });
  const said = make("p", { class: "lv-note lv-looked-at" });
  const element = make("div", { class: "lv-senses-list", role: "group", "aria-label": strings.sentences }, ...lists.map((list) => list.element));
  /** @type {Line[]} */
  let lines = [];
  /** @type {Picture | null} */
  let shown = null;
  let looked = -1;

  element.addEventListener("keydown", (event) => {
    const at = lines.findIndex((line) => line.button === event.target);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: lines.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    lines[to]?.button.focus();
  });
  return {
    element,
    said,
    /** @param {Picture} picture */
    update(picture) {
      shown = picture;
      const { word, cue } = picture;
      const { sentences, spans, marks } = /** @type {Sentences} */ (word.cues[cue]);
      lines = [];
      for (const [sense, { name, list, parts }] of lists.entries()) {
        setText(name, word.senses[sense]);
        const mine = [...marks.keys()].filter((i) => marks[i] === sense);
        const kept = keepParts(list, parts, mine.length, () => makeLine(onLook));
        for (const [place, line] of kept.entries()) {
          line.update(mine[place], sentences[mine[place]], spans[mine[place]]);
          lines[mine[place]] = line;
        }
      }
      mark();
    },
    /** @param {number} sentence -1 for none */
    look(sentence) {
      looked = sentence;
      mark();
    },
  };

  function mark() {
    for (const [i, line] of lines.entries()) {
      line.button.setAttribute("aria-pressed", String(i === looked));
      line.button.tabIndex = i === Math.max(looked, 0) ? 0 : -1;
    }
    setNote(said, shown ? nearestText(shown, looked) : "");
  }
}

/**
 * What lies nearest to the sentence that is looked at.
 * @param {Picture} picture
 * @param {number} looked
 */
function nearestText({ word, cue, depth, result }, looked) {
  const { sentences, marks } = /** @type {Sentences} */ (word.cues[cue]);
  const nearest = looked < 0 ? -1 : result.nearest(depth, looked);
  if (nearest < 0 || nearest === looked) return strings.pointAt;
  return strings.nearest(word.senses[marks[nearest]], sentences[nearest]);
}

/** @typedef {ReturnType<typeof makeLine>} Line */

/** @param {(sentence: number) => void} onLook */
function makeLine(onLook) {
  const parts = [document.createTextNode(""), make("mark"), document.createTextNode("")];
  const button = make("button", { type: "button", class: "lv-sentence", tabindex: -1 }, ...parts);
  let mine = -1;
  for (const event of ["click", "focus", "pointerenter"]) button.addEventListener(event, () => onLook(mine));
  return {
    element: make("li", {}, button),
    button,
    /**
     * @param {number} sentence
     * @param {string} text
     * @param {[number, number]} span in characters, as Python counts them
     */
    update(sentence, text, [start, end]) {
      mine = sentence;
      const letters = [...text];
      const texts = [letters.slice(0, start), letters.slice(start, end), letters.slice(end)];
      for (const [i, part] of parts.entries()) {
        if (part.textContent !== texts[i].join("")) part.textContent = texts[i].join("");
      }
    },
  };
}
