/**
 * Rows, one for each key that is listed: its place and token, what it is about, a bar, an amount;
 * then one for all the rest, and their sum. Used for the shares and for what the values bring.
 */
import { makeChip, rove, setChip } from "../lib/chips.js";
import { keepParts, make, setText } from "../lib/dom.js";
import { queryKey as strings } from "../strings.js";
import { listed } from "./match.js";

/** @typedef {import("./file.js").Reading} Reading */
/** @typedef {{ position: number | null, name: string, amount: number }} Row without a position: several keys */
/**
 * @typedef {object} Shown
 * @property {Reading} reading
 * @property {import("./match.js").Match} match
 * @property {number[]} amounts by position; whole numbers
 * @property {(position: number) => string} about what an amount is made of
 * @property {(amount: number) => string} text
 * @property {(sum: number) => string} total
 */

const MOST_ROWS = 12; // of keys by themselves

/** @param {(position: number) => void} onKey a token was clicked */
export function keyRows(onKey) {
  const list = make("ol", { class: "lv-qk-rows" });
  const total = make("p", { class: "lv-qk-sum" });
  const roving = rove(list, ".lv-chip:not([hidden])");
  /** @type {ReturnType<typeof makeRow>[]} */
  const rows = [];
  return {
    element: make("div", {}, list, total),
    /** @param {Shown} now */
    update(now) {
      const { rivals, key } = now.match;
      const open = rivals.filter(({ masked }) => !masked).map(({ position }) => position);
      const kept = listed(open, now.amounts, key, MOST_ROWS);
      const left = open.filter((position) => !kept.includes(position));
      const sum = (/** @type {number[]} */ positions) => positions.reduce((total, position) => total + now.amounts[position], 0);
      const later = rivals.length - open.length;
      /** @type {Row[]} */
      const all = [
        ...kept.map((position) => ({ position, name: "", amount: now.amounts[position] })),
        ...(left.length ? [{ position: null, name: strings.others(left.length), amount: sum(left) }] : []),
        ...(later ? [{ position: null, name: strings.masked(later), amount: 0 }] : []),
      ];
      const most = Math.max(1, ...all.map(({ amount }) => Math.abs(amount)));
      const isSigned = all.some(({ amount }) => amount < 0);
      for (const [i, row] of keepParts(list, rows, all.length, makeRow).entries()) row.update(now, all[i], most, isSigned);
      roving.refresh();
      setText(total, now.total(sum(open)));
    },
  };

  function makeRow() {
    const place = make("span", { class: "lv-qk-place" });
    const chip = makeChip();
    const name = make("span", { class: "lv-qk-rest" });
    const about = make("span", { class: "lv-note lv-qk-about" });
    const bar = make("span", { class: "lv-qk-bar" });
    const value = make("span", { class: "lv-qk-value" });
    const element = make("li", { class: "lv-qk-row" }, place, chip, name, about, make("span", { class: "lv-qk-track", "aria-hidden": "true" }, bar), value);
    let position = -1;
    chip.addEventListener("click", () => onKey(position));
    return {
      element,
      /**
       * @param {Shown} now
       * @param {Row} row
       * @param {number} most
       * @param {boolean} isSigned
       */
      update({ reading: { tokens, ids }, match, about: aboutIt, text }, row, most, isSigned) {
        chip.hidden = row.position === null;
        name.hidden = !chip.hidden;
        setText(name, row.name);
        setText(place, "");
        setText(about, "");
        if (row.position !== null) {
          position = row.position;
          setText(place, String(position));
          setChip(chip, ids[position], tokens[position]);
          chip.setAttribute("aria-label", strings.choose(tokens[position], position));
          setText(about, aboutIt(position));
        }
        element.classList.toggle("lv-qk-chosen", row.position === match.key);
        setText(value, text(row.amount));
        const whole = isSigned ? 50 : 100;
        const length = (whole * Math.abs(row.amount)) / most;
        bar.parentElement?.classList.toggle("lv-qk-signed", isSigned);
        bar.classList.toggle("lv-qk-down", row.amount < 0);
        bar.style.width = `${length}%`;
        bar.style.left = `${isSigned ? (row.amount < 0 ? 50 - length : 50) : 0}%`;
      },
    };
  }
}
