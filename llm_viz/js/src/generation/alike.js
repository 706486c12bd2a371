/** How alike the texts of one prompt are, by temperature: the share of tokens in common. */
import { probabilityText } from "../format.js";
import { freshId, keepParts, make, setText } from "../lib/dom.js";
import { generation as strings } from "../strings.js";

/** @typedef {import("./state.js").Picture} Picture */

export function alikePicture() {
  const heading = make("p", { class: "lv-heading", id: freshId() }, strings.alike);
  const list = make("ul", { class: "lv-gen-rows", "aria-labelledby": heading.id });
  const legend = make(
    "ul",
    { class: "lv-note lv-gen-keys" },
    make("li", {}, make("span", { class: "lv-gen-key lv-gen-bar", "aria-hidden": "true" }), strings.keyShared),
    make("li", {}, make("span", { class: "lv-gen-key lv-gen-tick", "aria-hidden": "true" }), strings.keyUnrelated),
  );
  const element = make("div", { class: "lv-gen-panel lv-gen-alike" }, heading, list, legend);
  /** @type {ReturnType<typeof makeRow>[]} */
  const parts = [];
  return {
    element,
    /** @param {Picture} picture */
    update({ alike, prompt, temperature }) {
      element.hidden = !alike.length;
      for (const [i, part] of keepParts(list, parts, alike.length, makeRow).entries()) {
        const { temperature: at, shared, different, unrelated } = alike[i];
        part.update(at, shared[prompt], different[prompt], unrelated, at === temperature);
      }
    },
  };
}

function makeRow() {
  const name = make("span", { class: "lv-gen-at" });
  const bar = make("span", { class: "lv-gen-bar" });
  const tick = make("span", { class: "lv-gen-tick" });
  const track = make("span", { class: "lv-gen-track", "aria-hidden": "true" }, bar, tick);
  const value = make("span", { class: "lv-gen-value" });
  const note = make("span", { class: "lv-note lv-gen-own" });
  const element = make("li", { class: "lv-gen-row" }, name, track, value, note);
  return {
    element,
    /**
     * @param {number} temperature
     * @param {number} shared
     * @param {number} different
     * @param {number | null} unrelated
     * @param {boolean} current
     */
    update(temperature, shared, different, unrelated, current) {
      setText(name, strings.atTemperature(temperature, current));
      bar.style.width = `${100 * shared}%`;
      tick.hidden = unrelated === null;
      tick.style.left = `${100 * (unrelated ?? 0)}%`;
      setText(value, probabilityText(shared));
      setText(note, strings.shared(temperature, different, unrelated === null ? "" : probabilityText(unrelated)));
      element.classList.toggle("lv-gen-drawn", current);
      if (current) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
    },
  };
}
