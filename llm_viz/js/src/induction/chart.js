/** Loss along one kind of text: with every head on, with induction heads off, with others off. */
import { make, setText } from "../lib/dom.js";
import { induction as strings } from "../strings.js";
import { picturePlace, shape } from "../words/svg.js";
import { foundText } from "./state.js";

/** @typedef {import("./state.js").Seen} Seen */
/** @typedef {import("./figures.js").Kind} Kind */

const HEIGHT = 230;
const LEFT = 30;
const RIGHT = 8;
const TOP = 22;
const BELOW = 34;
const TICK = 5; // nats
const DASHES = "5 4"; // an attribute: a picture that is saved keeps it

/** @param {Kind} kind */
export function lossChart(kind) {
  /** @type {Seen | null} */
  let shown = null;
  const place = picturePlace("lv-loss-curve", () => shown && draw());
  const found = make("p", { class: "lv-loss-found" });
  const heading = make("p", { class: "lv-heading" }, strings.kinds[kind].heading);
  return {
    element: make("div", { class: "lv-loss-chart" }, heading, place.element, found),
    close: place.close,
    /** @param {Seen} seen */
    update(seen) {
      shown = seen;
      setText(found, foundText(seen, kind));
      if (place.width()) draw();
    },
  };

  function draw() {
    const { figures, off, line } = /** @type {Seen} */ (shown);
    const width = place.width();
    const end = Math.ceil(figures.most / TICK) * TICK;
    const x = (/** @type {number} */ at) => LEFT + ((at + 0.5) / figures.positions) * (width - LEFT - RIGHT);
    const y = (/** @type {number} */ loss) => TOP + (1 - loss / end) * (HEIGHT - TOP - BELOW);
    const points = (/** @type {Float32Array} */ losses) => [...losses].map((loss, at) => `${x(at).toFixed(1)},${y(loss).toFixed(1)}`);
    const halfway = x(figures.told.n_tokens - 0.5);

    const shapes = Array.from({ length: end / TICK + 1 }, (_, i) => i * TICK).flatMap((loss) => [
      shape("line", { x1: LEFT, x2: width - RIGHT, y1: y(loss), y2: y(loss), class: loss ? "lv-grid" : "lv-axis-line" }),
      shape("text", { x: LEFT - 6, y: y(loss) + 4, "text-anchor": "end", class: "lv-loss-tick" }, String(loss)),
    ]);
    shapes.push(
      shape("text", { x: 0, y: 12, class: "lv-loss-tick" }, strings.axis),
      ...[1, figures.told.n_tokens + 1, figures.positions].map((n, i) =>
        shape("text", { x: x(n - 1), y: HEIGHT - BELOW + 15, "text-anchor": ["start", "middle", "end"][i], class: "lv-loss-tick" }, i ? String(n) : `${strings.position} ${n}`),
      ),
    );
    if (kind === "repeated") {
      shapes.push(
        shape("line", { x1: halfway, x2: halfway, y1: TOP, y2: HEIGHT - BELOW, class: "lv-loss-again" }),
        shape("text", { x: halfway + 4, y: HEIGHT - 4, "text-anchor": "middle", class: "lv-loss-tick" }, strings.again),
      );
    }
    for (const by of /** @type {const} */ (["other", "best"])) {
      if (!off || line === (by === "best" ? "other" : "induction")) continue;
      const { mean, low, high } = figures.line(kind, by, off);
      shapes.push(
        shape("polygon", { points: [...points(high), ...points(low).reverse()].join(" "), class: `lv-loss-band lv-loss-${by}` }),
        shape("polyline", { points: points(mean).join(" "), class: `lv-loss-line lv-loss-${by}`, "stroke-dasharray": by === "other" ? DASHES : "none" }),
      );
    }
    const whole = points(figures.line(kind, "best", 0).mean);
    shapes.push(shape("polyline", { points: whole.join(" "), class: "lv-loss-line lv-loss-whole" }));
    place.fill(HEIGHT, strings.label(strings.kinds[kind].alt, found.textContent ?? ""), shapes);
  }
}

/** What the lines mean. */
export function lineKeys() {
  const keys = /** @type {const} */ (["whole", "best", "other"]).map((by) => {
    const sample = shape("svg", { class: "lv-loss-curve", viewBox: "0 0 28 10", width: 28, height: 10, "aria-hidden": "true" },
      ...(by === "whole" ? [] : [shape("rect", { width: 28, height: 10, class: `lv-loss-band lv-loss-${by}` })]),
      shape("line", { x1: 0, x2: 28, y1: 5, y2: 5, class: `lv-loss-line lv-loss-${by}`, "stroke-dasharray": by === "other" ? DASHES : "none" }));
    const text = make("span");
    const element = make("li");
    element.append(sample, text);
    return { by, element, text };
  });
  return {
    element: make("ul", { class: "lv-note lv-loss-keys" }, ...keys.map(({ element }) => element)),
    /** @param {Seen} seen */
    update({ figures, off, line }) {
      for (const { by, element, text } of keys) {
        const names = { whole: strings.keys.whole, best: strings.keys.best(off), other: strings.keys.other(off, figures.told.draws) };
        setText(text, names[by]);
        element.hidden = by !== "whole" && (!off || line === (by === "best" ? "other" : "induction"));
      }
    },
  };
}
