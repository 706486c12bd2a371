/**
 * NeuronExplorer: one neuron of the feed-forward layers at a time. Where in real text it is strong,
 * painted on the words; what its output makes likelier; how often it is how strong; and whether the
 * pattern that was seen in one half of the texts held in the other. The traits are the state.
 */
import { bring } from "../lib/bring.js";
import { make, setNote, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { redrawOn } from "../lib/redraw.js";
import { tableView } from "../lib/table.js";
import { contextList } from "../neurons/contexts.js";
import { neuronKnobs, sideChoice } from "../neurons/controls.js";
import { openNeurons } from "../neurons/file.js";
import { finder } from "../neurons/finder.js";
import { histogram } from "../neurons/histogram.js";
import "../neurons/neurons.css";
import { NoHit, completions, searchIn } from "../neurons/search.js";
import { layerStrip } from "../neurons/shares.js";
import { indexSource } from "../neurons/source.js";
import { CONTROLLED, SIDES, WATCHED, chosenOf, nameOf, reach, readState, see, tellingSide } from "../neurons/state.js";
import { tableRows } from "../neurons/table.js";
import { wordBars } from "../neurons/words.js";
import { Problem } from "../problem.js";
import { isElsewhere } from "../sources/embedded.js";
import { Superseded } from "../sources/kernel.js";
import { neurons as strings } from "../strings.js";
import { setTraits } from "../traits.js";
import "../words/words.css";

/** @typedef {import("../neurons/file.js").Neuron} Neuron */
/** @typedef {import("../neurons/search.js").Hit} Hit */
/** @typedef {import("../neurons/state.js").Model} Model */
/** @typedef {import("../neurons/state.js").Seen} Seen */
/** @typedef {import("../neurons/state.js").Traits} Traits */

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const source = indexSource(model);
  let live = false;
  let turns = false; // whether the side that says more is to be shown of the neuron that is on its way
  let asked = ""; // the neuron that Python was asked for last, until one is here
  /** @type {unknown} */
  let failed = null; // why it could not give that one
  /** @type {Seen | null} */
  let seen = null;
  /** @type {Neuron | null} */
  let drawn = null;
  let searched = ""; // the word that Python was asked for last
  /** @type {Hit[] | Problem | null} */
  let found = null; // what Python answered; null while it looks

  const view = frame({
    model,
    el,
    name: "neurons",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [name, says, strong.title, strong.legend, strong.list, writes.element, often.element],
  });
  const set = (/** @type {Partial<Traits>} */ changes) => {
    setTraits(model, changes);
    view.speak(spoken);
  };
  const knobs = neuronKnobs({ onLayer: moveToLayer, onNeuron: (number) => go({ neuron: number }), onEvery: changeEvery, onInvalid: view.tell });
  const sides = sideChoice((side) => set({ side }));
  const find = finder({
    onTyped: (search) => set({ search }),
    complete: (beginning, k) => (seen ? completions(seen.chosen, beginning, k) : []),
    onHit: ({ layer, neuron, side }) => {
      turns = false;
      set({ layer, neuron, side });
    },
  });
  const loading = make("p", { class: "lv-note", role: "status", hidden: true });
  const shares = layerStrip();
  const name = make("p", { class: "lv-neuron-name" });
  const [pattern, score, why] = [make("p", { class: "lv-neuron-pattern" }), make("p"), make("p", { class: "lv-note" })];
  const says = make("div", { class: "lv-neuron-says" }, pattern, score, why);
  const strong = contextList();
  const writes = wordBars();
  const often = histogram();
  const table = tableView(strings.columns);
  const two = make("div", { class: "lv-neuron-two" }, strong.element, make("div", { class: "lv-neuron-right" }, writes.element, often.element));
  const head = make("div", { class: "lv-neuron-head" }, name, sides.element);
  const retry = make("button", { type: "button", class: "lv-button", hidden: true }, strings.retry);
  retry.addEventListener("click", () => {
    asked = "";
    if (seen) void ask(seen.layer, seen.number);
  });
  const one = make("div", { class: "lv-neuron-one", hidden: true }, head, says, two, table.element);
  const body = make("div", { class: "lv-neuron-one", hidden: true }, make("div", { class: "lv-neuron-choose" }, knobs.element, shares.element), find.element, retry, one);
  view.add(loading, body);

  const stop = redrawOn(model, WATCHED, draw);
  draw();
  source.present().then(() => {
    live = true;
    draw();
  });

  return () => {
    stop();
    often.close();
    source.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    const state = readState(model);
    try {
      const held = chosenOf(state);
      if (isElsewhere(held)) return void bring(model, held, loading, strings.fetching, view.explain);
      seen = see(state, held, live);
    } catch (error) {
      return view.explain(error);
    }
    view.tell("");
    setNote(loading, "");
    body.hidden = false;
    knobs.update(seen, state.shape, reach(seen, state.shape), live);
    shares.update(state.shape.shares, seen.layer);
    drawFound(state, seen);
    const { neuron, layer, number, side } = seen;
    const lost = asked === nameOf(layer, number) ? failed : null;
    retry.hidden = !lost;
    one.classList.toggle("lv-neuron-waiting", !neuron && live && !lost); // it is about to be replaced
    if (neuron) {
      asked = "";
      one.hidden = false;
      drawNeuron(neuron, side);
    } else if (lost) {
      if (drawn) drawNeuron(drawn, side); // under its own name, not that of the one asked for
      view.explain(lost);
    } else if (live) void ask(layer, number);
    else view.tell(strings.notHere(nameOf(layer, number)));
  }

  /**
   * @param {Neuron} neuron
   * @param {0 | 1} side
   */
  function drawNeuron(neuron, side) {
    drawn = neuron;
    const of = neuron.sides[side];
    sides.update(neuron, side);
    setText(name, nameNow(neuron, side));
    setText(pattern, patternText(of));
    setNote(score, !of.pattern ? "" : Number.isNaN(of.score) ? strings.notScored : strings.score(of.score));
    setNote(why, neuron.why && strings.why(neuron.why));
    strong.update(of);
    writes.update(of, side);
    often.update(neuron, side);
    table.update(() => tableRows(neuron, side));
  }

  /** Show a neuron, from the side that says more. @param {{ layer?: number, neuron?: number }} to */
  function go(to) {
    if (!seen) return;
    const [layer, number] = [to.layer ?? seen.layer, to.neuron ?? seen.number];
    const neuron = seen.chosen.find(layer, number);
    if (!neuron && !seen.every) return view.tell(strings.notHere(nameOf(layer, number)));
    turns = !neuron;
    set(neuron ? { ...to, side: tellingSide(neuron) } : to);
  }

  /** @param {number} layer */
  function moveToLayer(layer) {
    if (!seen) return;
    if (seen.every) return go({ layer });
    const numbers = seen.chosen.layers.get(layer);
    if (!numbers) return view.tell(strings.noneInLayer(layer, [...seen.chosen.layers.keys()]));
    go({ layer, neuron: numbers[0] });
  }

  /** @param {boolean} every */
  function changeEvery(every) {
    if (!seen) return;
    if (every || seen.chosen.find(seen.layer, seen.number)) return set({ every });
    const neuron = nearest(seen);
    set({ every, layer: neuron.layer, neuron: neuron.neuron, side: tellingSide(neuron) });
  }

  /**
   * Have Python look a neuron up. What is on screen stays until it has.
   * @param {number} layer
   * @param {number} number
   */
  async function ask(layer, number) {
    const label = nameOf(layer, number);
    if (asked === label) return;
    asked = label;
    failed = null;
    setText(name, strings.asking(label));
    try {
      const bytes = await source.neuron(layer, number);
      const neuron = openNeurons(bytes).at(0); // a reply that cannot be read must not become the state
      const here = seen?.layer === layer && seen.number === number;
      set(turns && here ? { own: bytes, side: tellingSide(neuron) } : { own: bytes });
      if (here) turns = false;
    } catch (error) {
      if (error instanceof Superseded || asked !== label) return; // the reader is at another by now
      failed = error;
      draw();
    }
  }

  /**
   * @param {Traits} state
   * @param {Seen} now
   */
  function drawFound({ search, shape }, now) {
    const typed = search.trim();
    const nothing = { hits: [], heading: "", wrong: null };
    if (!typed) return find.update(search, nothing, now);
    if (!live) return find.update(search, onPage(typed, now), now);
    if (searched !== typed) void lookFor(typed);
    if (found === null) return find.update(search, { ...nothing, heading: strings.searching }, now);
    if (found instanceof Problem) return find.update(search, { ...nothing, wrong: { message: found.message, suggestions: [] } }, now);
    find.update(search, { ...nothing, hits: found, heading: strings.searchedAll(shape.layers * shape.neurons) }, now);
  }

  /** @param {string} typed */
  async function lookFor(typed) {
    searched = typed;
    found = null;
    try {
      found = await source.search(typed);
    } catch (error) {
      if (error instanceof Superseded) return;
      if (!(error instanceof Problem)) throw error;
      found = error;
    }
    draw();
  }

  function spoken() {
    if (!seen || !drawn) return "";
    const of = drawn.sides[seen.side];
    return strings.spoken(nameNow(drawn, seen.side), patternText(of), of.promoted.slice(0, 3).map(({ word }) => word));
  }
}

/** @param {Neuron} neuron @param {0 | 1} side */
const nameNow = ({ layer, neuron }, side) => strings.name(nameOf(layer, neuron), SIDES[side]);

/** @param {import("../neurons/file.js").Side} side */
function patternText({ contexts, pattern }) {
  if (!contexts.length) return strings.noContexts;
  return pattern ? strings.pattern(pattern) : strings.nothingShared;
}

/**
 * @param {string} typed
 * @param {Seen} seen
 */
function onPage(typed, { chosen }) {
  try {
    const hits = searchIn(chosen, typed);
    return { hits, heading: strings.searchedPage(hits.length, chosen.size), wrong: null };
  } catch (error) {
    if (!(error instanceof NoHit)) throw error;
    const { message, suggestions } = error;
    return { hits: [], heading: "", wrong: { message, suggestions } };
  }
}

/** The chosen neuron of the nearest layer. @param {Seen} seen */
function nearest({ chosen, layer }) {
  const layers = [...chosen.layers.keys()].sort((a, b) => Math.abs(a - layer) - Math.abs(b - layer));
  return /** @type {Neuron} */ (chosen.find(layers[0], /** @type {number[]} */ (chosen.layers.get(layers[0]))[0]));
}

export default { render };
