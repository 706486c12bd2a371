/** The text as chips. One that is pointed at, or kept, tints the others by how much it looks there. */
import { makeChip, rove, setChip } from "../lib/chips.js";
import { keepParts, make, setText } from "../lib/dom.js";
import { attentionHeads as strings } from "../strings.js";
import { SHARE, rowLength, rowStart } from "./pattern.js";

/** @typedef {import("./file.js").Heads} Heads */

/**
 * @param {object} actions
 * @param {(index: number | null) => void} actions.onPoint by pointer or focus; null = no longer
 * @param {(index: number) => void} actions.onPress
 */
export function tokenStrip({ onPoint, onPress }) {
  const title = make("p", { class: "lv-note" });
  const group = make("div", { class: "lv-heads-chips", role: "group" });
  const roving = rove(group);
  /** @type {{ element: HTMLButtonElement }[]} */
  const parts = [];
  /** @type {HTMLButtonElement[]} */
  let chips = [];
  /** @type {Heads | null} */
  let shown = null;

  const indexOf = (/** @type {Event} */ event) => {
    const chip = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".lv-chip"));
    return chip ? Number(chip.dataset.index) : null;
  };
  for (const type of ["pointerover", "focusin"]) group.addEventListener(type, (event) => onPoint(indexOf(event)));
  for (const type of ["pointerleave", "focusout"]) group.addEventListener(type, () => onPoint(null));
  group.addEventListener("click", (event) => {
    const index = indexOf(event);
    if (index !== null) onPress(index);
  });

  return {
    element: make("div", { class: "lv-heads-strip" }, title, group),
    /**
     * @param {Heads} file
     * @param {import("./pattern.js").Pattern | null} pattern null until it is here
     * @param {{ query: number | null, kept: number | null, from: number }} choice
     */
    update(file, pattern, { query, kept, from }) {
      if (file !== shown) {
        shown = file;
        chips = keepParts(group, parts, file.n, () => ({ element: makeChip() })).map(({ element }) => element);
        for (const [i, chip] of chips.entries()) {
          setChip(chip, file.ids[i], file.tokens[i]);
          chip.dataset.index = String(i);
        }
        group.setAttribute("aria-label", strings.stripLabel(file.n));
        roving.refresh();
      }
      setText(title, query === null ? strings.strip : strings.stripOf(file.tokens[query]));
      const start = pattern && query !== null ? rowStart(pattern, query) : 0;
      const length = pattern && query !== null ? rowLength(pattern, query) : 0;
      for (const [i, chip] of chips.entries()) {
        const code = pattern && i >= from && i < length ? pattern.codes[start + i] : 0;
        const share = code ? `${Math.round(60 * Math.sqrt(SHARE[code]))}%` : "";
        if (chip.style.getPropertyValue("--share") !== share) chip.style.setProperty("--share", share);
        chip.classList.toggle("lv-heads-query", i === query);
        const pressed = String(i === kept);
        if (chip.getAttribute("aria-pressed") !== pressed) chip.setAttribute("aria-pressed", pressed);
      }
    },
  };
}
