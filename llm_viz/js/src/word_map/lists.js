/** The true neighbours of a word beside its nearest on the map; what is in both is marked. */
import { keepParts, make, setText } from "../lib/dom.js";
import { mapText as strings } from "../strings.js";

/** @typedef {{ word: string, cosine: number | null, both: boolean }} Item */

/** @param {(word: string) => void} onPick */
export function neighbourLists(onPick) {
  const trueList = wordColumn("lv-true", strings.trueHeading, onPick);
  const seenList = wordColumn("lv-seen", strings.seenHeading, onPick);
  const element = make("div", { class: "lv-map-lists" }, trueList.element, seenList.element);
  return {
    element,
    /**
     * @param {Item[]} near
     * @param {Item[]} seen
     * @param {{ near: string, seen: string }} notes how they were found
     */
    update(near, seen, notes) {
      trueList.update(near, notes.near);
      seenList.update(seen, notes.seen);
    },
  };
}

/**
 * @param {string} name
 * @param {string} heading
 * @param {(word: string) => void} onPick
 */
function wordColumn(name, heading, onPick) {
  const note = make("p", { class: "lv-note" });
  const list = make("ol");
  /** @type {ReturnType<typeof makeItem>[]} */
  const items = [];
  const element = make("div", { class: `lv-map-list ${name}` }, make("p", { class: "lv-heading" }, heading), note, list);
  return {
    element,
    /**
     * @param {Item[]} words
     * @param {string} how
     */
    update(words, how) {
      setText(note, how);
      for (const [i, item] of keepParts(list, items, words.length, () => makeItem(onPick)).entries()) item.update(words[i]);
    },
  };
}

/** @param {(word: string) => void} onPick */
function makeItem(onPick) {
  const button = make("button", { type: "button", class: "lv-map-word", dir: "auto" });
  const cosine = make("span", { class: "lv-note" });
  const mark = make("span", { class: "lv-both", "aria-hidden": "true" }, strings.inBoth);
  const element = make("li", {}, button, cosine, mark);
  button.addEventListener("click", () => onPick(button.textContent ?? ""));
  return {
    element,
    /** @param {Item} item */
    update({ word, cosine: likeness, both }) {
      setText(button, word);
      button.setAttribute("aria-label", strings.go(word, both));
      element.classList.toggle("lv-is-both", both);
      setText(cosine, likeness === null ? "" : strings.cosine(likeness));
      mark.hidden = !both;
    },
  };
}
