/**
 * A pattern as lines between two columns of tokens: those that look on the left, those that are
 * looked at on the right. Of a long text only the tokens in question are named.
 */
import { inksOf, sharpen, shortened } from "./canvas.js";
import { stepFor } from "./matrix.js";
import { SHARE, looksOf, rowLength, rowStart } from "./pattern.js";

/** @typedef {import("./matrix.js").Shown} Shown */

const LINE = 22; // pixels of a token's line, where there is room
const LEAST_NAMED = 11; // that a name needs
const HIGHEST = 620; // pixels
const NAMES = 104; // pixels for the names on either side
const TOP = 24; // pixels for the headings
// The least codes that are drawn: 0.4 % of one token's looks; of all looks 2 %, in a long text 20 %.
const [FAINTEST_ALONE, FAINTEST, FAINTEST_OF_MANY, MANY] = [16, 36, 114, 150];
const STEPS = 24; // of opacity
const MOST_NAMED = 8; // of the tokens that one looks at, in a long text

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width that there is
 * @param {Shown} shown
 * @param {string[]} headings of the columns
 * @returns {{ at: (x: number, y: number) => { query: number, key: null } | null, least: number }} what lies
 *   where, and the least share that is drawn
 */
export function drawArcs(canvas, width, { pattern, tokens, positions, from, query }, headings) {
  const { n, codes } = pattern;
  const fits = n * LEAST_NAMED <= HIGHEST;
  const line = Math.min(LINE, HIGHEST / n);
  const context = sharpen(canvas, width, TOP + n * line + 8);
  const inks = inksOf(canvas);
  const ends = [NAMES, width - NAMES];
  const bend = (ends[1] - ends[0]) / 2;
  const middle = (/** @type {number} */ i) => TOP + (i + 0.5) * line;

  const least = query !== null ? FAINTEST_ALONE : n > MANY ? FAINTEST_OF_MANY : FAINTEST;
  /** @type {number[][]} pairs of tokens by opacity: faint lines are drawn first */
  const lines = Array.from({ length: STEPS + 1 }, () => []);
  for (const i of query === null ? tokens.keys() : [query]) {
    const start = rowStart(pattern, i);
    for (let key = from; key < rowLength(pattern, i); key++) {
      const code = codes[start + key];
      if (code >= least) lines[Math.round((code / 255) * STEPS)].push(i, key);
    }
  }
  context.strokeStyle = inks.attend;
  for (const [step, pairs] of lines.entries()) {
    context.globalAlpha = step / STEPS;
    context.lineWidth = 0.75 + (2.5 * step) / STEPS;
    context.beginPath();
    for (let i = 0; i < pairs.length; i += 2) {
      const [y, to] = [middle(pairs[i]), middle(pairs[i + 1])];
      context.moveTo(ends[0], y);
      context.bezierCurveTo(ends[0] + bend, y, ends[1] - bend, to, ends[1], to);
    }
    context.stroke();
  }
  context.globalAlpha = 1;

  const write = (/** @type {string} */ text, /** @type {number} */ side, /** @type {number} */ y, /** @type {string} */ colour, weight = 400) => {
    context.font = `${weight} ${fits ? Math.min(14, line) : 12}px ${getComputedStyle(canvas).fontFamily}`;
    context.fillStyle = colour;
    context.textAlign = side ? "left" : "right";
    context.textBaseline = "middle";
    context.fillText(text, ends[side] + (side ? 6 : -6), y);
  };
  for (const side of [0, 1]) write(headings[side], side, TOP / 2, inks.soft);
  const looked = query === null ? null : new Set(looksOf(pattern, query, from).map(({ key }) => key));
  if (fits) {
    for (const [i, token] of tokens.entries()) {
      const at = i === query;
      write(shortened(token), 0, middle(i), looked && !at ? inks.soft : inks.ink, at ? 700 : 400);
      write(shortened(token), 1, middle(i), i < from || (looked && !looked.has(i)) ? inks.soft : inks.ink);
    }
  } else if (query !== null && looked) {
    write(shortened(tokens[query]), 0, middle(query), inks.ink, 700);
    /** @type {number[]} the largest looks; of two that stand too close, the larger */
    const named = [];
    for (const key of [...looked].slice(0, MOST_NAMED)) if (named.every((other) => Math.abs(other - key) * line >= LEAST_NAMED)) named.push(key);
    for (const key of named) write(shortened(tokens[key]), 1, middle(key), inks.ink);
  } else for (let i = 0; i < n; i += stepFor(n)) for (const side of [0, 1]) write(String(positions[i]), side, middle(i), inks.soft);
  return {
    at(_, y) {
      const row = Math.floor((y - TOP) / line);
      return row >= 0 && row < n ? { query: row, key: null } : null;
    },
    least: SHARE[least],
  };
}
