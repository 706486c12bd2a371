/** The text: the prompt as it was given, and each token that the model added, shaded. */
import { probabilityText } from "../format.js";
import { makeChip, rove, setChip } from "../lib/chips.js";
import { keepParts, make, setText } from "../lib/dom.js";
import { generation as strings } from "../strings.js";

/** @typedef {import("./state.js").Picture} Picture */

const TICKS = [0, 0.5, 1];

/** @param {(index: number) => void} onLook a token was pointed at or focused */
export function textStrip(onLook) {
  const prompt = make("span", { class: "lv-gen-prompt" });
  const chips = make("span", { class: "lv-gen-chips", role: "group" });
  const end = make("span", { class: "lv-note lv-gen-end" });
  const rest = make("span", { class: "lv-gen-rest", "aria-hidden": "true" }); // keeps the room of what is to come
  const strip = make("div", { class: "lv-gen-strip" }, prompt, chips, rest, end);
  const roving = rove(chips);
  const look = (/** @type {Event} */ event) => {
    const index = parts.findIndex(({ element }) => element === event.target);
    if (index >= 0) onLook(index);
  };
  chips.addEventListener("pointerover", look);
  chips.addEventListener("focusin", look);
  /** @type {{ element: HTMLButtonElement }[]} */
  const parts = [];
  /** @type {{ element: HTMLElement }[]} */
  const coming = [];
  let before = 0;
  return {
    element: make("div", { class: "lv-gen-text" }, strip, makeLegend()),
    strip,
    /**
     * @param {Picture} picture
     * @param {number} looked index of the token whose alternatives are shown, or -1
     */
    update({ prompt: given, text, shown }, looked) {
      setText(prompt, given);
      const steps = text?.steps.slice(0, shown) ?? [];
      for (const [i, { element }] of keepParts(chips, parts, steps.length, () => ({ element: makeChip() })).entries()) {
        const { id, name, chance } = steps[i];
        setChip(element, id, name);
        element.style.setProperty("--share", String(chance));
        element.setAttribute("aria-label", strings.chip(name, probabilityText(chance)));
        element.toggleAttribute("data-looked", i === looked);
      }
      roving.refresh();
      const later = text?.steps.slice(shown) ?? [];
      for (const [i, { element }] of keepParts(rest, coming, later.length, makeRoom).entries()) setText(element, later[i].name);
      chips.setAttribute("aria-label", strings.chips(steps.length));
      const whole = text && shown === text.steps.length;
      setText(end, whole ? strings.ended(text.stopped) : "");
      if (shown === before + 1) showLast(strip, parts[shown - 1].element);
      before = shown;
    },
  };
}

const makeRoom = () => ({ element: make("span", { class: "lv-chip" }) });

/**
 * Scroll the strip, and not the page, so that a token can be seen.
 * @param {HTMLElement} strip
 * @param {HTMLElement} chip
 */
function showLast(strip, chip) {
  const below = chip.getBoundingClientRect().bottom - strip.getBoundingClientRect().bottom;
  if (below > 0) strip.scrollTop += below + chip.offsetHeight;
}

function makeLegend() {
  const scale = make(
    "span",
    { class: "lv-gen-scale", "aria-hidden": "true" },
    ...TICKS.map((p) => make("span", {}, probabilityText(p))),
  );
  return make("p", { class: "lv-note lv-gen-legend" }, make("span", {}, strings.legend), scale);
}
