/** The lists of words that the reader changes, with examples: for the line, and for the test. */
import { freshId, make } from "../lib/dom.js";
import { direction as strings } from "../strings.js";
import { wordField } from "../words/field.js";

/** @typedef {import("../words/field.js").Wrong} Wrong */

/**
 * @template {keyof typeof strings.fields} Name of a list
 * @param {object} panel
 * @param {readonly Name[]} panel.names
 * @param {(changes: Record<string, string>) => void} panel.onChange
 * @param {(beginning: string, k: number) => string[]} panel.complete
 */
export function listPanel({ names, onChange, complete }) {
  /** @typedef {Record<Name, string> & { name: string }} Example */
  const fields = names.map((name) => {
    const field = wordField({ label: strings.fields[name], complete, onTyped: (typed) => onChange({ [name]: typed }) });
    return { name, ...field };
  });
  const id = freshId();
  const select = make("select", { id });
  const example = make("div", { class: "lv-example" }, make("label", { for: id }, strings.example), select);
  /** @type {Example[] | null} */
  let listed = null;

  select.addEventListener("change", () => {
    const chosen = listed?.[Number(select.value)];
    if (select.value && chosen) onChange(Object.fromEntries(names.map((name) => [name, chosen[name]])));
  });

  return {
    example,
    fields: fields.map(({ element }) => element),
    /**
     * @param {Record<Name, string>} values
     * @param {Example[]} examples
     * @param {Record<Name, Wrong | null>} wrong
     */
    update(values, examples, wrong) {
      if (listed !== examples) {
        listed = examples;
        example.hidden = !examples.length;
        const options = examples.map(({ name }, i) => make("option", { value: i }, name));
        select.replaceChildren(make("option", { value: "" }, strings.ownWords), ...options);
      }
      const current = examples.findIndex((each) => names.every((name) => each[name] === values[name]));
      select.value = current < 0 ? "" : String(current);
      for (const field of fields) field.update(values[field.name], wrong[field.name]);
    },
  };
}
