/**
 * Analogy: three words, and the words nearest to b - a + c, ranked and drawn in the plane of the
 * three. The page computes by itself, from the words that all its views share.
 */
import { answerBars } from "../analogy/answers.js";
import "../analogy/analogy.css";
import { answerNotes, planeNote, tableRows } from "../analogy/notes.js";
import { parallelogram } from "../analogy/picture.js";
import { planeOf } from "../analogy/plane.js";
import { questionPanel } from "../analogy/question.js";
import { CONTROLLED, LETTERS, WATCHED, currentExample, readState } from "../analogy/state.js";
import { make, setNote, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { tableView } from "../lib/table.js";
import { analogy as strings } from "../strings.js";
import { setTraits } from "../traits.js";
import { UnknownWord } from "../words.js";
import { followWords } from "../words/follow.js";
import "../words/words.css";

/** @typedef {import("../analogy/state.js").Traits} Traits */

const DRAWN = 5; // answers in the picture; more would hide each other
const RANKED = 10;

/**
 * @param {{ model: import("../analogy/state.js").Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  /** @type {import("../words.js").Words | null} */
  let words = null;
  /** @type {import("../words.js").Analogy | null} */
  let made = null;

  const view = frame({
    model,
    el,
    name: "analogy",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [reading, bars.element, picture.element, legend, hidden],
  });
  const loading = make("p", { class: "lv-note", role: "status" }, strings.loading);
  const question = questionPanel({ onChange: change, complete: (beginning, k) => words?.completions(beginning, k) ?? [] });
  const reading = make("p", { class: "lv-reading" });
  const bars = answerBars();
  const notes = make("ul", { class: "lv-answer-notes" });
  const picture = parallelogram();
  const legend = makeLegend();
  const hidden = make("p", { class: "lv-note" });
  const table = tableView(strings.columns);
  const results = make(
    "div",
    { class: "lv-results" },
    reading,
    make("div", { class: "lv-two" }, make("div", {}, bars.element, notes), make("div", {}, picture.element, legend, hidden)),
    table.element,
  );
  view.add(loading, question.element, results);

  const unfollow = followWords({
    model,
    watched: WATCHED,
    draw,
    onWords: (found) => {
      words = found;
      setNote(loading, "");
    },
    onFailure: (error) => view.explain(error, loading),
  });

  return () => {
    unfollow();
    picture.close();
    view.close();
  };

  /** Draw the traits as they are; what cannot be computed is said, and the picture stays. */
  function draw() {
    const state = readState(model);
    const wrong = LETTERS.map((letter) => wrongWith(state[letter]));
    question.update(state, wrong);
    results.hidden = made === null;
    if (!words) return;
    view.tell("");
    if (wrong.some(Boolean)) return question.answer(strings.noAnswer);
    try {
      made = words.analogy(state.a, state.b, state.c, { exclude: state.exclude, k: RANKED });
    } catch (error) {
      question.answer(strings.noAnswer);
      return view.explain(error);
    }
    results.hidden = false;
    show(state, words, made);
  }

  /**
   * @param {Traits} state
   * @param {import("../words.js").Words} all
   * @param {import("../words.js").Analogy} found
   */
  function show(state, all, found) {
    const { a, b, c, answers } = found;
    const best = answers[0]?.word ?? "";
    const points = planeOf(all, found, DRAWN);
    question.answer(best);
    setText(reading, strings.reading(a, b, c, best));
    bars.update(found, currentExample(state)?.preset[3] ?? "");
    notes.replaceChildren(...answerNotes(state, found).map((sentence) => make("li", {}, sentence)));
    picture.update(points, [a, b, c], best);
    setText(hidden, planeNote(points, best, all.width));
    table.update(() => tableRows(planeOf(all, found, RANKED), found));
  }

  /**
   * @param {string} typed
   * @returns {import("../words/field.js").Wrong | null}
   */
  function wrongWith(typed) {
    try {
      words?.find(typed);
      return null;
    } catch (error) {
      if (!(error instanceof UnknownWord)) throw error;
      return error;
    }
  }

  /** @param {Partial<Traits>} changes */
  function change(changes) {
    setTraits(model, changes);
    view.speak(() => {
      if (!made) return "";
      const { a, b, c, answers } = made;
      return strings.spoken(strings.reading(a, b, c, answers[0]?.word ?? ""), answers.slice(1, 4).map(({ word }) => word));
    });
  }
}

function makeLegend() {
  const keys = [["lv-key-input", ""], ["lv-key-sum", "◆"], ["lv-key-answer", ""]];
  const items = keys.map(([name, sign], i) => make("li", {}, make("span", { class: `lv-key ${name}`, "aria-hidden": "true" }, sign), strings.legend[i]));
  return make("ul", { class: "lv-note lv-plane-legend" }, ...items);
}

export default { render };
