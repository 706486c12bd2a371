/**
 * Switches: each head of the model is a switch (and so, if the author likes, is each attention layer
 * and each FFN), coloured by what it is worth alone. What is off moves the next token, the logit
 * difference and the loss. The traits are the state: each control sets a trait, and every change of a
 * trait, whoever made it, is drawn. A combination that was not tried is run by a source, if there is
 * one.
 */
import { bring } from "../lib/bring.js";
import { chipTips, makeChip, rove, setChip } from "../lib/chips.js";
import { keepParts, make, setNote, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { ownText } from "../lib/own_text.js";
import { promptChooser } from "../lib/prompt_chooser.js";
import { redrawOn } from "../lib/redraw.js";
import { tableView } from "../lib/table.js";
import { isElsewhere } from "../sources/embedded.js";
import { Superseded } from "../sources/kernel.js";
import { switches as strings } from "../strings.js";
import { groupChoice, measureChoice, severalChoice } from "../switches/choices.js";
import { openSwitched } from "../switches/file.js";
import { largest, switchGrid } from "../switches/grid.js";
import { figures, nextTokens } from "../switches/panel.js";
import { readOff, toggled, writeOff } from "../switches/parts.js";
import { ranking } from "../switches/ranking.js";
import { pythonSource } from "../switches/source.js";
import { CONTROLLED, WATCHED, chosen, readState, see } from "../switches/state.js";
import "../switches/switches.css";
import { result, tableRows } from "../switches/words.js";
import { setTraits } from "../traits.js";

/** @typedef {import("../switches/state.js").Model} Model */
/** @typedef {import("../switches/state.js").Part} Part */
/** @typedef {import("../switches/state.js").Seen} Seen */
/** @typedef {import("../switches/state.js").Traits} Traits */

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const source = pythonSource(model);
  let live = false;
  let asked = ""; // the question that was last put to the source
  /** @type {Seen | null} */
  let seen = null;

  const view = frame({
    model,
    el,
    name: "switches",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [read, sentence, numbers.element, next.element, legend.element, grid.element, ranked.element],
  });
  const set = (/** @type {Partial<Traits>} */ changes) => setTraits(model, changes);
  const prompts = promptChooser({
    className: "lv-switch-choice",
    label: strings.text,
    ownOption: strings.ownOption,
    onPrompt: (prompt) => set({ prompt }),
  });
  const own = ownText(runOwnText);
  const chips = make("span", { role: "group" });
  const read = make("div", { class: "lv-switch-read" }, chips);
  const roving = rove(chips);
  /** @type {{ element: HTMLButtonElement }[]} */
  const tokens = [];

  const groups = groupChoice({ onGroup: (off) => seen && change(readOff(off, seen.tried.shape)), onAllOn: () => set({ off: "" }) });
  const several = severalChoice((value) => set({ several: value }));
  const measure = measureChoice((value) => set({ measure: value }));
  const grid = switchGrid({ onToggle: (part) => change([part]), onLook: look });
  const legend = makeLegend();
  const lookLine = make("p", { class: "lv-note lv-switch-look" }, strings.lookHint);
  const every = make("button", { type: "button", class: "lv-button", hidden: true });
  every.addEventListener("click", tryEvery);
  const left = make("div", { class: "lv-switch-left" }, measure.element, legend.element, lookLine, grid.element, every);

  const sentence = make("p", { class: "lv-switch-result" });
  const note = make("p", { class: "lv-note", role: "status" });
  const numbers = figures();
  const next = nextTokens();
  const ranked = ranking((part) => change([part]));
  const right = make("div", { class: "lv-switch-right" }, note, numbers.element, next.element, ranked.element);

  const loading = make("p", { class: "lv-note", role: "status" });
  const table = tableView(strings.columns);
  const body = make("div", { class: "lv-switch-body-parts" }, left, right);
  const results = make("div", { class: "lv-switch-results", hidden: true }, read, groups.element, several.element, sentence, body, table.element);
  view.add(prompts.element, own.element, loading, results);
  chipTips(view.root, () => null);

  const stop = redrawOn(model, WATCHED, draw);
  draw();
  source.present().then(() => {
    live = true;
    own.setRunnable(true);
    draw();
  });

  return () => {
    stop();
    source.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    const state = readState(model);
    prompts.update(state.traces.length, state);
    own.update(state.text);
    several.update(state.several, live);
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
    drawSeen(state, seen);
  }

  /**
   * @param {Traits} state
   * @param {Seen} now
   */
  function drawSeen(state, now) {
    const { tried, off } = now;
    const shown = keepParts(chips, tokens, tried.tokens.length, () => ({ element: makeChip() }));
    for (const [i, { element }] of shown.entries()) setChip(element, tried.ids[i], tried.tokens[i]);
    chips.setAttribute("aria-label", strings.chips(tried.tokens.length));
    roving.refresh();

    groups.update(state.groups, (group) => isAllOff(now, group), off !== "");
    measure.update(state.measure);
    grid.update(now, state.measure);
    left.style.setProperty("--columns", String(now.columns.length));
    legend.update(now, state.measure);
    ranked.update(now, state.measure);
    const singles = now.columns.flat();
    const missing = singles.some(({ kind, name }) => kind === "head" && !tried.rows.has(name));
    every.hidden = !(missing && live && state.prompt === -1);
    setText(every, strings.every(tried.shape.layers * tried.shape.heads));
    table.update(() => tableRows(tried, state.groups));

    const waits = now.now === null && live;
    wait(waits);
    if (waits) return void run(now);
    asked = "";
    setNote(note, now.now ? "" : strings.notTried(off));
    setText(sentence, result(now, state.groups));
    numbers.update(now);
    next.update(now);
    speak();
  }

  /**
   * Switch parts: by themselves, or on top of what is off already.
   * @param {Part[]} parts
   */
  function change(parts) {
    if (!seen) return;
    const adds = live && model.get("several");
    const others = toggled(seen.parts, parts);
    const off = adds ? writeOff(others) : writeOff(parts) === seen.off ? "" : writeOff(parts);
    set({ off });
  }

  /**
   * Have the source run what was not tried. What is on screen stays until it has.
   * @param {Seen} now
   */
  async function run({ tried, off }) {
    const question = { text: tried.text, answer: tried.answer.id, rival: tried.rival.id, off };
    if (asked === JSON.stringify(question)) return;
    asked = JSON.stringify(question);
    setNote(note, strings.running);
    try {
      const bytes = await source.run(question);
      openSwitched(bytes); // a reply that cannot be read must not become the state
      set({ found: bytes });
    } catch (error) {
      if (error instanceof Superseded) return; // the newer question is on its way
      wait(false);
      setNote(note, "");
      view.explain(error);
    }
  }

  /** @param {boolean} waits whether what is on screen is about to be replaced */
  function wait(waits) {
    for (const shown of [sentence, right]) shown.classList.toggle("lv-switch-waiting", waits);
  }

  /**
   * @param {string} text
   * @throws {import("../problem.js").Problem | import("../sources/kernel.js").Superseded}
   */
  async function runOwnText(text) {
    const bytes = await source.read(text, false);
    openSwitched(bytes);
    set({ own: bytes, text, prompt: -1, off: "" });
  }

  async function tryEvery() {
    every.disabled = true;
    setText(every, strings.trying);
    try {
      const bytes = await source.read(model.get("text"), true);
      openSwitched(bytes);
      set({ own: bytes });
    } catch (error) {
      view.explain(error);
    }
    every.disabled = false;
  }

  /** @param {Part | null} part that is pointed at; what was told of the last one stays */
  function look(part) {
    if (!part || !seen) return;
    const { tried } = seen;
    const row = tried.rows.get(part.name);
    if (row === undefined) return setText(lookLine, strings.look(part.name, null, "", 0));
    const [is, was] = [tried.outcome(row), tried.outcome(0)];
    const by = { p: is.p - was.p, difference: is.difference - was.difference, loss: is.loss - was.loss };
    setText(lookLine, strings.look(part.name, by, tried.answer.name, is.p));
  }

  function speak() {
    view.speak(() => {
      if (!seen?.now) return note.textContent ?? "";
      const { difference, loss } = seen.now.of.outcome(seen.now.row);
      return strings.spoken({ result: result(seen, model.get("groups")), difference: strings.two(difference), loss: Number.isNaN(loss) ? "" : strings.two(loss) });
    });
  }
}

