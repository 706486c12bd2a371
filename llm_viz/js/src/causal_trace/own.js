/** Three lines for the reader's own text, its subject and its answer; without Python it says so. */
import { freshId, make, setNote, setText } from "../lib/dom.js";
import { submits } from "../lib/submits.js";
import { causalTrace as strings, ownText } from "../strings.js";

/** @typedef {import("./source.js").Question} Question */

const NAMES = /** @type {const} */ (["text", "subject", "answer"]);

/**
 * @param {(question: Question, onStep: (done: number, of: number) => void) => Promise<void>} onRun
 *   rejected with a `Problem` if it cannot be traced
 */
export function ownFact(onRun) {
  const note = make("p", { class: "lv-note", id: freshId(), role: "status" }, ownText.needsPython);
  const problem = make("p", { class: "lv-problem", role: "alert", hidden: true });
  const fields = NAMES.map((name) => {
    const id = freshId();
    const input = make("input", { type: "text", id, disabled: true, autocomplete: "off", spellcheck: "false", "aria-describedby": note.id });
    return { name, input, line: [make("label", { for: id }, strings.own[name]), input] };
  });
  const button = make("button", { type: "submit", class: "lv-button", disabled: true }, strings.trace);
  const form = make("form", { class: "lv-trace-own", novalidate: true }, ...fields.flatMap(({ line }) => line), button, note, problem);
  const value = (/** @type {typeof NAMES[number]} */ name) => fields[NAMES.indexOf(name)].input.value;
  const run = () =>
    onRun({ text: value("text"), subject: value("subject"), answer: value("answer") }, (done, of) => setNote(note, strings.tracing(done, of)));
  submits(form, button, problem, run, (running) => {
    setNote(note, running ? strings.beginning : strings.hint);
    if (running) setNote(problem, "");
  });
  /** @type {Question} */
  let seen = { text: "", subject: "", answer: "" };
  return {
    element: make("details", { class: "lv-trace-yours" }, make("summary", {}, strings.yours), form),
    /** It can be run from now on. */
    enable() {
      for (const each of [button, ...fields.map(({ input }) => input)]) each.disabled = false;
      setText(note, strings.hint);
    },
    /** @param {Question} state */
    update(state) {
      for (const { name, input } of fields) {
        if (state[name] !== seen[name]) input.value = state[name]; // and never over what is being typed
      }
      seen = { text: state.text, subject: state.subject, answer: state.answer };
    },
  };
}
