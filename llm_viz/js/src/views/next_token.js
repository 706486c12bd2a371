/**
 * NextToken, the heart of the book: a text, and how likely every token of the vocabulary is to come
 * next. The traits are the state: each control sets a trait, and every change of a trait, whoever
 * made it, is drawn. So views of one model, and linked widgets, stay in step.
 */
import { assetsAreFiles } from "../assets.js";
import { probabilityText, decimalText } from "../format.js";
import { chipTips } from "../lib/chips.js";
import { freshId, make, setNote, setText } from "../lib/dom.js";
import { liveRegion } from "../lib/live.js";
import { followTheme, installStyle } from "../lib/style.js";
import theme from "../lib/theme.css";
import { barChart } from "../next_token/bars.js";
import { controlPanel } from "../next_token/controls.js";
import { figureRow } from "../next_token/figures.js";
import css from "../next_token/next_token.css";
import { makePicture } from "../next_token/picture.js";
import { CONTROLLED, WATCHED, change, checkState, readState } from "../next_token/state.js";
import { tableView } from "../next_token/table.js";
import { textPanel } from "../next_token/text.js";
import { Problem } from "../problem.js";
import { checkParameters } from "../sampling.js";
import { openPrompt } from "../sources/embedded.js";
import { Superseded, kernelSource } from "../sources/kernel.js";
import { chipText, nextToken as strings } from "../strings.js";
import { loadVocabulary } from "../vocabulary.js";

/** @typedef {import("../next_token/state.js").Model} Model */
/** @typedef {import("../next_token/state.js").Traits} Traits */

/**
 * What Reset goes back to: the traits as they were when the model was first drawn.
 * @type {WeakMap<Model, Partial<Traits>>}
 */
const beginnings = new WeakMap();

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  if (!beginnings.has(model)) beginnings.set(model, pick(readState(model), CONTROLLED));
  const kernel = kernelSource(model);
  /** @type {import("../vocabulary.js").Vocabulary | null} */
  let vocabulary = null;
  /** @type {import("../next_token/picture.js").Picture | null} */
  let picture = null;

  const title = make("p", { class: "lv-title", id: freshId() });
  const reset = make("button", { type: "button", class: "lv-button" }, strings.reset);
  reset.addEventListener("click", () => change(model, beginnings.get(model) ?? {}));
  const caption = make("span");
  const tryThis = make("p", { class: "lv-try" }, make("strong", {}, strings.tryLabel), " ", caption);
  const problem = make("p", { class: "lv-problem", role: "alert", hidden: true });
  const loading = make("p", { class: "lv-note", role: "status" });
  const text = textPanel({ onPrompt: (prompt) => change(model, { prompt, draws: 0 }), onRun: runOwnText });
  const chart = barChart((scale) => change(model, { scale }));
  const figures = figureRow();
  const controls = controlPanel({
    onChange: attempt,
    onInvalid: (sentence) => setNote(problem, sentence),
  });
  const table = tableView();
  const live = liveRegion();
  const root = make(
    "div",
    { class: "lv lv-next-token", role: "group", "aria-labelledby": title.id, "data-lm-suppress-shortcuts": "true" },
    make("div", { class: "lv-head" }, title, reset),
    tryThis,
    text.element,
    problem,
    controls.element,
    chart.element,
    loading,
    figures.element,
    table.element,
    live.element,
  );
  chipTips(root, () => vocabulary);
  el.append(root);
  installStyle(el, "theme", theme);
  installStyle(el, "next-token", css);
  const stopTheme = followTheme(root);
  root.addEventListener("change", speak);
  root.addEventListener("click", speak);

  for (const name of WATCHED) model.on(`change:${name}`, draw);
  model.on("change:assets", nameTokens);
  draw();
  nameTokens();
  kernel.present().then(() => text.setRunnable(true), ignore);

  return () => {
    for (const name of WATCHED) model.off(`change:${name}`, draw);
    model.off("change:assets", nameTokens);
    kernel.close();
    live.close();
    stopTheme();
    root.remove();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    const state = readState(model);
    setText(title, state.title || strings.title);
    setText(caption, state.caption || strings.tryThis);
    try {
      checkState(state);
      const { trace, ranking } = openPrompt(state.prompt === -1 ? state.own : state.traces[state.prompt]);
      picture = makePicture(ranking, state);
      const last = picture.last < 0 ? "" : name(picture.last);
      text.update(state, trace, picture.last, name);
      chart.update(picture, state.scale, name);
      figures.update(picture);
      controls.update(state, last);
      table.update(picture, name);
      setNote(problem, "");
    } catch (error) {
      explain(error, problem);
    }
    root.classList.toggle("lv-empty", picture === null);
  }

  /**
   * Set traits from a control, unless the values make no sense.
   * @param {Partial<Traits>} changes
   */
  function attempt(changes) {
    try {
      checkParameters({ ...readState(model), ...changes });
      change(model, changes);
    } catch (error) {
      explain(error, problem);
    }
  }

  /**
   * @param {string} own
   * @throws {Problem | Superseded}
   */
  async function runOwnText(own) {
    const bytes = await kernel.trace(own);
    openPrompt(bytes); // a reply that cannot be read must not become the state
    change(model, { own: bytes, text: own, prompt: -1, draws: 0 });
    speak();
  }

  async function nameTokens() {
    const file = model.get("assets")?.vocabulary;
    setNote(loading, assetsAreFiles() ? strings.loading : strings.waiting);
    try {
      if (!file) throw new Problem(strings.noVocabulary);
      vocabulary = await loadVocabulary(file, model);
      setNote(loading, "");
      draw();
    } catch (error) {
      explain(error, loading, strings.noNames);
    }
  }

  /** @param {number} id */
  function name(id) {
    return vocabulary?.has(id) ? vocabulary.show(id) : chipText.unnamed(id);
  }

  function speak() {
    live.speak(() => {
      if (!picture) return "";
      const { rows, tail, entropy, last } = picture;
      return strings.spoken({
        top: name(rows[0].id),
        p: probabilityText(rows[0].probability),
        others: strings.others(tail.tokens),
        tail: probabilityText(tail.probability),
        entropy: strings.bits(decimalText(entropy)),
        last: last < 0 ? "" : name(last),
      });
    });
  }
}

/**
 * @param {Traits} state
 * @param {readonly (keyof Traits)[]} names
 * @returns {Partial<Traits>}
 */
function pick(state, names) {
  return Object.fromEntries(names.map((name) => [name, state[name]]));
}

/**
 * Show a problem in place.
 * @param {unknown} error
 * @param {HTMLElement} place
 * @param {(message: string) => string} [wording]
 * @throws what is no problem of the reader's
 */
function explain(error, place, wording = (message) => message) {
  if (error instanceof Superseded) return;
  if (!(error instanceof Problem)) throw error;
  setNote(place, wording(error.message));
}

/** A source that was closed with its view has nothing to say. */
function ignore() {}

export default { render };
