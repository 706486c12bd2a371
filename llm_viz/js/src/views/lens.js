/**
 * LogitLens: what the model would say next if it stopped at any of its layers. The grid shows every
 * layer and position; a chosen cell shows its likeliest tokens, and how the tokens that matter rise
 * and fall on their way up. The traits are the state: each control sets a trait, and every change
 * of a trait, whoever made it, is drawn.
 */
import { probabilityText } from "../format.js";
import { layerSlider, textChoosers } from "../lens/controls.js";
import { openLens } from "../lens/file.js";
import "../lens/lens.css";
import { lensPanel } from "../lens/panel.js";
import { CONTROLLED, WATCHED, checkState, columnOf, layerOf, readState, rowOf } from "../lens/state.js";
import { tableRows } from "../lens/table.js";
import { bring } from "../lib/bring.js";
import { chipTips } from "../lib/chips.js";
import { make, setNote } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { ownText } from "../lib/own_text.js";
import { tableView } from "../lib/table.js";
import { Problem } from "../problem.js";
import { isElsewhere } from "../sources/embedded.js";
import { kernelSource } from "../sources/kernel.js";
import { chipText, logitLens as strings } from "../strings.js";
import { setTraits } from "../traits.js";
import { loadVocabulary } from "../vocabulary.js";

/** @typedef {import("../lens/state.js").Model} Model */
/** @typedef {import("../lens/state.js").Traits} Traits */
/** @typedef {import("../lens/file.js").Lens} Lens */
/** @typedef {{ lens: Lens, row: number, column: number }} Seen */

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const kernel = kernelSource(model);
  /** @type {import("../vocabulary.js").Vocabulary | null} */
  let vocabulary = null;
  /** @type {Seen[]} the text, and the one beside it if there is one */
  let seen = [];
  let name = naming();

  const view = frame({
    model,
    el,
    name: "lens",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [panels, legend],
  });
  const own = ownText(runOwnText);
  const choosers = textChoosers((changes) => setTraits(model, changes));
  const depth = layerSlider({
    layers: model.get("n_layers"),
    halves: model.get("halves"),
    onChange: (layer) => setTraits(model, { layer }),
    onInvalid: view.tell,
  });
  const first = lensPanel((row, column) => choose(0, row, column));
  const second = lensPanel((row, column) => choose(1, row, column));
  const panels = make("div", { class: "lv-lens-panels" }, first.element, second.element);
  const legend = makeLegend();
  const loading = make("p", { class: "lv-note", role: "status" });
  const table = tableView(strings.columns);
  const results = make("div", { class: "lv-lens-results", hidden: true }, depth.element, legend, panels, table.element);
  view.add(choosers.element, own.element, loading, results);
  chipTips(view.root, () => vocabulary);

  for (const trait of WATCHED) model.on(`change:${trait}`, draw);
  model.on("change:assets", nameTokens);
  draw();
  nameTokens();
  kernel.present().then(() => own.setRunnable(true));
  depth.element.addEventListener("input", speak);

  return () => {
    for (const trait of WATCHED) model.off(`change:${trait}`, draw);
    model.off("change:assets", nameTokens);
    kernel.close();
    first.close();
    second.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    const state = readState(model);
    choosers.update(state);
    own.update(state.text);
    try {
      checkState(state);
      const { traces, prompt, beside, layer } = state;
      const held = [prompt === -1 ? state.own : traces[prompt], ...(beside === null ? [] : [traces[beside]])];
      const opened = [];
      for (const each of held) {
        if (isElsewhere(each)) return void bring(model, each, loading, strings.fetching, view.explain);
        opened.push(openLens(each));
      }
      const positions = [state.position, state.position_beside];
      seen = opened.map((lens, i) => ({ lens, row: rowIn(lens, layer), column: columnOf(lens, positions[i]) }));
    } catch (error) {
      return view.explain(error);
    }
    results.hidden = false;
    second.element.hidden = seen.length < 2;
    panels.classList.toggle("lv-lens-two", seen.length > 1);
    const [one, other] = seen;
    depth.update(state.layer);
    first.update(one.lens, one, name);
    if (other) second.update(other.lens, other, name);
    const [texts, shown] = [seen, name];
    table.update(() => tableRows(texts, shown));
    setNote(loading, "");
    view.tell("");
  }

  /**
   * @param {number} panel
   * @param {number} row
   * @param {number} column
   */
  function choose(panel, row, column) {
    const { lens } = seen[panel];
    const position = column === lens.columns - 1 ? -1 : lens.positions[column];
    setTraits(model, { layer: layerOf(row, lens.halves), [panel ? "position_beside" : "position"]: position });
    speak(panel);
  }

  /**
   * @param {string} text
   * @throws {Problem | Superseded}
   */
  async function runOwnText(text) {
    const bytes = await kernel.trace(text);
    openLens(bytes); // a reply that cannot be read must not become the state
    setTraits(model, { position: -1, own: bytes, text, prompt: -1 });
    speak();
  }

  async function nameTokens() {
    const file = model.get("assets")?.vocabulary;
    try {
      if (!file) throw new Problem(strings.noVocabulary);
      vocabulary = await loadVocabulary(file, model);
      name = naming();
      draw();
    } catch (error) {
      view.explain(error, loading, strings.noNames);
    }
  }

  /** A new function once more names are known: that tells the parts to write them again. */
  function naming() {
    const given = model.get("names") ?? {};
    return (/** @type {number} */ id) => (vocabulary?.has(id) ? vocabulary.show(id) : (given[id] ?? chipText.unnamed(id)));
  }

  /** @param {unknown} [panel] */
  function speak(panel) {
    const which = panel === 1 ? 1 : 0;
    view.speak(() => {
      if (!seen[which]) return "";
      const { lens, row, column } = seen[which];
      const [{ id, probability }] = lens.best(row, column, 1);
      return strings.spoken({
        layer: layerOf(row, lens.halves),
        after: lens.tokens[column],
        top: name(id),
        p: probabilityText(probability),
        entropy: strings.bits(lens.entropy(row, column)),
      });
    });
  }
}

/**
 * @param {Lens} lens
 * @param {number} layer
 */
function rowIn(lens, layer) {
  const row = rowOf(layer, lens.halves);
  if (row >= lens.rows) throw new Problem(strings.badLayer(layer, (lens.rows - 1) / (lens.halves ? 2 : 1), lens.halves));
  return row;
}

function makeLegend() {
  const [low, high] = strings.legendEnds;
  const scale = make("span", { class: "lv-lens-scale", "aria-hidden": "true" });
  const ends = make("span", { class: "lv-lens-ends" }, low, scale, high);
  return make("p", { class: "lv-note lv-lens-legend" }, make("span", {}, strings.legend), ends, make("span", {}, strings.legendNote));
}

export default { render };
