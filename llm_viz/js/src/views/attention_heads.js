/**
 * AttentionHeads: all heads of all layers as small pictures of who looks at whom, and the chosen one
 * large, as a matrix or as lines between tokens. The traits are the state: each control sets a
 * trait, and every change of a trait, whoever made it, is drawn.
 */
import { probabilityText } from "../format.js";
import { asker } from "../heads/asking.js";
import { onNewLook } from "../heads/canvas.js";
import { button, checkBox, choice } from "../heads/controls.js";
import { openHeads } from "../heads/file.js";
import { headGrid } from "../heads/grid.js";
import "../heads/heads.css";
import { jobList, scoresOf, verdict } from "../heads/jobs.js";
import { largePicture } from "../heads/large.js";
import { looksText, tableRows } from "../heads/looks.js";
import { meanOf } from "../heads/pattern.js";
import { CONTROLLED, WATCHED, choose, chosenText, headAt, nameOf, namesOf, readState } from "../heads/state.js";
import { tokenStrip } from "../heads/strip.js";
import { bring } from "../lib/bring.js";
import { make, setNote, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { ownText } from "../lib/own_text.js";
import { promptChooser } from "../lib/prompt_chooser.js";
import { redrawOn } from "../lib/redraw.js";
import { evenScale, slider } from "../lib/slider.js";
import { tableView } from "../lib/table.js";
import { isElsewhere } from "../sources/embedded.js";
import { kernelSource } from "../sources/kernel.js";
import { attentionHeads as strings } from "../strings.js";
import { setTraits } from "../traits.js";

/** @typedef {import("../heads/state.js").Model} Model */
/** @typedef {import("../heads/state.js").Traits} Traits */
/** @typedef {import("../heads/state.js").Choice} Choice */
/** @typedef {import("../heads/file.js").Heads} Heads */
/** @typedef {import("../heads/pattern.js").Pattern} Pattern */
/** @typedef {{ file: Heads, state: Traits, choice: Choice, name: string, pattern: Pattern | null }} Seen */

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const kernel = kernelSource(model);
  let hasPython = false;
  /** @type {Seen | null} */
  let seen = null;
  /** @type {import("../heads/large.js").Pointed | null} before what is kept */
  let pointed = null;
  /** @type {{ file: Heads, shown: string, pattern: Pattern } | null} the pattern drawn last */
  let made = null;
  /** @type {ReturnType<typeof slider>[] | null} */
  let sliders = null;

  const view = frame({
    model,
    el,
    name: "heads",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [all.element, title, says, strip.element, large.element, large.note, legend, looks, jobs.element],
  });
  const set = (/** @type {Partial<Traits>} */ changes) => setTraits(model, changes);
  const asking = asker(kernel, draw);
  const prompts = promptChooser({
    className: "lv-heads-choice",
    label: strings.text,
    ownOption: strings.ownOption,
    onPrompt: (prompt) => set({ prompt, position: null }),
  });
  const own = ownText(runOwnText);
  const loading = make("p", { class: "lv-note", role: "status", hidden: true });

  const score = choice(strings.score, strings.scoreOptions, (value) => set({ score: value }));
  const order = choice(strings.order, strings.orders, (value) => set({ order: value }));
  const mask = checkBox(strings.maskFirst, (on) => set({ mask_first: on }));
  const maskNote = make("p", { class: "lv-note" });
  const all = headGrid({ onMove: (place) => set(headAt(place, seen?.file.heads ?? 1)), onPress: press });

  const title = make("p", { class: "lv-heads-title" });
  const says = make("p", {});
  const knobs = make("div", { class: "lv-heads-sliders" });
  const average = button(strings.average, () => {
    if (seen) set({ mean: seen.choice.averaging ? "" : nameOf(seen.choice.place, seen.file.heads) });
  });
  const strip = tokenStrip({ onPoint: (query) => point(query === null ? null : { query, key: null }), onPress: keep });
  const kind = choice(strings.picture, strings.pictures, (value) => set({ picture: value }));
  const large = largePicture({ onPoint: point, onPress: keep });
  const looks = make("p", { class: "lv-heads-looks" });
  const legend = makeLegend();
  const jobs = jobList();
  const table = tableView(strings.columns);
  const whole = make("div", { class: "lv-heads-one" }, strip.element, kind.element, large.element, large.note, legend, looks);
  const one = make("div", { class: "lv-heads-one" }, title, says, knobs, average, loading, whole, jobs.element);
  const body = make(
    "div",
    { class: "lv-heads-parts" },
    make("div", { class: "lv-heads-controls" }, score.element, order.element, mask.element, maskNote),
    make("div", { class: "lv-heads-sides" }, all.element, one),
    table.element,
  );
  view.add(prompts.element, own.element, body);
  view.root.addEventListener("change", speak);

  const stop = redrawOn(model, WATCHED, draw);
  const stopLook = onNewLook(view.root, () => {
    all.redraw();
    large.redraw();
  });
  draw();
  kernel.present().then(() => {
    hasPython = true;
    own.setRunnable(true);
    draw();
  });

  return () => {
    stop();
    stopLook();
    kernel.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    const state = readState(model);
    prompts.update(state.traces.length, state);
    own.update(state.text);
    try {
      const held = chosenText(state);
      if (isElsewhere(held)) return void bring(model, held, loading, strings.fetching, view.explain);
      const file = openHeads(held);
      const chosen = choose(state, file);
      const name = chosen.averaging ? strings.meanName(chosen.shown.length) : strings.headName(nameOf(chosen.place, file.heads));
      seen = { file, state, choice: chosen, name, pattern: null };
    } catch (error) {
      return view.explain(error);
    }
    whole.hidden = false;
    setNote(loading, "");
    view.tell("");
    drawSeen(seen);
  }

  /** @param {Seen} now */
  function drawSeen(now) {
    const { file, state, choice: chosen, name } = now;
    score.select.value = state.score;
    order.select.value = state.order;
    kind.select.value = state.picture;
    mask.box.checked = chosen.from > 0;
    mask.box.disabled = !file.hasFirst;
    const resting = file.scores.get("first_token")?.filter((share) => share > 0.5).length ?? 0;
    setText(maskNote, file.hasFirst ? strings.maskNote(resting, file.layers * file.heads) : "");
    all.update(file, state, chosen);
    sliders ??= [makeSlider("layer", file.layers), makeSlider("head", file.heads)]; // all texts are one model's
    sliders[0].update(state.layer);
    sliders[1].update(state.head);
    const scored = scoresOf(file, chosen.shown);
    setText(title, name);
    setText(says, chosen.averaging ? strings.meanOf(namesOf(chosen.shown, file.heads)) : verdict(scored));
    setText(average, chosen.averaging ? strings.stopAverage : strings.average);
    jobs.update(scored);
    now.pattern = patternOf(now);
    whole.hidden = table.element.hidden = !now.pattern;
    if (pointed && pointed.query >= file.n) pointed = null;
    drawPattern();
  }

  /**
   * The pattern that is to be shown; null while a head of it is not here.
   * @param {Seen} now
   * @returns {Pattern | null}
   */
  function patternOf({ file, choice: { shown }, name }) {
    const absent = shown.filter((place) => !file.has(place));
    if (absent.length) {
      setNote(loading, hasPython ? strings.asking(namesOf(absent, file.heads)) : strings.needsPython(name, namesOf(file.carried, file.heads)));
      try {
        if (hasPython) asking.ask(file, absent[0]);
      } catch (error) {
        view.explain(error, loading);
      }
      return null;
    }
    if (made?.file !== file || made.shown !== shown.join()) {
      const codes = meanOf(shown.map((place) => file.codes(place)));
      made = { file, shown: shown.join(), pattern: { n: file.n, causal: file.causal, codes } };
    }
    return made.pattern;
  }

  /** What a pointed token changes: the strip, the picture, the looks. */
  function drawPattern() {
    if (!seen) return;
    const { file, state, choice: chosen, name, pattern } = seen;
    const { from } = chosen;
    const query = pointed?.query ?? chosen.query;
    strip.update(file, pattern, { query, kept: chosen.query, from });
    setText(looks, pattern ? looksText(file, pattern, pointed ?? { query: chosen.query, key: null }, from) : "");
    if (!pattern) return;
    const { tokens, positions } = file;
    large.update({ pattern, tokens, positions, from, query, key: pointed?.key ?? null }, state.picture, name);
    table.update(() => tableRows(file, pattern, query, from));
  }

  /** @param {"layer" | "head"} trait @param {number} n */
  function makeSlider(trait, n) {
    const made = slider({
      label: strings[trait],
      scale: evenScale(0, n - 1, 1),
      bounds: [0, n - 1, 1],
      mark: () => strings.range(n),
      onChange: (value) => set({ [trait]: value }),
      onInvalid: view.tell,
    });
    knobs.append(made.element);
    return made;
  }

  /** @param {number} place */
  function press(place) {
    if (!seen) return;
    const { choice: { shown, averaging }, file } = seen;
    const others = shown.filter((each) => each !== place);
    const next = others.length < shown.length ? others : [...shown, place];
    set({ ...headAt(place, file.heads), ...(averaging ? { mean: next.map((each) => nameOf(each, file.heads)).join(" ") } : {}) });
    speak();
  }

  /** @param {import("../heads/large.js").Pointed | null} found */
  function point(found) {
    pointed = found;
    drawPattern();
  }

  /** @param {number} index */
  function keep(index) {
    if (!seen) return;
    set({ position: seen.choice.query === index ? null : seen.file.positions[index] });
    speak();
  }

  /**
   * @param {string} text
   * @throws {import("../problem.js").Problem | import("../sources/kernel.js").Superseded}
   */
  async function runOwnText(text) {
    const bytes = await kernel.trace(text);
    openHeads(bytes); // a reply that cannot be read must not become the state
    set({ own: bytes, text, prompt: -1, position: null });
    speak();
  }

  function speak() {
    view.speak(() => (seen ? `${seen.name}. ${says.textContent} ${looks.textContent}` : ""));
  }
}

function makeLegend() {
  const marks = [0, 0.04, 0.25, 0.56, 1].map((share) => make("span", {}, probabilityText(share))); // roots a quarter apart
  return make("p", { class: "lv-note lv-heads-legend" }, strings.legend, make("span", { class: "lv-heads-scale" }, ...marks), strings.legendNote);
}

export default { render };
