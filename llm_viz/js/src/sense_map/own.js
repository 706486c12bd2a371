/** The reader's own word and sentences, read by Python; without it the form says why it rests. */
import { freshId, make, setText } from "../lib/dom.js";
import { submits } from "../lib/submits.js";
import { ownText, senseMap as strings } from "../strings.js";

/** @typedef {{ word: string, first: string, second: string }} Own */

/** @param {(own: Own) => Promise<unknown>} onRun rejected with a `Problem` if it cannot be read */
export function ownSentences(onRun) {
  const hint = make("p", { class: "lv-note", id: freshId() });
  const [id, ...areaIds] = [freshId(), freshId(), freshId()];
  const word = make("input", { type: "text", id, autocomplete: "off", "aria-describedby": hint.id });
  const areas = areaIds.map((areaId) => make("textarea", { id: areaId, rows: 5, spellcheck: "false", "aria-describedby": hint.id }));
  const button = make("button", { type: "submit", class: "lv-button" }, ownText.run);
  const problem = make("p", { class: "lv-problem", role: "alert", hidden: true });
  const form = make(
    "form",
    { class: "lv-senses-own", novalidate: true },
    hint,
    make("div", { class: "lv-senses-own-word" }, make("label", { for: id }, strings.ownWord), word),
    ...areas.map((area, i) => make("div", {}, make("label", { for: area.id }, strings.ownSenses[i]), area)),
    make("div", {}, button),
    problem,
  );
  submits(form, button, problem, () => onRun({ word: word.value, first: areas[0].value, second: areas[1].value }));
  return {
    element: make("details", { class: "lv-senses-details" }, make("summary", {}, strings.own), form),
    /**
     * @param {boolean} present whether Python is there
     * @param {boolean} able whether it has a model
     */
    update(present, able) {
      for (const control of [word, ...areas, button]) control.disabled = !(present && able);
      setText(hint, present && !able ? strings.ownNoModel : present ? strings.ownHint : strings.ownNeeds);
    },
  };
}
