/** ModelSizes: whole models as bars on one straight axis, split into what their weights are for. */
import { make } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { tableView } from "../lib/table.js";
import { sizeBars, tableRow } from "../model_sizes/bars.js";
import "../model_sizes/model_sizes.css";
import { axisEnd } from "../model_sizes/ruler.js";
import { CONTROLLED, WATCHED, readState } from "../model_sizes/state.js";
import { modelSizes as strings } from "../strings.js";
import { setTraits } from "../traits.js";

/**
 * @param {{ model: import("../model_sizes/state.js").Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const view = frame({ model, el, name: "model-sizes", words: strings, controlled: CONTROLLED, picture: () => [bars.element] });
  const bars = sizeBars((zoom) => {
    setTraits(model, { zoom });
    view.speak(spoken);
  });
  const table = tableView(strings.columns);
  const place = make("div", { hidden: true }, bars.element, table.element);
  view.add(place);
  for (const name of WATCHED) model.on(`change:${name}`, draw);
  draw();

  return () => {
    for (const name of WATCHED) model.off(`change:${name}`, draw);
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    try {
      const { models, zoom } = readState(model);
      bars.update(models, zoom);
      table.update(() => models.map(tableRow));
      place.hidden = false;
      view.tell("");
    } catch (error) {
      view.explain(error);
    }
  }

  function spoken() {
    const { models, zoom } = readState(model);
    const end = axisEnd(models, zoom);
    return strings.spoken(strings.inWords(end), models.filter(({ total }) => total <= end).map(({ name }) => name));
  }
}

export default { render };
