/** Which text a view shows: one of the author's, or the reader's own once it has been read. */
import { freshId, make } from "./dom.js";

const OPTION_LENGTH = 40; // characters of the reader's text in the list

/**
 * @param {object} options
 * @param {string} options.className
 * @param {string} options.label
 * @param {(beginning: string) => string} options.ownOption how the reader's own text stands in the list
 * @param {(prompt: number) => void} options.onPrompt the place of a text; -1 is the reader's own
 */
export function promptChooser({ className, label, ownOption, onPrompt }) {
  const id = freshId();
  const select = make("select", { id });
  select.addEventListener("change", () => onPrompt(Number(select.value)));
  const element = make("div", { class: className }, make("label", { for: id }, label), select);
  let offered = "";
  return {
    element,
    /**
     * @param {number} count of the author's texts
     * @param {{ labels: string[], text: string, own: { byteLength: number }, prompt: number }} state
     */
    update(count, { labels, text, own, prompt }) {
      const names = Array.from({ length: count }, (_, i) => [String(i), labels[i] ?? String(i + 1)]);
      if (own.byteLength) names.push(["-1", ownOption([...text].slice(0, OPTION_LENGTH).join(""))]);
      if (offered !== JSON.stringify(names)) {
        offered = JSON.stringify(names);
        select.replaceChildren(...names.map(([value, name]) => make("option", { value }, name)));
      }
      select.value = String(prompt);
      element.hidden = names.length < 2;
    },
  };
}
