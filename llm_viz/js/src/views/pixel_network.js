/**
 * PixelNetwork: nine pixels to draw on, a small network that says what it sees, and lessons that it
 * learns in the page: show, compare, nudge every weight.
 */
import { make, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { redrawOn } from "../lib/redraw.js";
import { tableView } from "../lib/table.js";
import { lessons, looks, settings } from "../pixels/controls.js";
import { lossCurve } from "../pixels/curve.js";
import { display, small } from "../pixels/display.js";
import { flowPicture, mostOf, THICKEST } from "../pixels/flow.js";
import { makeLearner, TESTED } from "../pixels/learner.js";
import { forward, highest, makePass, pixelsOf, SYMBOLS } from "../pixels/network.js";
import "../pixels/pixels.css";
import { CONTROLLED, readState, WATCHED } from "../pixels/state.js";
import { tableRows } from "../pixels/table.js";
import { pixelNetwork as strings } from "../strings.js";
import { setTraits } from "../traits.js";
import { shape } from "../words/svg.js";

/**
 * @param {{ model: import("../pixels/state.js").Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const view = frame({ model, el, name: "pixels", words: strings, controlled: CONTROLLED, picture: () => [found, flow.element, keys.element, curve.element] });
  const learn = makeLearner();
  const board = display({ onChange: (pixels) => change({ pixels, look: "image" }) });
  const look = looks({ onChange: change });
  const showing = lessons({ onChange: change });
  const chosen = settings({ onChange: change, onInvalid: view.tell });
  const found = make("p", { class: "lv-px-found" });
  const example = make("div", { class: "lv-px-example" });
  const flow = flowPicture();
  const keys = legend();
  const progress = make("p", { class: "lv-px-progress" });
  const curve = lossCurve();
  const table = tableView(strings.table);
  const place = make(
    "div",
    { hidden: true },
    make("div", { class: "lv-px-main" }, board.element, make("div", { class: "lv-px-network" }, showing.element, progress, look.element, make("div", { class: "lv-px-told" }, example, found), flow.element, keys.element)),
    make("div", { class: "lv-px-below" }, curve.element, chosen.element),
    table.element,
  );
  view.add(place);
  const stop = redrawOn(model, WATCHED, draw);
  draw();

  return () => {
    stop();
    flow.close();
    curve.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    try {
      const state = readState(model);
      const learnt = learn(state);
      const { network, lesson } = learnt;
      const nudges = lesson && lesson.pass.slopes.map(({ weights, biases }) => ({ weights: weights.map((slope) => -state.rate * slope), biases: biases.map((slope) => -state.rate * slope) }));
      const taught = state.look === "lesson" ? lesson : null; // a link may ask for a lesson that was none
      const values = taught ? taught.pass.values : flowOf(network, state.pixels);
      const outputs = values[values.length - 1];
      const lines = (taught && nudges ? nudges : network).map(({ weights }) => weights);
      const spelled = strings.outputsText(outputs);

      place.hidden = false;
      board.update(state.pixels);
      look.update(taught ? "lesson" : "image", lesson !== null);
      showing.update(state);
      chosen.update(state);
      example.hidden = !taught;
      example.replaceChildren(...(taught ? [small(values[0])] : []));
      setText(found, taught ? strings.lessonText(state.seen, SYMBOLS[taught.symbol], SYMBOLS[highest(outputs)], taught.loss) : imageFound(outputs));
      flow.update({
        values, lines,
        errors: taught && taught.pass.errors,
        symbol: taught ? taught.symbol : -1,
        label: taught ? strings.pictureLesson(spelled) : strings.pictureImage(strings.imageName(state.pixels), spelled),
      });
      keys.update(taught ? "lesson" : "image", mostOf(lines));
      setText(progress, `${strings.seen(state.seen, learnt.accuracy, TESTED)} ${rangeText(network)}`);
      curve.update(learnt.losses);
      table.update(() => tableRows(network, values, nudges));
      view.tell("");
    } catch (error) {
      view.explain(error);
    }
  }

  /** @param {Partial<import("../pixels/state.js").Traits>} changes */
  function change(changes) {
    setTraits(model, changes);
    view.speak(() => ("seen" in changes ? `${progress.textContent} ${found.textContent}` : `${found.textContent}`));
  }
}

/**
 * @param {import("../pixels/network.js").Layer[]} network
 * @param {string} image
 */
function flowOf(network, image) {
  const pass = makePass(network);
  forward(network, pass, pixelsOf(image));
  return pass.values;
}

/** @param {Float64Array} outputs */
function imageFound(outputs) {
  const wins = highest(outputs);
  const sum = outputs.reduce((total, output) => total + output, 0);
  return `${strings.imageText(SYMBOLS[wins], outputs[wins])} ${strings.sumText(sum)}`;
}

/** @param {import("../pixels/network.js").Layer[]} network */
function rangeText(network) {
  const all = network.map(({ weights }) => weights);
  return strings.range(Math.min(...all.map((part) => Math.min(...part))), Math.max(...all.map((part) => Math.max(...part))));
}

/** What lines and circles mean. */
function legend() {
  const parts = /** @type {const} */ (["minus", "plus"]).map((sign) => {
    const sample = shape("svg", { class: "lv-px-flow", viewBox: "0 0 28 10", width: 28, height: 10, "aria-hidden": "true" },
      shape("line", { x1: 0, x2: 28, y1: 5, y2: 5, class: `lv-px-${sign}`, "stroke-width": THICKEST }));
    const text = make("span");
    const element = make("li");
    element.append(sample, text);
    return { sign, element, text };
  });
  const note = make("p", { class: "lv-note" });
  return {
    element: make("div", {}, make("ul", { class: "lv-note lv-px-keys" }, ...parts.map(({ element }) => element)), note),
    /** @param {"image" | "lesson"} look @param {number} most */
    update(look, most) {
      const words = strings.keys[look](most);
      for (const { sign, text } of parts) setText(text, words[sign]);
      setText(note, `${words.text} ${strings.bias}`);
    },
  };
}

export default { render };
