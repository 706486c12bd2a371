/** Which of its layouts WordMap shows, and in how many dimensions. */
import { freshId, make, setNote } from "../lib/dom.js";
import { wordMap as strings } from "../strings.js";
import { methodsOf } from "./state.js";

/** @type {import("./view.js").Panel} */
export function layoutPanel({ change }) {
  const method = choice(strings.method, (value) => change({ method: value }));
  const dims = choice(strings.dims, (value) => change({ dims: Number(value) }));
  const why = make("p", { class: "lv-note", id: freshId(), role: "status" });
  return {
    controls: [method.element, dims.element, why],
    told: [],
    update(state, sheet) {
      const methods = methodsOf(state.maps ?? []);
      method.update(methods.map(({ method: value, name }) => ({ value, name })), state.method ?? "");
      method.element.hidden = methods.length < 2;
      const without = sheet?.without ?? {};
      dims.update([2, 3].map((n) => ({ value: String(n), name: strings.dimsOf(n), without: without[n], described: why.id })), String(sheet?.dims ?? ""));
      setNote(why, Object.values(without).join(" "));
    },
    close() {},
  };
}

/** @typedef {{ value: string, name: string, without?: string, described?: string }} Option `without` says why it cannot be chosen */

/**
 * A few things of which one is chosen, all of them seen.
 * @param {string} legend
 * @param {(value: string) => void} onChoose
 */
function choice(legend, onChoose) {
  const group = freshId();
  const buttons = make("span", { class: "lv-map-choice" });
  const element = make("fieldset", {}, make("legend", {}, legend), buttons);
  /** @type {HTMLInputElement[]} */
  let inputs = [];
  let offered = "";
  return {
    element,
    /**
     * @param {Option[]} options
     * @param {string} chosen
     */
    update(options, chosen) {
      const now = options.map(({ value, name }) => `${value} ${name}`).join();
      if (offered !== now) {
        offered = now;
        inputs = options.map(({ value }) => make("input", { type: "radio", name: group, value }));
        buttons.replaceChildren(...inputs.map((input, i) => make("label", {}, input, options[i].name)));
        for (const input of inputs) input.addEventListener("change", () => onChoose(input.value));
      }
      for (const [i, input] of inputs.entries()) {
        const { without, described = "" } = options[i];
        input.checked = input.value === chosen;
        input.disabled = Boolean(without);
        if (without) input.setAttribute("aria-describedby", described);
        else input.removeAttribute("aria-describedby");
      }
    },
  };
}
