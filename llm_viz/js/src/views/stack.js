/**
 * Stack: the whole model as a building. Words go in at the bottom, every floor adds something to the
 * same stream, a prediction comes out on top; the reader walks through with a sentence.
 */
import { chipTips } from "../lib/chips.js";
import { make } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { ownText } from "../lib/own_text.js";
import { redrawOn } from "../lib/redraw.js";
import { promptChooser } from "../lib/prompt_chooser.js";
import { tableView } from "../lib/table.js";
import { kernelSource } from "../sources/kernel.js";
import { building } from "../stack/building.js";
import { whereabouts } from "../stack/controls.js";
import { openStages } from "../stack/file.js";
import { panel, weightText } from "../stack/panel.js";
import "../stack/stack.css";
import { CONTROLLED, WATCHED, readState, sceneOf } from "../stack/state.js";
import { stateAfter } from "../stack/walk.js";
import { stack as strings } from "../strings.js";
import { setTraits } from "../traits.js";

/** @typedef {import("../stack/state.js").Scene} Scene */
/** @typedef {import("../stack/state.js").Traits} Traits */

/**
 * @param {{ model: import("../stack/state.js").Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const kernel = kernelSource(model);
  /** @type {Scene | null} */
  let scene = null;

  const view = frame({ model, el, name: "stack", words: strings, controlled: CONTROLLED, picture: () => [plan.element, open.element] });
  const chooser = promptChooser({
    className: "lv-stack-chooser",
    label: strings.text,
    ownOption: strings.ownOption,
    onPrompt: (prompt) => change({ prompt, position: -1 }), // another text, another last token
  });
  const own = ownText(runOwnText);
  const where = whereabouts({
    onStep: goTo,
    onLayer: (layer) => change(scene && scene.step.layer >= 0 ? { layer } : { layer, stage: "attention" }),
    onPosition: (position) => change({ position }),
    onInvalid: view.tell,
  });
  const plan = building(goTo);
  const open = panel((position) => change({ position }));
  const legend = make("p", { class: "lv-note" }, strings.legend);
  const table = tableView(strings.stepColumns);
  const walkable = make(
    "div",
    { class: "lv-stack-walkable" },
    where.element,
    make("div", { class: "lv-stack-house" }, make("div", { class: "lv-stack-plan" }, plan.element), open.element),
    legend,
    table.element,
  );
  view.add(make("div", { class: "lv-stack-text" }, chooser.element, own.element), walkable);
  chipTips(view.root, () => null);

  const stop = redrawOn(model, WATCHED, draw);
  draw();
  kernel.present().then(() => own.setRunnable(true));

  return () => {
    stop();
    plan.close();
    kernel.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    const state = readState(model);
    chooser.update(state.texts.length, state);
    own.update(state.text);
    try {
      const seen = sceneOf(state);
      scene = seen;
      where.update(seen, state.layer);
      plan.update(state.architecture, seen);
      open.update(state, seen);
      table.update(() => tableRows(state, seen));
      view.tell("");
    } catch (error) {
      view.explain(error);
    }
    walkable.hidden = scene === null;
  }

  /** @param {number} at index of a step */
  function goTo(at) {
    const step = scene?.steps[at];
    if (step) change(step.layer < 0 ? { stage: step.stage } : { stage: step.stage, layer: step.layer });
  }

  /** @param {Partial<Traits>} changes */
  function change(changes) {
    setTraits(model, changes);
    view.speak(() => (scene ? spoken(scene) : ""));
  }

  /**
   * @param {string} text
   * @throws {import("../problem.js").Problem | import("../sources/kernel.js").Superseded}
   */
  async function runOwnText(text) {
    const bytes = await kernel.trace(text);
    openStages(bytes); // a reply that cannot be read must not become the state
    change({ own: bytes, text, prompt: -1, position: -1 });
  }
}

/** @param {Scene} scene */
function spoken({ stages, step, position }) {
  const state = stateAfter(step, stages.layers);
  const inBlock = step.layer >= 0;
  return strings.spoken({
    name: strings.name(step),
    token: stages.tokens[position],
    length: state < 0 ? "" : strings.length(stages.length(state, position)),
    added: inBlock ? strings.added(stages.added(state - 1, position)) : "",
    guess: state < 0 ? "" : stages.guesses(state, position).map(({ name }) => name).join(" "),
  });
}

/**
 * Every step with the numbers of the token that is looked at.
 * @param {Traits} state
 * @param {Scene} scene
 */
function tableRows({ architecture }, { stages, steps, position }) {
  return steps.map((step, i) => {
    const state = stateAfter(step, stages.layers);
    const [length, guesses] = state < 0 ? ["", ""] : [strings.length(stages.length(state, position)), stages.guesses(state, position).map(({ name }) => name).join("  ")];
    const added = step.layer < 0 ? "" : strings.added(stages.added(state - 1, position));
    return [String(i + 1), strings.name(step), weightText(architecture, step.stage), length, added, guesses];
  });
}

export default { render };
