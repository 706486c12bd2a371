/** One group of items: how many are still right, each of them as a chip, and what is lost where. */
import { rove } from "../lib/chips.js";
import { keepParts, make, setText } from "../lib/dom.js";
import { layerWindows as strings } from "../strings.js";
import { windowMap } from "./map.js";
import { count, counted } from "./state.js";

/** @typedef {import("./state.js").Seen} Seen */

/**
 * @param {import("./file.js").Group} group
 * @param {object} actions
 * @param {(item: number) => void} actions.onItem
 * @param {(start: number, width: number) => void} actions.onWindow
 */
export function groupColumn(group, { onItem, onWindow }) {
  const heading = make("p", { class: "lv-heading" }, strings.groups[group].heading);
  const what = make("p", { class: "lv-note" }, strings.groups[group].what);
  const figure = make("p", { class: "lv-window-figure" });
  const track = make("div", { class: "lv-window-track", "aria-hidden": "true" });
  const bar = make("span", { class: "lv-window-bar" });
  const reach = make("span", { class: "lv-window-reach" });
  track.append(bar, reach);
  const note = make("p", { class: "lv-note" });
  const list = make("ul", { class: "lv-window-items", "aria-label": strings.groups[group].heading });
  const roving = rove(list, ".lv-window-item");
  const map = windowMap(group, onWindow);
  /** @type {ReturnType<typeof makeItem>[]} */
  const parts = [];
  let drawn = "";

  return {
    element: make("section", { class: `lv-window-group lv-window-${group}` }, heading, what, figure, track, note, list, map.element),
    /** @param {Seen} seen */
    update(seen) {
      const { study, column, half, item: now } = seen;
      const items = counted(study, group, half);
      const found = count(study, items, column);
      setText(figure, strings.figure(group, found));
      setText(note, strings.figureNote(found));
      bar.style.width = `${(100 * found.right) / found.of}%`;
      reach.style.left = `${100 * found.low}%`;
      reach.style.width = `${100 * (found.high - found.low)}%`;
      for (const [i, part] of keepParts(list, parts, items.length, () => makeItem(onItem)).entries()) {
        part.update(study, items[i], study.isRight(items[i], column), items[i] === now);
      }
      if (drawn !== half) roving.refresh();
      drawn = half;
      map.update(seen, items);
    },
  };
}

/** @param {(item: number) => void} onItem */
function makeItem(onItem) {
  const name = make("span");
  const state = make("span", { class: "lv-spoken" });
  const button = make("button", { type: "button", class: "lv-window-item", tabindex: -1 }, name, state);
  const element = make("li", {}, button);
  let shown = -1;
  button.addEventListener("click", () => onItem(shown));
  return {
    element,
    /**
     * @param {import("./file.js").Study} study
     * @param {number} item
     * @param {boolean} right
     * @param {boolean} looked whether it is the one that is looked at
     */
    update(study, item, right, looked) {
      if (item !== shown) {
        const { told, asked, answer } = study.items[item];
        setText(name, answer.trim());
        button.title = `${told}${asked} …`;
      }
      shown = item;
      setText(state, strings.itemState(study.items[item].asked, right));
      button.classList.toggle("lv-window-lost", !right);
      button.setAttribute("aria-pressed", String(looked));
    },
  };
}
