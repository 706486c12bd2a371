/**
 * The bars: one row a token, then the tail (all other tokens together) and what was cut away, on
 * one axis. Rows are made once and reused: a moved slider changes widths and texts only.
 */
import { makeChip, rove, setChip } from "../lib/chips.js";
import { freshId, keepParts, make, setNote, setText } from "../lib/dom.js";
import { decimalText, countText, probabilityText } from "../format.js";
import { nextToken as strings } from "../strings.js";
import { TICKS, along } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {"linear" | "log"} ScaleName */
/** @typedef {(id: number) => string} Naming how a token is shown */

/**
 * @param {(scale: ScaleName) => void} onScale
 */
export function barChart(onScale) {
  const heading = make("span", { class: "lv-heading", id: freshId() });
  const scaleSwitch = makeScaleSwitch(onScale);
  const list = make("ol", { class: "lv-bars", "aria-labelledby": heading.id });
  const tail = makeRow(make("span", { class: "lv-label" }), "lv-tail");
  const cut = makeRow(make("span", { class: "lv-label" }), "lv-cut lv-gone");
  const rest = make("ul", { class: "lv-bars lv-rest" }, tail.element, cut.element);
  const ticks = make("div", { class: "lv-note lv-ticks", "aria-hidden": "true" });
  const axisName = make("span", { class: "lv-note lv-axis-name" });
  const legend = makeLegend();
  const chips = rove(list);

  const element = make(
    "div",
    { class: "lv-chart" },
    make("div", { class: "lv-chart-head" }, heading, scaleSwitch.element),
    list,
    rest,
    make("div", { class: "lv-axis" }, ticks, axisName),
    legend,
  );
  /** @type {ReturnType<typeof makeTokenRow>[]} */
  const rows = [];
  let drawnScale = "";

  return {
    element,
    /**
     * @param {Picture} picture
     * @param {ScaleName} scale
     * @param {Naming} name
     */
    update(picture, scale, name) {
      setText(heading, strings.bars(picture.rows.length));
      const parts = keepParts(list, rows, picture.rows.length, makeTokenRow);
      for (const [i, part] of parts.entries()) {
        const { id, kept, probability, before, observed } = picture.rows[i];
        setChip(part.chip, id, name(id));
        part.element.classList.toggle("lv-gone", !kept);
        part.element.classList.toggle("lv-last", id === picture.last);
        part.draw(kept ? probability : before, scale, kept ? picture.draws : 0, observed);
        setText(part.value, kept ? probabilityText(probability) : strings.had(probabilityText(before)));
      }
      chips.refresh();

      const { tail: others, cut: gone } = picture;
      setText(tail.label, strings.others(others.tokens));
      setText(tail.value, probabilityText(others.probability));
      tail.draw(others.probability, scale, others.tokens ? picture.draws : 0, others.observed);
      setText(cut.label, strings.cut(gone.tokens));
      setText(cut.value, gone.tokens ? strings.had(probabilityText(gone.before)) : "");
      cut.draw(gone.before, scale, 0, 0);

      element.classList.toggle("lv-drawn", picture.draws > 0);
      if (drawnScale !== scale) drawAxis(scale);
    },
  };

  /** @param {ScaleName} scale */
  function drawAxis(scale) {
    drawnScale = scale;
    element.style.setProperty("--gap", `${100 / (TICKS[scale].length - 1)}%`);
    ticks.replaceChildren(
      ...TICKS[scale].map((p) => {
        const tick = make("span", {}, probabilityText(p));
        tick.style.left = `${100 * along(p, scale)}%`;
        return tick;
      }),
    );
    if (scale === "log") ticks.firstElementChild?.prepend("≤\u00a0");
    setText(axisName, scale === "log" ? strings.axisLog : strings.axis);
    scaleSwitch.update(scale);
  }
}

function makeTokenRow() {
  const chip = makeChip();
  return { chip, ...makeRow(chip, "") };
}

/**
 * @param {HTMLElement} label
 * @param {string} kind
 */
function makeRow(label, kind) {
  const bar = make("span", { class: "lv-bar" });
  const tick = make("span", { class: "lv-tick", hidden: true });
  const track = make("span", { class: "lv-track", "aria-hidden": "true" }, bar, tick);
  const value = make("span", { class: "lv-value" });
  const note = make("span", { class: "lv-note lv-draws", hidden: true });
  const element = make("li", { class: `lv-row ${kind}` }, label, track, value, note);
  return {
    element,
    label,
    value,
    /**
     * @param {number} p probability, the bar's length
     * @param {ScaleName} scale
     * @param {number} draws 0 where nothing could be drawn
     * @param {number} observed how many of the draws fell here
     */
    draw(p, scale, draws, observed) {
      bar.hidden = p === 0;
      bar.style.width = `${100 * along(p, scale)}%`;
      tick.hidden = observed === 0;
      tick.style.left = `${observed ? 100 * along(observed / draws, scale) : 0}%`;
      setNote(note, draws ? strings.drawn(observed, expectedText(draws * p)) : "");
    },
  };
}

/** @param {number} expected */
export function expectedText(expected) {
  return expected >= 9.95 ? countText(expected) : decimalText(expected);
}

/** @param {(scale: ScaleName) => void} onScale */
function makeScaleSwitch(onScale) {
  const group = freshId();
  const choices = /** @type {const} */ (["linear", "log"]).map((scale) => {
    const input = make("input", { type: "radio", name: group, value: scale });
    input.addEventListener("change", () => onScale(scale));
    return { scale, input, label: make("label", {}, input, strings[scale]) };
  });
  return {
    element: make(
      "div",
      { class: "lv-note lv-switch", role: "radiogroup", "aria-label": strings.scale },
      strings.scale,
      ...choices.map(({ label }) => label),
    ),
    update: (/** @type {ScaleName} */ current) => {
      for (const { scale, input } of choices) input.checked = scale === current;
    },
  };
}

function makeLegend() {
  const entries = /** @type {const} */ ([
    ["lv-bar", strings.legendKept],
    ["lv-bar lv-bar-tail", strings.legendTail],
    ["lv-bar lv-bar-gone", strings.legendCut],
    ["lv-tick", strings.legendDrawn],
  ]);
  return make(
    "ul",
    { class: "lv-note lv-legend" },
    ...entries.map(([kind, text]) =>
      make("li", {}, make("span", { class: `lv-key ${kind}`, "aria-hidden": "true" }), text),
    ),
  );
}
