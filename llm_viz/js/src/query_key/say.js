/** Tokens that something raises or lowers, as chips with their amounts; a click follows one. */
import { makeChip, rove, setChip } from "../lib/chips.js";
import { keepParts, make, setText } from "../lib/dom.js";
import { queryKey as strings } from "../strings.js";

/** @typedef {{ id: number, name: string, amount: number }} Said */

/** @param {(id: number) => void} onToken */
export function sayList(onToken) {
  const list = make("span", { class: "lv-qk-said", role: "group" });
  const roving = rove(list);
  /** @type {ReturnType<typeof makeSaid>[]} */
  const parts = [];
  return {
    element: list,
    /**
     * @param {Said[]} said
     * @param {number | null} followed
     * @param {string} label
     */
    update(said, followed, label) {
      list.setAttribute("aria-label", label);
      for (const [i, part] of keepParts(list, parts, said.length, makeSaid).entries()) part.update(said[i], followed);
      roving.refresh();
    },
  };

  function makeSaid() {
    const chip = makeChip();
    const amount = make("span", { class: "lv-qk-amount" });
    let id = -1;
    chip.addEventListener("click", () => onToken(id));
    return {
      element: make("span", {}, chip, amount),
      /**
       * @param {Said} said
       * @param {number | null} followed
       */
      update(said, followed) {
        id = said.id;
        setChip(chip, id, said.name);
        chip.setAttribute("aria-pressed", String(id === followed));
        chip.setAttribute("aria-label", strings.follow(said.name, said.amount));
        setText(amount, strings.signed(said.amount));
      },
    };
  }
}
