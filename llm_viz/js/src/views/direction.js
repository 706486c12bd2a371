/**
 * Direction: two sets of words make a line, and other words fall along it. Below, a test whether two
 * sets of words keep different company, before and after the line's direction is taken out.
 */
import "../direction/direction.css";
import { numberLine } from "../direction/line.js";
import { placeWithout, placeWords, testTwice, whatIsLeft } from "../direction/measure.js";
import { outcomeTable } from "../direction/outcome.js";
import { listPanel } from "../direction/panel.js";
import { CONTROLLED, ENDS, SETS, WATCHED, readState } from "../direction/state.js";
import { probabilityText } from "../format.js";
import { make, setNote, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { tableView } from "../lib/table.js";
import { Problem } from "../problem.js";
import { direction as strings } from "../strings.js";
import { setTraits } from "../traits.js";
import { findWords } from "../word_directions.js";
import { UnknownWord } from "../words.js";
import { followWords } from "../words/follow.js";
import "../words/words.css";

/** @typedef {import("../direction/state.js").Traits} Traits */
/** @typedef {import("../words/field.js").Wrong} Wrong */
/** @typedef {import("../direction/line.js").Placed} Placed */

/**
 * @param {{ model: import("../direction/state.js").Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  /** @type {import("../words.js").Words | null} */
  let words = null;
  /** @type {Placed[] | null} */
  let drawn = null;

  const view = frame({
    model,
    el,
    name: "direction",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [line.element, legend, after, testHeading, outcome.element],
  });
  const complete = (/** @type {string} */ beginning, /** @type {number} */ k) => words?.completions(beginning, k) ?? [];
  const loading = make("p", { class: "lv-note", role: "status" }, strings.loading);
  const lists = listPanel({ names: ENDS, onChange: change, complete });
  const check = make("input", { type: "checkbox" });
  const line = numberLine();
  const legend = make("p", { class: "lv-note" }, strings.legend);
  const oneWord = make("p", { class: "lv-note", role: "status" });
  const moved = numberLine();
  const gone = make("p");
  const remains = make("p");
  const after = make("div", { class: "lv-after" }, gone, moved.element, remains);
  const sets = listPanel({ names: SETS, onChange: change, complete });
  const testHeading = make("p", { class: "lv-heading lv-test-heading" }, strings.test);
  const testProblem = make("p", { class: "lv-problem", role: "alert", hidden: true });
  const outcome = outcomeTable();
  const table = tableView(strings.columns);
  const results = make("div", { class: "lv-results" }, line.element, legend, oneWord, make("label", { class: "lv-check" }, check, strings.debias), after, table.element);
  const test = make(
    "div",
    { class: "lv-test" },
    testHeading,
    make("p", {}, strings.testIs),
    sets.example,
    testProblem,
    outcome.element,
    make("details", {}, make("summary", {}, strings.setWords), make("div", { class: "lv-lists lv-sets" }, ...sets.fields)),
  );
  view.add(
    loading,
    make("div", { class: "lv-lists" }, lists.example, ...lists.fields),
    results,
    test,
    make("div", { class: "lv-plainly" }, make("p", { class: "lv-heading" }, strings.plainly), ...strings.bias.map((text) => make("p", {}, text))),
  );

  check.addEventListener("change", () => change({ debias: check.checked }));
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
    line.close();
    moved.close();
    view.close();
  };

  /** Draw the traits as they are; what cannot be computed is said, and the picture stays. */
  function draw() {
    const state = readState(model);
    const [low, high, chosen] = ENDS.map((name) => readList(state[name]));
    const [x, y, a, b] = SETS.map((name) => readList(state[name]));
    lists.update(state, state.axes, { low: low.wrong, high: high.wrong, words: chosen.wrong });
    sets.update(state, state.tests, { targets_x: x.wrong, targets_y: y.wrong, attributes_a: a.wrong, attributes_b: b.wrong });
    check.checked = state.debias;
    results.hidden = drawn === null;
    test.hidden = !words || !(state.tests.length || SETS.some((name) => state[name]));
    if (!words) return;
    view.tell("");
    if (low.wrong || high.wrong || chosen.wrong) return;
    try {
      const { along, placed, note } = placeWords(words, { low: low.words, high: high.words, chosen: chosen.words });
      drawn = placed;
      results.hidden = false;
      setNote(oneWord, note);
      drawLine(state, placed);
      const cleaned = state.debias ? placeWithout(words, along, placed) : null;
      drawAfter(state, along, cleaned);
      table.update(() => tableRows(placed, cleaned?.placed ?? []));
      if (!test.hidden && ![x, y, a, b].some(({ wrong }) => wrong)) drawTest(along, { x: x.words, y: y.words, a: a.words, b: b.words });
    } catch (error) {
      view.explain(error);
    }
  }

  /**
   * @param {Traits} state
   * @param {Placed[]} placed
   */
  function drawLine({ low, high }, placed) {
    const label = strings.line(low, high, placed.map(({ word }) => word));
    line.update({ heading: strings.lineHeading, placed, most: reach(placed), ends: strings.ends(low, high), label });
  }

  /**
   * @param {Traits} state
   * @param {import("../word_directions.js").Direction} along
   * @param {ReturnType<typeof placeWithout>} halved
   */
  function drawAfter({ debias }, along, halved) {
    after.hidden = !debias;
    if (!debias || !words) return;
    const { n, k, before, after: still } = whatIsLeft(words, along);
    setText(remains, strings.remains(n, k, probabilityText(before), probabilityText(still)));
    setText(gone, halved ? strings.halved(halved.taken) : strings.noHalves);
    moved.element.hidden = !halved;
    if (!halved) return;
    const [low, high] = halved.measuring.map((end) => end.join(", "));
    const label = strings.movedLine(low, high, halved.placed.map(({ word }) => word));
    moved.update({ heading: strings.movedHeading, placed: halved.placed, most: reach(halved.placed), ends: strings.ends(low, high), label });
  }

  /**
   * @param {import("../word_directions.js").Direction} along
   * @param {import("../weat.js").WordSets} lists
   */
  function drawTest(along, lists) {
    try {
      outcome.update(testTwice(/** @type {import("../words.js").Words} */ (words), along, lists));
      setNote(testProblem, "");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setNote(testProblem, error.message);
    }
  }

  /**
   * @param {string} typed
   * @returns {{ words: string[], wrong: Wrong | null }}
   */
  function readList(typed) {
    try {
      return { words: words ? findWords(words, typed) : [], wrong: null };
    } catch (error) {
      if (!(error instanceof UnknownWord)) throw error;
      return { words: [], wrong: error };
    }
  }

  /** @param {Partial<Traits>} changes */
  function change(changes) {
    setTraits(model, changes);
    view.speak(() => (drawn?.length ? strings.spoken(drawn.map(({ word }) => word)) : ""));
  }
}

/**
 * @param {Placed[]} placed
 * @param {Placed[]} moved the same words on the other line, or none
 */
function tableRows(placed, moved) {
  const found = new Map(moved.map((each) => [each.word, each]));
  return placed.map(({ word, position }) => {
    const { before, position: after } = found.get(word) ?? {};
    return [word, ...[position, before, after].map((value) => (value === undefined ? "" : strings.signed(value)))];
  });
}

/** How far a line has to go to both sides for all words to be on it. */
function reach(/** @type {Placed[]} */ placed) {
  const furthest = Math.max(0.3, ...placed.map(({ position, before = 0 }) => Math.max(Math.abs(position), Math.abs(before))));
  return Math.ceil(furthest * 10) / 10;
}

export default { render };
