/**
 * NextToken, the heart of the book: a text, and how likely every token of the vocabulary is to come
 * next. The traits are the state: each control sets a trait, and every change of a trait, whoever
 * made it, is drawn. So views of one model, and linked widgets, stay in step.
 */
import { probabilityText, decimalText } from "../format.js";
import { chipTips } from "../lib/chips.js";
import { make, setNote } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { tableView } from "../lib/table.js";
import { barChart } from "../next_token/bars.js";
import { controlPanel } from "../next_token/controls.js";
import { figureRow } from "../next_token/figures.js";
import "../next_token/next_token.css";
import { makePicture } from "../next_token/picture.js";
import { CONTROLLED, WATCHED, checkState, readState } from "../next_token/state.js";
import { tableRows } from "../next_token/table.js";
import { textPanel } from "../next_token/text.js";
import { Problem } from "../problem.js";
import { checkParameters } from "../sampling.js";
import { fetchTrace, isElsewhere, openPrompt } from "../sources/embedded.js";
import { kernelSource } from "../sources/kernel.js";
import { chipText, nextToken as strings } from "../strings.js";
import { setTraits } from "../traits.js";
import { loadVocabulary } from "../vocabulary.js";

/** @typedef {import("../next_token/state.js").Model} Model */
/** @typedef {import("../next_token/state.js").Traits} Traits */

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const kernel = kernelSource(model);
  /** @type {import("../vocabulary.js").Vocabulary | null} */
  let vocabulary = null;
  /** @type {import("../next_token/picture.js").Picture | null} */
  let picture = null;

  const view = frame({
    model,
    el,
    name: "next-token",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [text.strip, chart.element, figures.element],
  });
  const loading = make("p", { class: "lv-note", role: "status" });
  const text = textPanel({ onPrompt: (prompt) => setTraits(model, { prompt, draws: 0 }), onRun: runOwnText });
  const chart = barChart((scale) => setTraits(model, { scale }));
  const figures = figureRow();
  const controls = controlPanel({
    onChange: attempt,
    onInvalid: view.tell,
  });
  const table = tableView(strings.columns);
  view.add(text.element, controls.element, chart.element, loading, figures.element, table.element);
  chipTips(view.root, () => vocabulary);
  view.root.addEventListener("change", speak);
  view.root.addEventListener("click", speak);

  for (const name of WATCHED) model.on(`change:${name}`, draw);
  model.on("change:assets", nameTokens);
  draw();
  nameTokens();
  kernel.present().then(() => text.setRunnable(true));

  return () => {
    for (const name of WATCHED) model.off(`change:${name}`, draw);
    model.off("change:assets", nameTokens);
    kernel.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    const state = readState(model);
    try {
      checkState(state);
      const held = state.prompt === -1 ? state.own : state.traces[state.prompt];
      if (isElsewhere(held)) return void bring(held);
      const { trace, ranking } = openPrompt(held);
      picture = makePicture(ranking, state);
      const last = picture.last < 0 ? "" : name(picture.last);
      text.update(state, trace, picture.last, name);
      chart.update(picture, state.scale, name);
      figures.update(picture);
      controls.update(state, last);
      const seen = picture;
      table.update(() => tableRows(seen, name));
      view.tell("");
    } catch (error) {
      view.explain(error);
    }
    view.root.classList.toggle("lv-empty", picture === null);
  }

  /**
   * Fetch a trace that the page keeps apart; what is on screen stays until it is there.
   * @param {import("../sources/embedded.js").Elsewhere} trace
   */
  async function bring(trace) {
    setNote(loading, strings.fetching);
    try {
      await fetchTrace(model, trace); // and the change of the trait is drawn
      setNote(loading, "");
    } catch (error) {
      view.explain(error, loading);
    }
  }

  /**
   * Set traits from a control, unless the values make no sense.
   * @param {Partial<Traits>} changes
   */
  function attempt(changes) {
    try {
      checkParameters({ ...readState(model), ...changes });
      setTraits(model, changes);
    } catch (error) {
      view.explain(error);
    }
  }

  /**
   * @param {string} own
   * @throws {Problem | Superseded}
   */
  async function runOwnText(own) {
    const bytes = await kernel.trace(own);
    openPrompt(bytes); // a reply that cannot be read must not become the state
    setTraits(model, { own: bytes, text: own, prompt: -1, draws: 0 });
    speak();
  }

  async function nameTokens() {
    const file = model.get("assets")?.vocabulary;
    try {
      if (!file) throw new Problem(strings.noVocabulary);
      vocabulary = await loadVocabulary(file, model);
      draw();
    } catch (error) {
      view.explain(error, loading, strings.noNames);
    }
  }

  /** @param {number} id */
  function name(id) {
    if (vocabulary?.has(id)) return vocabulary.show(id);
    return model.get("names")?.[id] ?? chipText.unnamed(id);
  }

  function speak() {
    view.speak(() => {
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

export default { render };
