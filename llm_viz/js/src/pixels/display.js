/** The display of 3 x 3 pixels to draw on, and the symbols to take instead. */
import { make } from "../lib/dom.js";
import { pixelNetwork as strings } from "../strings.js";
import { shape } from "../words/svg.js";
import { IMAGES, SYMBOLS } from "./network.js";

const SIDE = 3;
const STEPS = /** @type {Record<string, [column: number, row: number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });
const inside = (/** @type {number} */ x) => Math.max(0, Math.min(SIDE - 1, x));

/** The grey of a pixel from -1 (black) to 1 (white). @param {number} value */
export function grey(value) {
  const level = Math.round((255 * (value + 1)) / 2);
  return `rgb(${level}, ${level}, ${level})`;
}

/** @param {{ onChange: (pixels: string) => void }} actions */
export function display({ onChange }) {
  let shown = "";
  const buttons = Array.from({ length: SIDE * SIDE }, (_, i) => {
    const button = make("button", { type: "button", class: "lv-px-pixel", "aria-label": strings.pixel(i + 1) }, String(i + 1));
    button.addEventListener("click", () => onChange([...shown].map((c, at) => (at === i ? String(1 - Number(c)) : c)).join("")));
    button.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      buttons[inside((i % SIDE) + step[0]) + SIDE * inside(Math.floor(i / SIDE) + step[1])].focus();
    });
    return button;
  });
  const taken = IMAGES.map((images, symbol) => {
    const name = SYMBOLS[symbol];
    const picks = images.map((image, i) => {
      const pick = make("button", { type: "button", class: "lv-px-take", "aria-label": strings.take(name, i + 1, images.length) });
      pick.append(small([...image].map((c) => 2 * Number(c) - 1)));
      pick.addEventListener("click", () => onChange(image));
      return { image, pick };
    });
    return { picks, element: make("li", {}, make("span", {}, strings.symbols[name]), make("span", { class: "lv-px-picks" }, ...picks.map(({ pick }) => pick))) };
  });
  return {
    element: make(
      "div",
      { class: "lv-px-side" },
      make("p", { class: "lv-heading" }, strings.display),
      make("div", { class: "lv-px-display", role: "group", "aria-label": strings.display }, ...buttons),
      make("p", { class: "lv-note" }, strings.examples),
      make("ul", { class: "lv-px-symbols" }, ...taken.map(({ element }) => element)),
    ),
    /** @param {string} pixels */
    update(pixels) {
      shown = pixels;
      for (const [i, button] of buttons.entries()) button.setAttribute("aria-pressed", String(pixels[i] === "1"));
      for (const { picks } of taken) for (const { image, pick } of picks) pick.setAttribute("aria-pressed", String(image === pixels));
    },
  };
}

/** A small picture of nine pixels. @param {ArrayLike<number>} pixels */
export function small(pixels) {
  const squares = Array.from(pixels, (value, i) => shape("rect", { x: (i % SIDE) * 8, y: Math.floor(i / SIDE) * 8, width: 8, height: 8, fill: grey(value) }));
  return shape("svg", { class: "lv-px-small", viewBox: "0 0 24 24", width: 24, height: 24, "shape-rendering": "crispEdges", "aria-hidden": "true" }, ...squares);
}
