/** What could have stood in one place of the text: the likeliest tokens, and the one drawn. */
import { probabilityText } from "../format.js";
import { freshId, keepParts, make, setNote, setText } from "../lib/dom.js";
import { generation as strings } from "../strings.js";

/** @typedef {import("./texts.js").Step} Step */
/** @typedef {import("./texts.js").Candidate} Candidate */

/**
 * The rows of the picture: the likeliest tokens and, if it is not among them, the one drawn.
 * @param {Step} step
 * @returns {(Candidate & { drawn: boolean })[]}
 */
export function alternativeRows(step) {
  const rows = step.best.map((candidate) => ({ ...candidate, drawn: candidate.id === step.id }));
  return rows.some(({ drawn }) => drawn) ? rows : [...rows, { ...step, drawn: true }];
}

export function alternativesPanel() {
  const heading = make("p", { class: "lv-heading", id: freshId() });
  const list = make("ol", { class: "lv-gen-rows", "aria-labelledby": heading.id });
  const note = make("p", { class: "lv-note" });
  const legend = make(
    "ul",
    { class: "lv-note lv-gen-keys" },
    make("li", {}, make("span", { class: "lv-gen-key lv-gen-bar", "aria-hidden": "true" }), strings.keyChance),
    make("li", {}, make("span", { class: "lv-gen-key lv-gen-tick", "aria-hidden": "true" }), strings.keyProb),
  );
  /** @type {ReturnType<typeof makeRow>[]} */
  const parts = [];
  return {
    element: make("div", { class: "lv-gen-panel" }, heading, list, note, legend),
    /**
     * @param {Step | undefined} step
     * @param {number} index of the step in its text
     * @param {number} temperature
     */
    update(step, index, temperature) {
      setText(heading, step ? strings.alternatives(index + 1) : strings.noAlternatives);
      const rows = step ? alternativeRows(step) : [];
      for (const [i, part] of keepParts(list, parts, rows.length, makeRow).entries()) part.update(rows[i]);
      setNote(note, step ? strings.drawnNote(step.name, step.id, temperature) : "");
      legend.hidden = !step;
    },
  };
}

function makeRow() {
  const name = make("span", { class: "lv-chip" });
  const bar = make("span", { class: "lv-gen-bar" });
  const tick = make("span", { class: "lv-gen-tick" });
  const track = make("span", { class: "lv-gen-track", "aria-hidden": "true" }, bar, tick);
  const value = make("span", { class: "lv-gen-value" });
  const own = make("span", { class: "lv-note lv-gen-own" });
  const element = make("li", { class: "lv-gen-row" }, name, track, value, own);
  return {
    element,
    /** @param {Candidate & { drawn: boolean }} row */
    update(row) {
      setText(name, row.name);
      bar.style.width = `${100 * row.chance}%`;
      tick.style.left = `${100 * row.prob}%`;
      setText(value, probabilityText(row.chance));
      setText(own, strings.own(probabilityText(row.prob), row.drawn));
      element.classList.toggle("lv-gen-drawn", row.drawn);
    },
  };
}
