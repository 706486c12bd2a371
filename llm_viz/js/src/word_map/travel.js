/** Points on their way from one map to another. Pure: the clock and the drawing are handed in. */

/**
 * Slow at both ends.
 * @param {number} t 0 to 1
 */
export const eased = (t) => t * t * (3 - 2 * t);

/**
 * @param {Float32Array[]} from one array a dimension
 * @param {Float32Array[]} to
 * @param {number} share of the way, 0 to 1
 * @returns {Float32Array[]}
 */
export function between(from, to, share) {
  return from.map((start, i) => {
    const end = to[i];
    const now = new Float32Array(start.length);
    for (let at = 0; at < now.length; at++) now[at] = start[at] + share * (end[at] - start[at]);
    return now;
  });
}

/**
 * Move through time at the pace of the machine: each frame shows where the points are by the time
 * that it is seen, so that a slow machine shows few frames and is done at the same moment.
 * @param {object} way
 * @param {number} way.duration milliseconds; 0 to be there at once
 * @param {() => Promise<number>} way.frame resolves with the time of the next frame
 * @param {(share: number) => Promise<void>} way.draw share of the way, 0 to 1
 * @param {() => boolean} way.stopped whether there is a new way to go
 * @returns {Promise<boolean>} whether the end was reached
 */
export async function travel({ duration, frame, draw, stopped }) {
  const start = await frame();
  let [now, cost] = [start, 0];
  while (!stopped()) {
    const share = duration ? Math.min(1, (now - start + cost) / duration) : 1;
    await draw(eased(share));
    if (share === 1) return true;
    const next = await frame();
    cost = next - now;
    now = next;
  }
  return false;
}
