/**
 * Induction: loss along random tokens said twice, with the heads that copy off and with as many
 * others; beside it the same on ordinary text; beneath, what the heads that copy live on.
 */
import { lineKeys, lossChart } from "../induction/chart.js";
import { controls } from "../induction/controls.js";
import { feeding } from "../induction/feeding.js";
import { KINDS } from "../induction/figures.js";
import "../induction/induction.css";
import { CONTROLLED, WATCHED, foundText, readState, tableRows } from "../induction/state.js";
import { make, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { redrawOn } from "../lib/redraw.js";
import { tableView } from "../lib/table.js";
import { induction as strings } from "../strings.js";
import { setTraits } from "../traits.js";

/**
 * @param {{ model: import("../induction/state.js").Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const view = frame({ model, el, name: "induction", words: strings, controlled: CONTROLLED, picture: () => [two, keys.element, legend, fed.element] });
  /** @type {ReturnType<typeof controls> | null} */
  let choices = null; // made once it is known how many heads there are
  const charts = KINDS.map(lossChart);
  const two = make("div", { class: "lv-loss-two" }, ...charts.map(({ element }) => element));
  const keys = lineKeys();
  const legend = make("p", { class: "lv-note" });
  const example = make("p", { class: "lv-note" });
  const notes = make("div", { class: "lv-loss-notes" }, legend, example);
  const fed = feeding();
  const table = tableView(strings.columns);
  const place = make("div", { hidden: true }, two, keys.element, notes, fed.element, table.element);
  view.add(place);
  const stop = redrawOn(model, WATCHED, draw);
  draw();

  return () => {
    stop();
    for (const chart of charts) chart.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    try {
      const seen = readState(model);
      const { told } = seen.figures;
      if (!choices) {
        choices = controls(told.heads.length, { onChange: change, onInvalid: view.tell });
        place.prepend(choices.element);
      }
      place.hidden = false;
      choices.update(seen);
      for (const chart of charts) chart.update(seen);
      keys.update(seen);
      setText(legend, strings.legend(told.texts));
      setText(example, strings.example(told.example.slice(0, told.n_tokens).join(" ")));
      fed.update(seen.figures);
      table.update(() => tableRows(seen));
      view.tell("");
    } catch (error) {
      view.explain(error);
    }
  }

  /** @param {Partial<import("../induction/state.js").Traits>} changes */
  function change(changes) {
    setTraits(model, changes);
    view.speak(() => {
      const seen = readState(model);
      return strings.spoken(foundText(seen, "repeated"), foundText(seen, "ordinary"));
    });
  }
}

export default { render };
