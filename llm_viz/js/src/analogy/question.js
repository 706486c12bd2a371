/** The question: an example to choose, the three words, and whether they may be answers themselves. */
import { freshId, make, setText } from "../lib/dom.js";
import { analogy as strings } from "../strings.js";
import { wordField } from "../words/field.js";
import { LETTERS, currentExample } from "./state.js";

/** @typedef {import("./state.js").Traits} Traits */
/** @typedef {import("../words/field.js").Wrong} Wrong */

/**
 * @param {object} actions
 * @param {(changes: Partial<Traits>) => void} actions.onChange
 * @param {(beginning: string, k: number) => string[]} actions.complete
 */
export function questionPanel({ onChange, complete }) {
  const fields = LETTERS.map((letter, i) =>
    wordField({ label: strings.fields[i], complete, onTyped: (typed) => onChange({ [letter]: typed }) }),
  );
  const answer = make("output", { class: "lv-answer-big", dir: "auto" });
  const answerField = make("div", { class: "lv-word-field" }, make("span", { class: "lv-answer-label" }, strings.fields[3]), answer);
  const id = freshId();
  const select = make("select", { id });
  const example = make("div", { class: "lv-example" }, make("label", { for: id }, strings.example), select);
  const check = make("input", { type: "checkbox" });
  const element = make(
    "div",
    { class: "lv-question" },
    example,
    make("div", { class: "lv-four" }, ...fields.map((field) => field.element), answerField),
    make("label", { class: "lv-check" }, check, strings.exclude),
  );
  /** @type {Traits["families"] | null} */
  let listed = null;

  check.addEventListener("change", () => onChange({ exclude: check.checked }));
  select.addEventListener("change", () => {
    const [i, j] = select.value.split(" ").map(Number);
    const preset = listed?.[i]?.presets[j];
    if (preset) onChange({ a: preset[0], b: preset[1], c: preset[2] });
  });

  return {
    element,
    /**
     * @param {Traits} state
     * @param {(Wrong | null)[]} wrong what is wrong with a, b and c
     */
    update(state, wrong) {
      if (listed !== state.families) list(state.families);
      select.value = currentExample(state)?.key ?? "";
      check.checked = state.exclude;
      for (const [i, field] of fields.entries()) field.update(state[LETTERS[i]], wrong[i]);
    },
    /** @param {string} word */
    answer: (word) => setText(answer, word),
  };

  /** @param {Traits["families"]} families */
  function list(families) {
    listed = families;
    example.hidden = !families.length;
    const groups = families.map(({ name, presets }, i) =>
      make("optgroup", { label: name }, ...presets.map(([a, b, c], j) => make("option", { value: `${i} ${j}` }, strings.asked(a, b, c)))),
    );
    select.replaceChildren(make("option", { value: "" }, strings.ownWords), ...groups);
  }
}
