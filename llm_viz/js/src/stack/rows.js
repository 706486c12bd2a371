/** The lists of the panel: rows of a name, a bar and a few words, made once and reused. */
import { makeChip, rove, setChip } from "../lib/chips.js";
import { keepParts, make, setText } from "../lib/dom.js";

/**
 * @typedef {object} Row
 * @property {number} id of the token on the chip
 * @property {string} chip
 * @property {string} [before] the chip
 * @property {number} [share] of the bar's room, 0 to 1; left out: no bar
 * @property {string} value
 * @property {string} [more]
 * @property {boolean} [here] it is the one that is looked at
 */

/**
 * @param {string} kind for the stylesheet: what the bars are the colour of
 * @param {(index: number) => void} [onChoose] a row's chip was clicked
 */
export function rowList(kind, onChoose) {
  const element = make("ol", { class: `lv-stack-rows lv-stack-${kind}` });
  const roving = rove(element);
  /** @type {ReturnType<typeof makeRow>[]} */
  const parts = [];
  if (onChoose) {
    element.addEventListener("click", (event) => {
      const at = parts.findIndex(({ chip }) => chip === /** @type {Element} */ (event.target).closest(".lv-chip"));
      if (at >= 0) onChoose(at);
    });
  }
  return {
    element,
    /**
     * @param {string} label
     * @param {Row[]} rows
     */
    update(label, rows) {
      element.setAttribute("aria-label", label);
      for (const [i, part] of keepParts(element, parts, rows.length, makeRow).entries()) part.update(rows[i]);
      roving.refresh();
    },
  };
}

function makeRow() {
  const before = make("span", { class: "lv-note lv-stack-before" });
  const chip = makeChip();
  const bar = make("span", { class: "lv-stack-bar" });
  const track = make("span", { class: "lv-stack-track", "aria-hidden": "true" }, bar);
  const value = make("span", { class: "lv-stack-value" });
  const more = make("span", { class: "lv-stack-more" });
  const element = make("li", { class: "lv-stack-row" }, before, chip, track, value, more);
  return {
    element,
    chip,
    /** @param {Row} row */
    update(row) {
      setChip(chip, row.id, row.chip);
      setText(before, row.before ?? "");
      setText(value, row.value);
      setText(more, row.more ?? "");
      track.hidden = row.share === undefined;
      bar.style.width = `${100 * (row.share ?? 0)}%`;
      element.classList.toggle("lv-stack-looked", Boolean(row.here));
      if (row.here) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    },
  };
}
