/** One text as chips: a token each, one shade from space to space, dashed what is put around it. */
import { makeChip, rove, setChip } from "../lib/chips.js";
import { keepParts, make } from "../lib/dom.js";
import { tokens as strings } from "../strings.js";

/** @typedef {import("./state.js").Known} Known */
/** @typedef {import("./state.js").Traits["around"]} Around */

const SPACE = /^(?:[·⏎⇥␍]|⟨20⟩)/; // the last: a space and the first bytes of a character
const ENDS_IN_SPACE = /[·⏎⇥␍]$/;
const ONLY_SPACE = /^[·⏎⇥␍]+$/;

/**
 * Which stretch between spaces each token belongs to, told from how the tokens are shown. Spaces
 * belong to the stretch that follows.
 * @param {string[]} tokens
 */
export function stretches(tokens) {
  let stretch = 0;
  return tokens.map((token, i) => {
    const before = tokens[i - 1];
    if (i > 0 && !ONLY_SPACE.test(before) && (SPACE.test(token) || ENDS_IN_SPACE.test(before))) stretch += 1;
    return stretch;
  });
}

export function chipStrip() {
  const element = make("div", { class: "lv-cut", role: "group" });
  const roving = rove(element);
  /** @type {{ element: HTMLButtonElement }[]} */
  const parts = [];
  return {
    element,
    /**
     * @param {string} label of the text
     * @param {Known} cut
     * @param {Around} [around] shown too, where it is given
     */
    update(label, { ids, tokens }, { start, end } = {}) {
      const before = start && ids[0] !== start[0] ? [start] : []; // a text may bring it along
      const after = end && ids.at(-1) !== end[0] ? [end] : [];
      const shades = stretches(tokens);
      const all = [
        ...before.map(([id, shown]) => ({ id, shown, shade: -1 })),
        ...ids.map((id, i) => ({ id, shown: tokens[i], shade: shades[i] % 2 })),
        ...after.map(([id, shown]) => ({ id, shown, shade: -1 })),
      ];
      const chips = keepParts(element, parts, all.length, () => ({ element: makeChip() }));
      for (const [i, { element: chip }] of chips.entries()) {
        setChip(chip, all[i].id, all[i].shown);
        chip.classList.toggle("lv-shaded", all[i].shade === 1);
        chip.classList.toggle("lv-around", all[i].shade === -1);
      }
      roving.refresh();
      element.setAttribute("aria-label", strings.chips(label, ids.length));
    },
  };
}
