/**
 * LayerWindows: the FFNs, or the attentions, of some layers in a row are off. Which facts are still
 * known, and which copies still made? The traits are the state; the page counts from the study, and
 * asks Python only for a question of the reader's own.
 */
import { chosenWindows, controls } from "../layer_windows/controls.js";
import { GROUPS } from "../layer_windows/file.js";
import { groupColumn } from "../layer_windows/group.js";
import { itemPanel } from "../layer_windows/item.js";
import "../layer_windows/layer_windows.css";
import { ownQuestion } from "../layer_windows/own.js";
import { CONTROLLED, WATCHED, count, counted, readState, regained, tableRows } from "../layer_windows/state.js";
import { make, setNote, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { redrawOn } from "../lib/redraw.js";
import { tableView } from "../lib/table.js";
import { kernelSource } from "../sources/kernel.js";
import { layerWindows as strings } from "../strings.js";
import { setTraits } from "../traits.js";

/** @typedef {import("../layer_windows/state.js").Seen} Seen */

/**
 * @param {{ model: import("../layer_windows/state.js").Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const kernel = kernelSource(model);
  const view = frame({ model, el, name: "layer-windows", words: strings, controlled: CONTROLLED, picture: () => [off, groups, legend, told] });
  /** @type {ReturnType<typeof controls> | null} */
  let choices = null; // made once it is known how many layers there are
  const off = make("p", { class: "lv-window-off" });
  const columns = GROUPS.map((group) => groupColumn(group, { onItem: (item) => change({ item }), onWindow: (start, width) => change({ start, width }) }));
  const groups = make("div", { class: "lv-window-groups" }, ...columns.map(({ element }) => element));
  const legend = makeLegend();
  const told = make("p", { class: "lv-window-told" });
  const chosen = chosenWindows(change);
  const panel = itemPanel();
  const own = ownQuestion(ask);
  const table = tableView(strings.columns);
  const place = make("div", { hidden: true }, off, groups, legend, told, chosen.element, panel.element, own.element, table.element);
  view.add(place);
  const stop = redrawOn(model, WATCHED, draw);
  draw();
  kernel.present().then(own.setRunnable);

  return () => {
    stop();
    kernel.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    try {
      const seen = readState(model);
      if (!choices) {
        choices = controls(seen.study.layers, { onChange: change, onInvalid: view.tell });
        place.prepend(choices.element);
      }
      place.hidden = false;
      choices.update(seen);
      setText(off, strings.nowOff(seen.window, seen.half));
      for (const each of columns) each.update(seen);
      setNote(told, toldText(seen));
      chosen.update(seen);
      panel.update(seen);
      own.update(seen.own);
      table.update(() => tableRows(seen));
      view.tell("");
    } catch (error) {
      view.explain(error);
    }
  }

  /** @param {Partial<import("../layer_windows/state.js").Traits>} changes */
  function change(changes) {
    setTraits(model, changes);
    view.speak(() => {
      const seen = readState(model);
      const texts = GROUPS.map((group) => strings.figure(group, count(seen.study, counted(seen.study, group, seen.half), seen.column)));
      return strings.spoken(seen.window, texts);
    });
  }

  /**
   * @param {string} text
   * @param {string} answer
   */
  async function ask(text, answer) {
    const { window } = readState(model);
    const { content } = await kernel.request("own", { text, answer, window });
    setTraits(model, { own: /** @type {any} */ (content.own) });
  }
}

/** @param {Seen} seen */
function toldText(seen) {
  const found = regained(seen);
  return found ? strings.regained(found) : "";
}

function makeLegend() {
  const [low, high] = strings.legendEnds;
  const scale = make("span", { class: "lv-window-scale", "aria-hidden": "true" });
  return make("p", { class: "lv-note lv-window-legend" }, strings.legend, make("span", {}, low, scale, high), make("span", {}, strings.legendNote));
}

export default { render };
