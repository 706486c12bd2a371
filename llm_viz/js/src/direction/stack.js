/** Where the names of words stand above a line: each over its place, stacked where they would overlap. Pure. */

export const LINE = 20; // pixels from one row of names to the next
const GAP = 8; // between two names of a row

/** @typedef {{ x: number, wide: number }} Name the place that it belongs to, and its width */
/** @typedef {{ middle: number, row: number }} Place `row` 0 is the one next to the line */

/**
 * @param {Name[]} names
 * @param {number} width of the picture
 * @returns {Place[]} one a name
 */
export function stack(names, width) {
  /** @type {{ from: number, to: number }[][]} */
  const rows = [];
  return names.map(({ x, wide }) => {
    const half = wide / 2;
    const middle = Math.min(Math.max(x, half), Math.max(width - half, half));
    const [from, to] = [middle - half - GAP, middle + half + GAP];
    const isFree = (/** @type {typeof rows[number]} */ row) => row.every((other) => other.to - GAP <= from || other.from + GAP >= to);
    let row = rows.findIndex(isFree);
    if (row < 0) row = rows.push([]) - 1;
    rows[row].push({ from, to });
    return { middle, row };
  });
}
