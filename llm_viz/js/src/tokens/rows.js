/** Several texts side by side: each with its bar on one common scale, and its chips. */
import { countText, decimalText } from "../format.js";
import { freshId, keepParts, make, setText } from "../lib/dom.js";
import { tokens as strings } from "../strings.js";
import { measured } from "./lengths.js";
import { MEASURES } from "./state.js";
import { chipStrip } from "./strip.js";

/** @typedef {import("./lengths.js").Lengths} Lengths */
/** @typedef {import("./lengths.js").Measure} Measure */
/** @typedef {import("./state.js").Known} Known */
/**
 * @typedef {object} Row
 * @property {string} label "" for none
 * @property {string} text
 * @property {Known} cut
 * @property {Lengths} lengths
 * @property {number | null} times as many tokens as the first text that says the same
 */

/**
 * A number of the chosen measure as people read it.
 * @param {number} value
 * @param {Measure} measure
 */
export function measureText(value, measure) {
  return measure === "tokens" ? countText(value) : value.toFixed(2);
}

export function comparison() {
  const element = make("ol", { class: "lv-texts" });
  /** @type {ReturnType<typeof makeRow>[]} */
  const parts = [];
  return {
    element,
    /**
     * @param {Row[]} rows
     * @param {Measure} measure
     */
    update(rows, measure) {
      const values = rows.map(({ lengths }) => measured(lengths, measure));
      const longest = Math.max(...values.map((value) => value ?? 0));
      const shown = keepParts(element, parts, rows.length, makeRow);
      for (const [i, row] of shown.entries()) row.update(rows[i], values[i], longest, measure);
      element.classList.toggle("lv-labelled", rows.some(({ label }) => label));
    },
  };
}

function makeRow() {
  const label = make("span", { class: "lv-name" });
  const bar = make("span", { class: "lv-count" });
  const track = make("span", { class: "lv-scale" }, bar);
  const value = make("span", { class: "lv-measured" });
  const text = make("p", { class: "lv-sentence", dir: "auto" });
  const strip = chipStrip();
  const element = make("li", {}, make("div", { class: "lv-compared" }, label, track, value), text, strip.element);
  return {
    element,
    /**
     * @param {Row} row
     * @param {number | null} measure
     * @param {number} longest
     * @param {Measure} name
     */
    update(row, measure, longest, name) {
      const reason = row.text ? strings.noWords : strings.nothing;
      const words = measure === null ? reason : strings.value[name](measureText(measure, name));
      const times = name === "tokens" && row.times !== null ? ` (${strings.times(decimalText(row.times))})` : "";
      setText(label, row.label || strings.quoted(row.text));
      setText(value, words + times);
      bar.style.width = `${longest ? (100 * (measure ?? 0)) / longest : 0}%`;
      bar.hidden = !measure;
      setText(text, row.text);
      text.hidden = !row.label;
      strip.update(row.label || strings.quoted(row.text), row.cut);
    },
  };
}

/** @param {(measure: Measure) => void} onChange */
export function measureChoice(onChange) {
  const group = freshId();
  const inputs = MEASURES.map((measure) => {
    const input = make("input", { type: "radio", name: group, value: measure });
    input.addEventListener("change", () => onChange(measure));
    return input;
  });
  const choices = inputs.map((input) => make("label", {}, input, strings.measures[input.value]));
  const element = make("fieldset", { class: "lv-measures" }, make("legend", {}, strings.measure), ...choices);
  return {
    element,
    /** @param {Measure} measure */
    update(measure) {
      for (const input of inputs) input.checked = input.value === measure;
    },
  };
}
