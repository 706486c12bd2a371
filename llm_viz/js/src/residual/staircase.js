/**
 * The staircase: one bar for what each attention layer and each FFN added, from the running total
 * before it to the one after, and a line that climbs along them to the final logit. A button lies
 * over each layer: a click opens its heads.
 */
import { rove } from "../lib/chips.js";
import { keepParts, make } from "../lib/dom.js";
import { residual as strings } from "../strings.js";
import { placeLabels } from "../words/labels.js";
import { picturePlace, shape } from "../words/svg.js";
import { ticks } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Step} Step */
/** @typedef {{ picture: Picture, layer: number | null, heads: boolean, heading: string }} Shown */

const HEIGHT = 300;
const LEFT = 44; // room for the numbers of the axis
const RIGHT = 10;
const TOP = 26;
const BOTTOM = 34;
const FINAL = 2.5; // the final bar's room, in steps
const NAMED = 4; // steps with their names in the picture
const NARROW = 480; // pixels: below, fewer names

/** @param {(layer: number) => void} onLayer a layer was clicked */
export function staircase(onLayer) {
  const place = picturePlace("lv-stairs", draw);
  const buttons = make("div", { class: "lv-layers", role: "group" });
  const element = make("div", { class: "lv-stairs-place" }, place.element, buttons);
  const roving = rove(buttons, ".lv-layer");
  /** @type {{ element: HTMLButtonElement }[]} */
  const parts = [];
  /** @type {Shown | null} */
  let shown = null;
  return {
    element,
    close: place.close,
    /** @param {Shown} now */
    update(now) {
      shown = now;
      if (place.width()) draw(place.width());
    },
  };

  /** @param {number} width */
  function draw(width) {
    if (!shown) return;
    const { picture, layer, heads, heading } = shown;
    const { steps, total } = picture;
    const totals = steps.map(({ to }) => to);
    const [low, high] = [Math.min(0, ...totals), Math.max(0, ...totals)];
    const room = (width - LEFT - RIGHT) / (steps.length + FINAL);
    const x = (/** @type {number} */ i) => LEFT + i * room;
    const y = (/** @type {number} */ value) => TOP + ((high - value) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM);
    const bar = (/** @type {number} */ i, /** @type {number} */ wide, /** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ kind) =>
      shape("rect", {
        x: x(i) + room * 0.08,
        y: Math.min(y(from), y(to)),
        width: wide * room - room * 0.16,
        height: Math.max(1, Math.abs(y(from) - y(to))),
        class: `lv-step lv-${kind}`,
      });
    const line = steps.map(({ to }, i) => `H${x(i + 0.5)}V${y(to)}`).join("");
    const first = steps.findIndex((step) => step.layer === layer);
    const band = layer === null ? [] : [shape("rect", { x: x(first), y: TOP - 6, width: 2 * room, height: HEIGHT - TOP - BOTTOM + 12, class: "lv-band" })];
    place.fill(HEIGHT, strings.picture(heading, total, namesOf(picture)), [
      ...band,
      ...ticks(low, high, 5).flatMap((value) => [
        shape("line", { x1: LEFT - 4, y1: y(value), x2: width - RIGHT, y2: y(value), class: value === 0 ? "lv-zero" : "lv-grid" }),
        shape("text", { x: LEFT - 7, y: y(value), "text-anchor": "end", "dominant-baseline": "central", class: "lv-tick-name" }, strings.tick(value)),
      ]),
      shape("path", { d: `M${LEFT} ${y(0)}${line}H${x(steps.length + 0.25)}`, class: "lv-total" }),
      ...steps.map(({ kind, from, to }, i) => bar(i, 1, from, to, kind)), // over the line: their colours count
      bar(steps.length + 0.25, FINAL - 0.25, 0, total, "final"),
      ...depthNames(steps, x, width),
      ...names(picture, x, y, width),
    ]);
    buttons.setAttribute("aria-label", strings.depth);
    const layers = steps.filter(({ kind }) => kind === "attention");
    const made = keepParts(buttons, parts, layers.length, makeButton);
    for (const [i, part] of made.entries()) {
      const at = steps.indexOf(layers[i]);
      const chosen = layers[i].layer === layer;
      part.element.style.left = `${x(at)}px`;
      part.element.style.width = `${2 * room}px`;
      part.element.title = strings.layerName(i, layers[i].value, steps[at + 1].value);
      part.element.setAttribute("aria-label", part.element.title);
      part.element.setAttribute("aria-expanded", String(chosen && heads));
    }
    roving.refresh();
  }

  function makeButton() {
    const button = make("button", { type: "button", class: "lv-layer", tabindex: -1 });
    const layer = parts.length;
    button.addEventListener("click", () => onLayer(layer));
    return { element: button };
  }
}

/** @param {Picture} picture the biggest steps in words */
export function namesOf({ steps }) {
  return biggestSteps(steps, NAMED).map(({ name, value }) => `${name} ${strings.signed(value)}`).join(", ");
}

/**
 * @param {Step[]} steps
 * @param {number} most
 */
function biggestSteps(steps, most) {
  return [...steps].sort((one, other) => Math.abs(other.value) - Math.abs(one.value)).slice(0, most);
}

/**
 * @param {Step[]} steps
 * @param {(i: number) => number} x
 * @param {number} width
 */
function depthNames(steps, x, width) {
  const every = width < NARROW ? 10 : 5;
  const name = (/** @type {number} */ at, /** @type {string} */ text, anchor = "middle") =>
    shape("text", { x: at, y: HEIGHT - BOTTOM + 20, "text-anchor": anchor, class: "lv-tick-name" }, text);
  const layers = steps.flatMap(({ kind, layer }, i) => (kind === "attention" && layer && layer % every === 0 ? [name(x(i + 1), String(layer))] : []));
  return [name(x(0), strings.start, "start"), ...layers, name(width - RIGHT, strings.end, "end")];
}

/**
 * The names of the biggest steps, and the final logit.
 * @param {Picture} picture
 * @param {(i: number) => number} x
 * @param {(value: number) => number} y
 * @param {number} width
 */
function names({ steps, total }, x, y, width) {
  const wide = width >= NARROW;
  const named = biggestSteps(steps, wide ? NAMED : 1).map((step) => ({
    x: x(steps.indexOf(step) + 0.5),
    y: (y(step.from) + y(step.to)) / 2,
    label: `${step.name} ${strings.signed(step.value)}`,
  }));
  const final = { x: x(steps.length + 0.5), y: y(total) - 2, label: strings.final(total) };
  const stairs = steps.map(({ to }, i) => ({ x: x(i + 0.5), y: y(to), label: "" })); // not to be covered
  const column = Array.from({ length: 9 }, (_, i) => ({ x: x(steps.length + 1), y: y((total * i) / 8), label: "" }));
  const places = placeLabels([final, ...named, ...stairs, ...column], { width, height: HEIGHT - BOTTOM });
  return [final, ...named].map(({ label }, i) => {
    const { x: at, y: middle, anchor } = places[i];
    const kind = i ? "lv-step-name" : "lv-step-name lv-final-name";
    return shape("text", { x: at, y: middle, "text-anchor": anchor, "dominant-baseline": "central", "paint-order": "stroke", class: kind }, label);
  });
}
