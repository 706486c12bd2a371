/** Finds places for the names of points so that they cover neither each other nor a point. Pure. */

const LETTER = 7.6; // pixels, about, at 14 px; a little much rather than too little
const LINE = 17;
const AWAY = 9; // from the point
const COVERS = 3; // a point covers so much around it

/** @typedef {{ x: number, y: number, label: string }} Point in pixels; those named first choose first */
/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box */
/** @typedef {{ x: number, y: number, anchor: "start" | "middle" | "end" }} Place of a label; y is its middle */

/** @param {string} label */
export const labelWidth = (label) => [...label].length * LETTER;

/**
 * @param {Point[]} points
 * @param {{ width: number, height: number }} picture
 * @param {number} [steps] how far up and down a label may go to find room
 * @returns {Place[]} one a point
 */
export function placeLabels(points, { width, height }, steps = 3) {
  /** @type {Box[]} */
  const taken = points.map(({ x, y }) => ({ left: x - COVERS, top: y - COVERS, right: x + COVERS, bottom: y + COVERS }));
  const middle = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  return points.map(({ x, y, label }) => {
    const choices = around(x, y, x < middle, steps).map((place) => ({ place, box: boxOf(place, labelWidth(label)) }));
    const costs = choices.map(({ box }, i) => cost(box, taken, width, height) + i * 0.01); // the first of equals
    const chosen = choices[costs.indexOf(Math.min(...costs))];
    const { box } = chosen;
    taken.push(box);
    const [outLeft, outRight] = [Math.max(0, -box.left), Math.max(0, box.right - width)];
    return { ...chosen.place, x: chosen.place.x + outLeft - outRight };
  });
}

/**
 * @param {number} x
 * @param {number} y
 * @param {boolean} leftFirst outwards first: between points there are lines
 * @param {number} steps
 * @returns {Place[]}
 */
function around(x, y, leftFirst, steps) {
  const right = { x: x + AWAY, anchor: /** @type {const} */ ("start") };
  const left = { x: x - AWAY, anchor: /** @type {const} */ ("end") };
  const sides = leftFirst ? [left, right] : [right, left];
  const above = AWAY + LINE / 2;
  return [
    ...sides.map((side) => ({ ...side, y })),
    { x, y: y - above, anchor: "middle" },
    { x, y: y + above, anchor: "middle" },
    ...Array.from({ length: steps }, (_, i) =>
      sides.flatMap((side) => [-1, 1].map((way) => ({ ...side, y: y + (way * (i + 1) * LINE) / 1.5 }))),
    ).flat(),
  ];
}

/**
 * @param {Place} place
 * @param {number} wide
 * @returns {Box}
 */
function boxOf({ x, y, anchor }, wide) {
  const left = { start: x, middle: x - wide / 2, end: x - wide }[anchor];
  return { left, top: y - LINE / 2, right: left + wide, bottom: y + LINE / 2 };
}

/**
 * How many square pixels a label would cover that are not free, or hang out of the picture.
 * @param {Box} box
 * @param {Box[]} taken
 * @param {number} width
 * @param {number} height
 */
function cost(box, taken, width, height) {
  const size = (box.right - box.left) * (box.bottom - box.top);
  const inside = overlap(box, { left: 0, top: 0, right: width, bottom: height });
  return taken.reduce((sum, other) => sum + overlap(box, other), 3 * (size - inside));
}

/**
 * @param {Box} one
 * @param {Box} other
 */
export function overlap(one, other) {
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return across > 0 && down > 0 ? across * down : 0;
}
