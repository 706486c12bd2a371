/**
 * A token is the same chip everywhere: its text, and on hover or focus its number and its bytes.
 * A group of chips is one tab stop; arrow keys move within it.
 */
import { freshId, make, setText } from "./dom.js";
import { chipText as strings } from "../strings.js";
import { showBytes } from "../show.js";

/** @typedef {import("../vocabulary.js").Vocabulary} Vocabulary */

/** @returns {HTMLButtonElement} an empty chip; fill it with `setChip` */
export function makeChip() {
  return make("button", { type: "button", class: "lv-chip", tabindex: -1 });
}

/**
 * @param {HTMLElement} chip
 * @param {number} id
 * @param {string} shown the token as shown to people
 */
export function setChip(chip, id, shown) {
  chip.dataset.token = String(id);
  setText(chip, shown);
}

/**
 * Make the chips in `group` one tab stop.
 * @param {HTMLElement} group
 * @param {string} [selector] of what to move among, where it is no chips
 */
export function rove(group, selector = ".lv-chip") {
  const chips = () => /** @type {HTMLElement[]} */ ([...group.querySelectorAll(selector)]);
  const moveTo = (/** @type {HTMLElement | undefined} */ target) => {
    if (!target) return;
    for (const chip of chips()) chip.tabIndex = chip === target ? 0 : -1;
    target.focus();
  };
  group.addEventListener("keydown", (event) => {
    const all = chips();
    const at = all.indexOf(/** @type {HTMLElement} */ (event.target));
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    moveTo(all[to]);
  });
  return {
    /** After chips came or went: see that exactly one of them can be reached. */
    refresh() {
      const all = chips();
      if (all.length && !all.some((chip) => chip.tabIndex === 0)) all[0].tabIndex = 0;
    },
  };
}

/**
 * One tip for all chips of a view. It stays while the pointer is on it, and Escape closes it.
 * @param {HTMLElement} root of the view, positioned
 * @param {() => Vocabulary | null} vocabulary null until it has arrived
 */
export function chipTips(root, vocabulary) {
  const tip = make("div", { class: "lv-tip", role: "tooltip", id: freshId(), hidden: true });
  root.append(tip);
  /** @type {HTMLElement | null} */
  let owner = null;

  const hide = () => {
    owner?.removeAttribute("aria-describedby");
    owner = null;
    tip.hidden = true;
  };
  const show = (/** @type {Event} */ event) => {
    const target = /** @type {Element} */ (event.target);
    if (tip.contains(target)) return;
    const chip = /** @type {HTMLElement | null} */ (target.closest("[data-token]"));
    if (!chip) return hide();
    owner?.removeAttribute("aria-describedby");
    owner = chip;
    chip.setAttribute("aria-describedby", tip.id);
    tip.replaceChildren(...describe(Number(chip.dataset.token), vocabulary()));
    tip.hidden = false;
    place(tip, chip, root);
  };
  root.addEventListener("pointerover", show);
  root.addEventListener("focusin", show);
  root.addEventListener("pointerleave", hide);
  root.addEventListener("focusout", hide);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
}

/**
 * @param {number} id
 * @param {Vocabulary | null} vocabulary
 */
function describe(id, vocabulary) {
  const lines = [make("strong", {}, strings.id(id))];
  if (vocabulary?.has(id)) {
    const bytes = vocabulary.bytes(id);
    lines.push(make("span", {}, strings.bytes(bytes.length, showBytes(bytes))));
  }
  return lines;
}

/**
 * Above the chip where there is room, within the view's width.
 * @param {HTMLElement} tip
 * @param {HTMLElement} chip
 * @param {HTMLElement} root
 */
function place(tip, chip, root) {
  const frame = root.getBoundingClientRect();
  const from = chip.getBoundingClientRect();
  const widest = frame.width - tip.offsetWidth;
  const left = from.left - frame.left + (from.width - tip.offsetWidth) / 2;
  const above = from.top - frame.top - tip.offsetHeight - 6;
  tip.style.left = `${Math.max(0, Math.min(left, widest))}px`;
  tip.style.top = `${above >= 0 ? above : from.bottom - frame.top + 6}px`;
}
