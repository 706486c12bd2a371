/** One scale for all cells of a picture: blue below 0, white at 0, orange above. */

const BELOW = [0, 114, 178];
const ABOVE = [230, 159, 0];
const WHITE = 255;

/**
 * @param {number} value
 * @param {number} most the value whose colour is full
 * @returns {string} as CSS and drawing programs read it
 */
export function diverging(value, most) {
  const part = most ? Math.min(1, Math.abs(value) / most) : 0;
  const [red, green, blue] = (value < 0 ? BELOW : ABOVE).map((channel) => Math.round(WHITE + part * (channel - WHITE)));
  return `rgb(${red}, ${green}, ${blue})`;
}
