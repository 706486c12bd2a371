/** Which word, and which group is coloured; and a choice among a few things, for the panels of a view. */
import { freshId, make } from "../lib/dom.js";
import { mapText as strings } from "../strings.js";
import { wordField } from "../words/field.js";
import { ALL, NONE } from "./state.js";

/** @typedef {import("./state.js").Traits} Traits */

/**
 * @param {object} actions
 * @param {(changes: Partial<Traits>) => void} actions.onChange
 * @param {(beginning: string, k: number) => string[]} actions.complete
 */
export function mapControls({ onChange, complete }) {
  const field = wordField({ label: strings.word, complete, onTyped: (word) => onChange({ word }) });
  const id = freshId();
  const select = make("select", { id });
  const colour = make("div", { class: "lv-word-field" }, make("label", { for: id }, strings.colour), select);
  /** @type {Traits["groups"] | null} */
  let offered = null;
  select.addEventListener("change", () => onChange({ colour: select.value }));
  return {
    elements: [field.element, colour],
    /**
     * @param {Traits} state
     * @param {import("../words/field.js").Wrong | null} wrong with the word
     */
    update({ word, groups, colour: chosen }, wrong) {
      field.update(word, wrong);
      if (offered !== groups) {
        offered = groups;
        const options = [[ALL, strings.colourAll], [NONE, strings.colourNone], ...groups.map(({ name }) => [name, name])];
        select.replaceChildren(...options.map(([value, text]) => make("option", { value }, text)));
        colour.hidden = !groups.length;
      }
      select.value = chosen;
    },
  };
}
