/**
 * CausalTrace: the subject of a text is corrupted, and one thing at a time is restored. The map shows
 * how much of the answer then comes back, by layer and token; a chosen cell shows what was restored
 * and what the model says. The traits are the state: each control sets a trait, and every change of a
 * trait, whoever made it, is drawn.
 */
import "../causal_trace/causal_trace.css";
import { kindChoice, legend } from "../causal_trace/choices.js";
import { openTraced } from "../causal_trace/file.js";
import { traceGrid } from "../causal_trace/grid.js";
import { ownFact } from "../causal_trace/own.js";
import { runs } from "../causal_trace/runs.js";
import { tracingSource } from "../causal_trace/source.js";
import { CONTROLLED, WATCHED, chosen, outcome, readState, see, tableRows } from "../causal_trace/state.js";
import { bring } from "../lib/bring.js";
import { chipTips } from "../lib/chips.js";
import { make, setNote, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { promptChooser } from "../lib/prompt_chooser.js";
import { redrawOn } from "../lib/redraw.js";
import { evenScale, slider } from "../lib/slider.js";
import { tableView } from "../lib/table.js";
import { isElsewhere } from "../sources/embedded.js";
import { causalTrace as strings } from "../strings.js";
import { setTraits } from "../traits.js";

/** @typedef {import("../causal_trace/state.js").Model} Model */
/** @typedef {import("../causal_trace/state.js").Seen} Seen */
/** @typedef {import("../causal_trace/state.js").Traits} Traits */

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const source = tracingSource(model);
  /** @type {Seen | null} */
  let seen = null;
  let sizes = "";
  /** @type {ReturnType<typeof slider>[]} made anew for a text of another length */
  let sliders = [];

  const view = frame({
    model,
    el,
    name: "trace",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [sentence, three.element, key.element, grid.element],
  });
  const set = (/** @type {Partial<Traits>} */ changes) => {
    setTraits(model, changes);
    speak();
  };
  const prompts = promptChooser({
    className: "lv-trace-choice",
    label: strings.text,
    ownOption: strings.ownOption,
    onPrompt: (prompt) => set({ prompt, position: -1 }),
  });
  const own = ownFact(runOwn);
  const kinds = kindChoice((kind) => set({ kind }));
  const places = make("div", { class: "lv-trace-places" });
  const unknown = make("p", { class: "lv-trace-unknown" });
  const sentence = make("p", { class: "lv-trace-outcome" });
  const three = runs();
  const key = legend();
  const grid = traceGrid((layer, position) => set({ layer, position }));
  const table = tableView(strings.columns);
  const loading = make("p", { class: "lv-note", role: "status" });
  const right = make("div", { class: "lv-trace-right" }, places, sentence, three.element);
  const left = make("div", { class: "lv-trace-left" }, key.element, grid.element);
  const results = make("div", { class: "lv-trace-results", hidden: true }, make("p", {}, strings.experiment), kinds.element, unknown, make("div", { class: "lv-trace-two" }, left, right), table.element);
  view.add(prompts.element, loading, results, own.element);
  chipTips(view.root, () => null);

  const stop = redrawOn(model, WATCHED, draw);
  draw();
  source.present().then(own.enable);

  return () => {
    stop();
    source.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    const state = readState(model);
    prompts.update(state.traces.length, state);
    own.update(state);
    try {
      const held = chosen(state);
      if (isElsewhere(held)) return void bring(model, held, loading, strings.fetching, view.explain);
      seen = see(state, held);
    } catch (error) {
      return view.explain(error);
    }
    view.tell("");
    setNote(loading, "");
    results.hidden = false;
    const now = seen;
    const { traced, kind, layer, position } = now;
    results.dataset.kind = kind;
    kinds.update(traced.kinds, kind);
    setNote(unknown, traced.known ? "" : strings.notKnown(traced.answer.name, traced.said.clean[0].name));
    place(now);
    sliders[0].update(layer);
    sliders[1].update(position);
    setText(sentence, outcome(now));
    three.update(now);
    key.update(now);
    grid.update(now);
    table.update(() => tableRows(now));
  }

  /** The two sliders, as long as the model is deep and the text is long. @param {Seen} now */
  function place({ traced }) {
    const [top, last] = [traced.layers - 1, traced.tokens.length - 1];
    if (sizes === `${top} ${last}`) return;
    sizes = `${top} ${last}`;
    const made = (/** @type {"layer" | "position"} */ name, /** @type {number} */ end, /** @type {(value: number) => string} */ mark) =>
      slider({
        label: strings[name],
        scale: evenScale(0, end, 1),
        bounds: [0, end, 1],
        mark,
        onChange: (value) => set({ [name]: value }),
        onInvalid: view.tell,
      });
    sliders = [
      made("layer", top, (layer) => (seen ? strings.layerMark(seen.kind, seen.traced.restored(seen.kind, layer)) : "")),
      made("position", last, (at) => (seen ? strings.positionMark(seen.traced.tokens[at], seen.traced.subject.includes(at)) : "")),
    ];
    places.replaceChildren(...sliders.map(({ element }) => element));
  }

  /**
   * @param {import("../causal_trace/source.js").Question} question
   * @param {(done: number, of: number) => void} onStep
   */
  async function runOwn(question, onStep) {
    const bytes = await source.trace(question, onStep);
    const traced = openTraced(bytes); // a reply that cannot be read must not become the state
    set({ ...question, own: bytes, prompt: -1, position: traced.subject[traced.subject.length - 1] });
  }

  function speak() {
    view.speak(() => (seen ? outcome(seen) : ""));
  }
}

export default { render };
