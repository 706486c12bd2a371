/** What the reader can switch besides the grid: groups, all on again, and how clicks add up. */
import { freshId, keepParts, make, setNote, setText } from "../lib/dom.js";
import { switches as strings } from "../strings.js";

/** @typedef {import("./state.js").Traits} Traits */
/** @typedef {import("./file.js").Measure} Measure */

/**
 * @param {object} actions
 * @param {(off: string) => void} actions.onGroup
 * @param {() => void} actions.onAllOn
 */
export function groupChoice({ onGroup, onAllOn }) {
  const name = make("span", { class: "lv-switch-label", id: freshId() }, strings.groups);
  const list = make("span", { class: "lv-switch-group-list" });
  const allOn = make("button", { type: "button", class: "lv-button" }, strings.allOn);
  allOn.addEventListener("click", onAllOn);
  /** @type {ReturnType<typeof makeGroup>[]} */
  const parts = [];
  return {
    element: make("div", { class: "lv-switch-groups", role: "group", "aria-labelledby": name.id }, name, list, allOn),
    /**
     * @param {Traits["groups"]} groups
     * @param {(off: string) => boolean} isOff
     * @param {boolean} anyOff
     */
    update(groups, isOff, anyOff) {
      const shown = keepParts(list, parts, groups.length, makeGroup);
      for (const [i, { button }] of shown.entries()) {
        setText(button, groups[i].name);
        button.dataset.off = groups[i].off;
        button.setAttribute("aria-pressed", String(isOff(groups[i].off)));
      }
      allOn.disabled = !anyOff;
    },
  };

  function makeGroup() {
    const button = make("button", { type: "button", class: "lv-button lv-switch-group" });
    button.addEventListener("click", () => onGroup(button.dataset.off ?? ""));
    return { element: button, button };
  }
}

/** @param {(several: boolean) => void} onChange */
export function severalChoice(onChange) {
  const note = make("span", { class: "lv-note", id: freshId() }, strings.severalNeeds);
  const box = make("input", { type: "checkbox", disabled: true, "aria-describedby": note.id });
  box.addEventListener("change", () => onChange(box.checked));
  return {
    element: make("div", { class: "lv-switch-several" }, make("label", {}, box, strings.several), note),
    /**
     * @param {boolean} several
     * @param {boolean} live whether something can run the model
     */
    update(several, live) {
      box.checked = several && live;
      box.disabled = !live;
      setNote(note, live ? "" : strings.severalNeeds);
    },
  };
}

/** @param {(measure: Measure) => void} onChange */
export function measureChoice(onChange) {
  const id = freshId();
  const options = Object.entries(strings.measures).map(([value, text]) => make("option", { value }, text));
  const select = make("select", { id }, ...options);
  select.addEventListener("change", () => onChange(/** @type {Measure} */ (select.value)));
  return {
    element: make("div", { class: "lv-switch-choice" }, make("label", { for: id }, strings.measure), select),
    update(/** @type {Measure} */ measure) {
      select.value = measure;
    },
  };
}
