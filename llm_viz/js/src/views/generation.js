/**
 * Generation: a text that grows token by token, each shaded by its probability, with what else could
 * have stood in its place. The traits are the state; only what is pointed at is the view's own.
 */
import { probabilityText } from "../format.js";
import { make, setNote } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { ownText } from "../lib/own_text.js";
import { tableView } from "../lib/table.js";
import { alikePicture } from "../generation/alike.js";
import { alternativesPanel } from "../generation/alternatives.js";
import { choosers } from "../generation/choices.js";
import "../generation/generation.css";
import { makePlayer } from "../lib/player.js";
import { CONTROLLED, WATCHED, makePicture, readState } from "../generation/state.js";
import { textStrip } from "../generation/strip.js";
import { tableRows } from "../generation/table.js";
import { plainText, withMore } from "../generation/texts.js";
import { transport } from "../generation/transport.js";
import { makeWriter } from "../generation/writer.js";
import { kernelSource } from "../sources/kernel.js";
import { generation as strings } from "../strings.js";
import { setTraits } from "../traits.js";

/** @typedef {import("../generation/state.js").Model} Model */
/** @typedef {import("../generation/state.js").Traits} Traits */
/** @typedef {import("../generation/state.js").Picture} Picture */

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const kernel = kernelSource(model);
  const writer = makeWriter(kernel, onWritten);
  /** @type {Picture | null} */
  let picture = null;
  let looked = -1; // the token that the reader points at; -1: the last one shown
  /** @type {object | null} */
  let writing = null; // stands for the text that Python is writing

  const view = frame({
    model,
    el,
    name: "generation",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [text.strip, alternatives.element, alike.element],
  });
  const player = makePlayer({ speed: () => model.get("speed"), onStep: playOn, onChange: onPlayer });
  const own = ownText(writeOwn);
  const choices = choosers({ onChange: choose, onInvalid: view.tell });
  const controls = transport({
    onPlay,
    onStep: (step) => setTraits(model, { step }),
    onSpeed: (speed) => setTraits(model, { speed }),
    onInvalid: view.tell,
  });
  const text = textStrip((index) => {
    looked = index;
    drawLooked();
  });
  const missing = make("p", { class: "lv-note", role: "status", hidden: true });
  const alternatives = alternativesPanel();
  const alike = alikePicture();
  const table = tableView(strings.columns);
  view.add(
    choices.prompt,
    own.element,
    choices.element,
    text.element,
    missing,
    controls.element,
    make("div", { class: "lv-gen-panels" }, alternatives.element, alike.element),
    table.element,
  );
  view.root.addEventListener("change", speak);
  view.root.addEventListener("click", speak);
  for (const name of WATCHED) model.on(`change:${name}`, draw);
  draw();
  kernel.present().then(() => own.setRunnable(true));

  return () => {
    for (const name of WATCHED) model.off(`change:${name}`, draw);
    player.close();
    writer.stop();
    kernel.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    const state = readState(model);
    try {
      const before = picture;
      const seen = (picture = makePicture(state));
      if (seen.text !== before?.text || seen.shown !== before?.shown) looked = -1;
      choices.update(state, seen);
      own.update(state.text);
      alike.update(seen);
      controls.update({ shown: seen.shown, all: seen.text?.steps.length ?? 0 }, mode(), {
        speed: state.speed,
        tokens_per_second: speedOf(seen, state),
      });
      table.update(() => tableRows(seen));
      setNote(missing, seen.text ? "" : state.prompt === -1 ? strings.notWritten : strings.noText);
      drawLooked();
      view.tell("");
    } catch (error) {
      view.explain(error);
    }
    view.root.classList.toggle("lv-gen-empty", picture === null);
  }

  function drawLooked() {
    if (!picture) return;
    const index = looked < 0 ? picture.shown - 1 : looked;
    text.update(picture, index);
    alternatives.update(picture.text?.steps[index], index, picture.temperature);
  }

  /** @returns {"still" | "playing" | "writing"} */
  function mode() {
    if (writing) return "writing";
    return player.playing ? "playing" : "still";
  }

  /**
   * How fast the shown text was written: the reader's own as it was, the others as the study says.
   * @param {Picture} seen
   * @param {Traits} state
   */
  function speedOf({ text: shown }, state) {
    if (state.prompt !== -1) return state.tokens_per_second;
    return shown && !writing ? shown.steps.length / shown.seconds : null;
  }

  /** @param {Partial<Traits>} changes to which text is shown */
  function choose(changes) {
    endWriting();
    setTraits(model, changes);
  }

  function onPlay() {
    if (writing) return endWriting();
    if (player.playing) return player.pause();
    if (picture && picture.shown === picture.text?.steps.length) setTraits(model, { step: 0 }, false);
    player.play();
  }

  /** One token more; false if it was the last. */
  function playOn() {
    if (!picture?.text) return false;
    setTraits(model, { step: picture.shown + 1 }, false);
    return picture.shown < picture.text.steps.length;
  }

  /** @param {boolean} playing */
  function onPlayer(playing) {
    if (!playing) model.save_changes();
    draw();
    speak();
  }

  /**
   * @param {string} prompt
   * @throws {import("../problem.js").Problem | import("../sources/kernel.js").Superseded}
   */
  async function writeOwn(prompt) {
    player.pause();
    const mine = (writing = {});
    draw();
    try {
      const temperature = picture?.temperature ?? model.get("temperature");
      await writer.write({ text: prompt, temperature, seed: model.get("seed") });
    } finally {
      if (writing === mine) endWriting(); // else a newer text is being written
    }
  }

  /**
   * @param {import("../generation/texts.js").Packed} more
   * @param {boolean} first
   */
  function onWritten(more, first) {
    const [{ prompt }] = more.texts;
    const fresh = prompt !== model.get("text");
    const before = fresh ? { names: {}, texts: [] } : model.get("own");
    setTraits(model, { own: withMore(before, more, first), text: prompt }, false);
    if (first) setTraits(model, { prompt: -1 }, false);
    if (picture?.text && model.get("prompt") === -1) setTraits(model, { step: picture.text.steps.length }, false);
  }

  function endWriting() {
    if (!writing) return;
    writing = null;
    writer.stop();
    model.save_changes();
    draw();
    speak();
  }

  /** Once the text stands still: all of it, or the token that the reader went to. */
  function speak() {
    view.speak(() => {
      const steps = picture?.text?.steps ?? [];
      if (!picture || !steps.length || mode() !== "still") return "";
      const last = steps[picture.shown - 1];
      if (!last || picture.shown === steps.length) return strings.spoken(picture.prompt, plainText(steps.slice(0, picture.shown)));
      return strings.spokenStep(picture.shown, last.name, probabilityText(last.chance));
    });
  }
}

export default { render };