/**
 * @param {Seen} seen
 * @param {string} group
 */
function isAllOff({ off }, group) {
  const names = new Set(off.split(", "));
  return group.split(", ").every((name) => names.has(name));
}

function makeLegend() {
  const what = make("span");
  const scale = make("span", { class: "lv-switch-scale", "aria-hidden": "true" });
  const [low, high] = [make("span"), make("span")];
  const offKey = make("span", { class: "lv-switch-offline" }, make("span", { class: "lv-switch-offkey", "aria-hidden": "true" }, "×"), strings.offKey);
  const note = make("span");
  return {
    element: make("p", { class: "lv-note lv-switch-legend" }, what, scale, make("span", { class: "lv-switch-ends" }, low, high), offKey, note),
    /**
     * @param {Seen} seen
     * @param {import("../switches/file.js").Measure} measure
     */
    update({ tried, columns }, measure) {
      const loss = measure === "loss";
      const most = strings.two(largest(tried, columns.flat(), measure));
      setText(what, strings.legend(measure, tried.answer.name, tried.rival.name));
      scale.style.setProperty("--from", loss ? "var(--better)" : "var(--missed)");
      scale.style.setProperty("--to", loss ? "var(--missed)" : "var(--better)");
      setText(low, `\u2212${most}: ${loss ? strings.better : strings.missed}`);
      setText(high, `+${most}: ${loss ? strings.missed : strings.better}`);
      const noLoss = loss && Number.isNaN(tried.outcome(0).loss);
      const missing = columns.flat().some(({ name }) => !tried.rows.has(name));
      setNote(note, noLoss ? strings.noLoss : missing ? strings.notYet : "");
    },
  };
}

export default { render };
