/** The ranked answers: a bar for each, as long as its cosine with the sum. */
import { keepParts, make, setText } from "../lib/dom.js";
import { analogy as strings } from "../strings.js";

/** @typedef {import("../words.js").Analogy} Analogy */

export function answerBars() {
  const heading = make("p", { class: "lv-heading" });
  const list = make("ol", { class: "lv-answers" });
  const axis = make("p", { class: "lv-note lv-answers-axis" }, strings.axis);
  /** @type {ReturnType<typeof makeRow>[]} */
  const rows = [];
  return {
    element: make("div", { class: "lv-answer-part" }, heading, list, axis),
    /**
     * @param {Analogy} analogy
     * @param {string} expected "" for none
     */
    update({ a, b, c, answers }, expected) {
      setText(heading, strings.nearest(strings.sumOf(a, b, c)));
      const parts = keepParts(list, rows, answers.length, makeRow);
      for (const [i, part] of parts.entries()) {
        const { word, cosine } = answers[i];
        const isInput = word === a || word === b || word === c;
        setText(part.word, word);
        setText(part.mark, isInput ? strings.isInput : word === expected ? strings.isExpected : "");
        setText(part.value, strings.cosine(cosine));
        part.bar.style.width = `${100 * Math.max(0, cosine)}%`;
        part.element.classList.toggle("lv-is-input", isInput);
        part.element.classList.toggle("lv-is-first", i === 0);
      }
    },
  };
}

function makeRow() {
  const word = make("span", { class: "lv-answer", dir: "auto" });
  const mark = make("span", { class: "lv-note lv-answer-mark" });
  const bar = make("span", { class: "lv-answer-bar" });
  const value = make("span", { class: "lv-answer-value" });
  const element = make("li", {}, make("span", { class: "lv-answer-name" }, word, mark), make("span", { class: "lv-answer-track" }, bar), value);
  return { element, word, mark, bar, value };
}
