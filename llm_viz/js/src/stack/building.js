/** The building: text at the bottom, the blocks as floors along the stream, the prediction on top. */
import { probabilityText } from "../format.js";
import { stack as strings } from "../strings.js";
import { picturePlace, shape } from "../words/svg.js";
import { plan } from "./plan.js";

/** @typedef {import("./state.js").Architecture} Architecture */
/** @typedef {import("./state.js").Scene} Scene */

const NUMBERED = 10; // every tenth floor has its number, and the last
const INSIDE = 15; // pixels of height from which a box holds its name
const LETTER = 7.5; // pixels, about, of a fixed-width letter

/** @param {(step: number) => void} onStep a box was chosen */
export function building(onStep) {
  /** @type {{ architecture: Architecture, scene: Scene } | null} */
  let shown = null;
  /** @type {{ element: SVGElement, step: number }[]} */
  let boxes = [];
  /** @type {import("./plan.js").Plan | null} */
  let planned = null;
  /** @type {{ come: SVGElement, mark: SVGElement, words: SVGElement, next: SVGElement, label: string } | null} */
  let moving = null;
  /** @type {{ width: number, architecture: Architecture } | null} */
  let built = null;
  const place = picturePlace("lv-building", draw);
  place.element.addEventListener("click", (event) => {
    const box = /** @type {Element} */ (event.target).closest("[data-step]");
    if (box) onStep(Number(box.getAttribute("data-step")));
  });
  const element = place.element;
  element.classList.add("lv-building-place");
  return {
    element,
    close: place.close,
    /**
     * @param {Architecture} architecture
     * @param {Scene} scene
     */
    update(architecture, scene) {
      shown = { architecture, scene };
      if (place.width()) draw(place.width());
    },
  };

  /** @param {number} width */
  function draw(width) {
    if (!shown) return;
    const { architecture, scene } = shown;
    if (built?.width !== width || built.architecture !== architecture) build(architecture, scene, width);
    built = { width, architecture };
    move(scene, architecture);
  }

  /**
   * All that stays while the reader walks.
   * @param {Architecture} architecture
   * @param {Scene} scene
   * @param {number} width
   */
  function build(architecture, { steps }, width) {
    planned = plan(architecture, steps, width);
    const { spine, floors, height, left, right, narrow } = planned;
    const middle = (left + right) / 2;
    boxes = planned.boxes.map((box) => ({
      step: box.step,
      element: shape(
        "rect",
        {
          x: box.x,
          y: box.y,
          width: box.width,
          height: Math.max(box.height, 0.5),
          rx: box.stage === "next" || box.stage === "text" || box.stage === "tokens" ? 6 : 1.5,
          class: `lv-box lv-box-${box.stage}${box.tied ? " lv-box-tied" : ""}`,
          "data-step": box.step,
        },
        shape("title", {}, strings.name(box)),
      ),
    }));
    const named = planned.boxes
      .filter(({ stage, height: high }) => (stage === "embedding" || stage === "unembedding") && high >= INSIDE)
      .map((box) => {
        const [name, kind] = box.tied && !narrow ? [strings.tiedName, "tied"] : [strings.name(box), box.tied ? "tied" : box.stage];
        const from = narrow || box.stage === "unembedding" ? left : spine.x + spine.width;
        return text(name, from + (narrow ? 3 : 6), box.y + box.height / 2 + 4, "start", `lv-box-name lv-box-name-${kind}`);
      });
    const numbers = planned.boxes
      .filter(({ stage, layer }) => stage === "attention" && (layer % NUMBERED === 0 || layer === architecture.n_layers - 1 || architecture.n_layers < NUMBERED))
      .map(({ y, height: high, layer }) => text(String(layer), left - 9, y + high / 2 + 4, "end", "lv-plan-note"));
    const come = shape("rect", { x: spine.x + 2, width: spine.width - 4, y: spine.y, height: spine.height, class: "lv-come" });
    const mark = shape("path", { d: "M-8 -5 L0 0 L-8 5 Z", class: "lv-mark" });
    const [words, next] = [shape("g", { class: "lv-plan-words" }), shape("g", { class: "lv-plan-words" })];
    const top = floors.y - 7;
    const topless = architecture.predicts ? [] : [text(narrow ? strings.noTopBriefly : strings.noTop, middle, 16, "middle", "lv-plan-note")];
    place.fill(height, "", [
      shape("rect", { x: spine.x + 2, width: spine.width - 4, y: spine.y, height: spine.height, class: "lv-spine" }),
      ...boxes.map(({ element: box }) => box),
      come,
      shape("path", { d: `M${spine.x - 2} ${spine.y + 8} L${spine.x + spine.width / 2} ${spine.y - 5} L${spine.x + spine.width + 2} ${spine.y + 8} Z`, class: "lv-spine lv-spine-tip" }),
      text(strings.columns.attention, left, top, "start", "lv-plan-note lv-of-attention"),
      text(strings.columns.mlp, right, top, "end", "lv-plan-note lv-of-mlp"),
      ...named,
      ...topless,
      ...numbers,
      shape("line", { x1: right + 4, x2: right + 4, y1: floors.y, y2: floors.y + floors.height, class: "lv-plan-line" }),
      shape("text", { transform: `translate(${width - 2} ${floors.y + floors.height / 2}) rotate(-90)`, "text-anchor": "middle", class: "lv-plan-note" }, strings.floors(architecture.n_layers)),
      words,
      next,
      mark,
    ]);
    moving = { come, mark, words, next, label: "" };
  }

  /**
   * What changes with each step.
   * @param {Scene} scene
   * @param {Architecture} architecture
   */
  function move({ stages, at, step, position }, architecture) {
    if (!planned || !moving) return;
    for (const box of boxes) {
      box.element.classList.toggle("lv-here", box.step === at);
      box.element.classList.toggle("lv-ahead", box.step > at);
    }
    const { spine, levels, left, right, narrow } = planned;
    const bottom = spine.y + spine.height;
    const level = Math.min(bottom, Math.max(spine.y, levels[at]));
    moving.come.setAttribute("y", String(level));
    moving.come.setAttribute("height", String(bottom - level));
    const here = planned.boxes[at];
    moving.mark.setAttribute("transform", `translate(${here.x - 1} ${here.y + here.height / 2})`);

    const middle = (left + right) / 2;
    const room = Math.floor((right - left - 12) / LETTER);
    const found = (/** @type {string} */ stage) => planned?.boxes.find((box) => box.stage === stage);
    const [textBox, tokensBox, nextBox] = [found("text"), found("tokens"), found("next")];
    if (textBox && tokensBox) {
      moving.words.replaceChildren(
        text(clipped(stages.text, room), middle, textBox.y + textBox.height / 2 + 4, "middle", "lv-plan-text"),
        ...squares(stages.tokens.length, position, tokensBox),
        text(strings.wordsIn, middle, textBox.y + textBox.height + 14, "middle", "lv-plan-note"),
      );
    }
    if (nextBox) {
      const [best] = stages.next(position);
      const chance = probabilityText(best.probability);
      const lines = narrow ? [strings.outBriefly, clipped(best.name, room), chance] : [strings.out, `${clipped(best.name, room - 8)}  ${chance}`];
      const high = nextBox.height / lines.length;
      moving.next.replaceChildren(
        ...lines.map((line, i) => text(line, middle, nextBox.y + (i + 0.5) * high + 4, "middle", i ? "lv-plan-text lv-plan-next" : "lv-plan-note lv-on-next")),
      );
    }
    const label = strings.building(architecture, strings.name(step));
    if (label !== moving.label) place.element.firstElementChild?.setAttribute("aria-label", label);
    moving.label = label;
  }
}

/**
 * The tokens as so many squares in a row.
 * @param {number} count
 * @param {number} position that is looked at
 * @param {import("./plan.js").Box} box
 */
function squares(count, position, { x, y, width, height }) {
  const side = Math.min(14, (width - 12) / count - 2);
  const from = x + (width - count * (side + 2) + 2) / 2;
  return Array.from({ length: count }, (_, i) =>
    shape("rect", {
      x: from + i * (side + 2),
      y: y + (height - 14) / 2,
      width: Math.max(1, side),
      height: 14,
      rx: 2,
      class: i === position ? "lv-square lv-square-here" : "lv-square",
    }),
  );
}

/**
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {"start" | "middle" | "end"} anchor
 * @param {string} className
 */
function text(words, x, y, anchor, className) {
  return shape("text", { x, y, "text-anchor": anchor, class: className }, words);
}

/**
 * @param {string} words
 * @param {number} room letters
 */
function clipped(words, room) {
  const letters = [...words.replace(/\s+/g, " ")];
  return letters.length > room ? `${letters.slice(0, Math.max(1, room - 1)).join("")}…` : letters.join("");
}
