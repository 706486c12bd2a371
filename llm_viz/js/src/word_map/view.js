/**
 * What WordMap and LearningMap have in common: words on a map, the true neighbours of one of them
 * joined by lines, and beside them its nearest on the map. A view hands in its atlas, which knows
 * where words stand and who is near whom, and the panel that chooses a sheet of it.
 */
import { make, setNote, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { tableView } from "../lib/table.js";
import { plotlyFor } from "../plotly.js";
import { mapText as strings } from "../strings.js";
import { setTraits } from "../traits.js";
import { UnknownWord } from "../word_list.js";
import { redrawOn } from "../lib/redraw.js";
import "../words/words.css";
import { mapControls } from "./controls.js";
import { FEW } from "./figure.js";
import { legendItems } from "./legend.js";
import { neighbourLists } from "./lists.js";
import { inBoth } from "./near.js";
import { mapPicture } from "./picture.js";
import { colouredGroups, readState, watchedOf } from "./state.js";
import { GROUP_SYMBOLS } from "./symbols.js";
import { hasWebgl } from "./webgl.js";
import "./word_map.css";

/** @typedef {import("./state.js").Traits} Traits */
/**
 * @typedef {object} Sheet one map of the atlas
 * @property {string} key unlike that of any other
 * @property {string} frame maps of one frame are looked at from one place
 * @property {string} name
 * @property {number} dims
 * @property {Float32Array[]} axes where the words stand, see `axesOf`
 * @property {number[]} reach how far they go to both sides
 * @property {number} k how many neighbours are compared
 * @property {string} kept what is said of the map as a whole
 * @property {string} trueNote how true neighbours were found
 * @property {string} [figures] what the vectors are worth
 * @property {Record<number, string>} without why a number of dimensions cannot be chosen
 * @property {(place: number) => { place: number, cosine: number | null }[]} near true neighbours, nearest first
 * @property {(place: number) => number[]} seen the nearest on the map
 */
/**
 * @typedef {object} Atlas
 * @property {import("../word_list.js").WordList} words
 * @property {(state: Traits, webgl: boolean) => Sheet} sheet throws a `Problem` if there is none
 */
/**
 * The controls that choose a sheet, and what is told of it.
 * @typedef {(actions: { current: () => Traits, change: (changes: Partial<Traits>) => void, tell: (sentence: string) => void }) => {
 *   controls: HTMLElement[], told: HTMLElement[], update: (state: Traits, sheet: Sheet | null) => void, close: () => void }} Panel
 */

/**
 * @param {object} map
 * @param {import("./state.js").Model} map.model
 * @param {HTMLElement} map.el
 * @param {{ title: string, tryThis: string }} map.words
 * @param {readonly (keyof Traits)[]} map.controlled the traits that the reader changes
 * @param {Panel} map.makePanel
 * @param {(assets: Traits["assets"]) => Promise<Atlas>} map.open
 * @returns {() => void} the clean-up
 */
export function mapView({ model, el, words: titles, controlled, makePanel, open }) {
  /** @type {Atlas | null} */
  let atlas = null;
  /** @type {{ word: string, overlap: string, near: string[] } | null} what is shown */
  let shown = null;
  let closed = false;

  const webgl = hasWebgl();
  const view = frame({
    model,
    el,
    name: "word_map",
    words: titles,
    controlled,
    picture: () => [picture.element, few, legend, ...panel.told, reading, kept, lists.element],
  });
  const loading = make("p", { class: "lv-note", role: "status" }, strings.loading);
  const controls = mapControls({ onChange: change, complete: (beginning, k) => atlas?.words.completions(beginning, k) ?? [] });
  const panel = makePanel({ current: () => readState(model), change, tell: view.tell });
  const picture = mapPicture({
    webgl,
    load: () => plotlyFor(model.get("assets")?.plotly, model),
    onPick: (place) => atlas && change({ word: atlas.words.words[place] }),
    onDrawn: (key) => Object.assign(view.root.dataset, { drawn: key, drawnBy: webgl ? "webgl" : "svg" }),
    onFailure: (error) => {
      setNote(few, strings.broken);
      view.explain(error);
    },
  });
  const few = make("p", { class: "lv-note", role: "status", hidden: true });
  const legend = make("ul", { class: "lv-map-legend" });
  const reading = make("p", { class: "lv-map-reading" });
  const kept = make("p");
  const lists = neighbourLists((word) => change({ word }));
  const table = tableView(strings.columns);
  const results = make(
    "div",
    { class: "lv-results", hidden: true },
    legend,
    make("p", { class: "lv-note" }, strings.noUnit),
    ...panel.told,
    reading,
    kept,
    lists.element,
    table.element,
  );
  const chosen = make("div", { class: "lv-map-controls" }, ...controls.elements, ...panel.controls);
  view.add(loading, chosen, picture.element, picture.tools, few, results);
  picture.follow(view.root);

  const watched = watchedOf(controlled);
  const stop = redrawOn(model, watched, draw);
  model.on("change:assets", bring);
  draw();
  bring();

  return () => {
    closed = true;
    stop();
    model.off("change:assets", bring);
    picture.close();
    panel.close();
    view.close();
  };

  /** Load what the map is made of. */
  async function bring() {
    try {
      const found = await open(model.get("assets") ?? {});
      if (closed) return;
      atlas = found;
      setNote(loading, "");
      draw();
    } catch (error) {
      if (!closed) view.explain(error, loading);
    }
  }

  /** Draw the traits as they are; what cannot be shown is said, and the picture stays. */
  function draw() {
    const state = readState(model);
    const wrong = wrongWith(state.word);
    /** @type {Sheet | null} */
    let sheet = null;
    view.tell("");
    try {
      sheet = atlas?.sheet(state, webgl) ?? null;
      if (atlas && sheet) show(state, atlas, sheet, wrong ? (shown?.word ?? "") : atlas.words.find(state.word));
    } catch (error) {
      view.explain(error);
    }
    controls.update(state, wrong);
    panel.update(state, sheet);
  }

  /**
   * @param {Traits} state
   * @param {Atlas} all
   * @param {Sheet} sheet
   * @param {string} word "" where none has been found yet
   */
  function show(state, all, sheet, word) {
    const { words } = all.words;
    const groups = colouredGroups(state).map((group) => ({
      ...group,
      symbol: GROUP_SYMBOLS[sheet.dims][group.mark],
      places: group.words.filter((member) => all.words.has(member)).map((member) => all.words.place(member)),
    }));
    const place = word ? all.words.place(word) : null;
    const near = place === null ? [] : sheet.near(place);
    const seen = place === null ? [] : sheet.seen(place);
    const trueOnes = near.map((each) => each.place);
    const both = inBoth(trueOnes, seen);
    const overlap = strings.overlap(word, both.size, sheet.k);
    shown = { word, overlap, near: trueOnes.map((other) => words[other]) };
    results.hidden = false;
    legend.replaceChildren(...legendItems(word, groups));
    setNote(reading, word ? overlap : "");
    setText(kept, sheet.kept);
    lists.element.hidden = !word;
    lists.update(
      near.map(({ place: other, cosine }) => ({ word: words[other], cosine, both: both.has(other) })),
      seen.map((other) => ({ word: words[other], cosine: null, both: both.has(other) })),
      { near: sheet.trueNote, seen: strings.seenNote(sheet.dims) },
    );
    table.update(() =>
      near.map(({ place: other, cosine }, i) => [String(i + 1), words[other], cosine === null ? "" : strings.cosine(cosine), words[seen[i]]]),
    );
    setNote(few, webgl ? "" : strings.noWebgl(Math.min(FEW, words.length), words.length));
    const { key, frame: still, axes, reach } = sheet;
    picture.show({ key, frame: still, label: strings.picture(sheet.name, words.length, word), axes, reach, names: words, groups, chosen: place, near: trueOnes, seen });
  }

  /**
   * @param {string} typed
   * @returns {import("../words/field.js").Wrong | null}
   */
  function wrongWith(typed) {
    try {
      atlas?.words.find(typed);
      return null;
    } catch (error) {
      if (!(error instanceof UnknownWord)) throw error;
      return error;
    }
  }

  /** @param {Partial<Traits>} changes */
  function change(changes) {
    setTraits(model, changes);
    view.speak(() => (shown?.word ? strings.spoken(shown.overlap, shown.near) : ""));
  }
}
