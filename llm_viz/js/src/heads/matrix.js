/**
 * A pattern as a matrix: a row for each token that looks, a column for each that is looked at. A
 * short text has its tokens beside it; of a long one, several tokens share a dot.
 */
import { inksOf, sharpen, dots, shortened } from "./canvas.js";
import { pooled } from "./pattern.js";

/** @typedef {import("./pattern.js").Pattern} Pattern */
/**
 * @typedef {object} Shown
 * @property {Pattern} pattern
 * @property {string[]} tokens
 * @property {number[]} positions of the tokens in the text
 * @property {number} from the first key that is shown: 1 if the first token is hidden
 * @property {number | null} query whose looks stand out
 * @property {number | null} key that it is pointed at with
 */
/** @typedef {{ query: number, key: number }} Pair */

const LARGEST = 24; // pixels of a cell
const LEAST_NAMED = 10; // that a name needs
const NAMED = 98; // pixels for the names of tokens, on the left and on top
const NUMBERED = 40; // and for numbers

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width that there is
 * @param {Shown} shown
 * @returns {{ at: (x: number, y: number) => Pair | null, block: number }} what lies where, and how
 *   many tokens share a dot in each direction
 */
export function drawMatrix(canvas, width, { pattern, tokens, positions, from, query, key: pointed }) {
  const { n, causal } = pattern;
  const named = (width - NAMED) / n >= LEAST_NAMED;
  const left = named ? NAMED : NUMBERED;
  const top = named ? NAMED : NUMBERED / 2;
  const cell = Math.min(LARGEST, (width - left - 1) / n);
  const size = n * cell;
  const context = sharpen(canvas, left + size + 1, top + size + 1);
  const inks = inksOf(canvas);

  // Grey is where a token cannot look, or where its look is hidden.
  context.translate(left, top);
  context.fillStyle = inks.ground;
  context.fillRect(0, 0, size, size);
  context.fillStyle = inks.paper;
  for (let i = 0; i < n; i++) context.fillRect(from * cell, i * cell, ((causal ? i + 1 : n) - from) * cell, cell + 0.5);
  const block = Math.max(1, Math.ceil(1 / (cell * devicePixelRatio) - 0.01));
  const image = dots(pooled(pattern, block, from), Math.ceil(n / block), inks.attend);
  context.drawImage(image, 0, 0, image.width * block * cell, image.width * block * cell);

  const middle = (/** @type {number} */ i) => (i + 0.5) * cell;
  if (query !== null) {
    const height = Math.max(cell, 3);
    const row = middle(query) - height / 2;
    context.fillStyle = inks.paper;
    context.globalAlpha = 0.8;
    context.fillRect(0, 0, size, row);
    context.fillRect(0, row + height, size, size - row - height);
    context.globalAlpha = 1;
    context.strokeStyle = inks.ink;
    context.strokeRect(0, row, size, height);
    if (pointed !== null) context.strokeRect(middle(pointed) - height / 2, row, height, height);
  }

  context.textBaseline = "middle";
  const write = (/** @type {number} */ i, /** @type {boolean} */ onTop) => {
    const strong = i === (onTop ? pointed : query);
    context.font = `${strong ? 700 : 400} ${named ? Math.min(13, cell) : 12}px ${getComputedStyle(canvas).fontFamily}`;
    context.fillStyle = strong || named ? inks.ink : inks.soft;
    context.save();
    if (onTop) {
      context.translate(middle(i), -5);
      if (named) context.rotate(-Math.PI / 2);
      else context.translate(0, -5);
    } else context.translate(-5, middle(i));
    context.textAlign = onTop ? (named ? "left" : "center") : "right";
    context.fillText(named ? shortened(tokens[i]) : String(positions[i]), 0, 0);
    context.restore();
  };
  for (let i = 0; i < n; i += named ? 1 : stepFor(n)) {
    write(i, false);
    write(i, true);
  }
  return {
    at(x, y) {
      const [key, row] = [Math.floor((x - left) / cell), Math.floor((y - top) / cell)];
      return key >= 0 && row >= 0 && key < n && row < n ? { query: row, key } : null;
    },
    block,
  };
}

/** A round number of tokens from one number beside a long text to the next. @param {number} n */
export function stepFor(n) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, n / 8)));
  return power * (n / power > 40 ? 5 : n / power > 20 ? 2 : 1);
}
