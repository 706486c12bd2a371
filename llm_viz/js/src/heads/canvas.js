/** What pictures on canvases share: sharp lines on any screen, and the colours of the theme. */

const INKS = /** @type {const} */ (["attend", "ink", "soft", "paper", "ground"]);
const LONGEST_NAME = 11;

/**
 * A canvas of this size on the page, with as many dots as the screen has there.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function sharpen(canvas, width, height) {
  canvas.width = Math.round(width * devicePixelRatio); // and all is cleared
  canvas.height = Math.round(height * devicePixelRatio);
  canvas.style.width = `${width}px`;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(devicePixelRatio, devicePixelRatio);
  context.imageSmoothingEnabled = false;
  return context;
}

/** The theme's colours. @param {Element} element */
export function inksOf(element) {
  const style = getComputedStyle(element);
  return /** @type {Record<(typeof INKS)[number], string>} */ (Object.fromEntries(INKS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])));
}

/**
 * Codes as dots, each as opaque as its code says.
 * @param {Uint8Array} cells
 * @param {number} width
 * @param {string} colour as #rrggbb
 */
export function dots(cells, width, colour) {
  const height = cells.length / width;
  const rgb = parseInt(colour.slice(1), 16);
  const dot = ((rgb & 255) << 16) | (rgb & 0xff00) | (rgb >> 16); // red comes first in memory
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < cells.length; i++) pixels[i] = (cells[i] << 24) | dot;
  const canvas = new OffscreenCanvas(width, height);
  /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d")).putImageData(image, 0, 0);
  return canvas;
}

/** A token's name, cut where it is too long for its place. @param {string} token */
export function shortened(token) {
  const letters = [...token];
  return letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME - 1).join("")}…` : token;
}

/**
 * Call back when the pictures have to be drawn again though nothing changed: another theme, another
 * size, or on the way to paper, which is always bright.
 * @param {HTMLElement} root of the view
 * @param {() => void} redraw
 * @returns {() => void} stops it
 */
export function onNewLook(root, redraw) {
  const theme = new MutationObserver(redraw);
  theme.observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  let width = root.clientWidth; // drawn already
  const size = new ResizeObserver(() => {
    if (width !== (width = root.clientWidth)) redraw();
  });
  size.observe(root);
  let screen = root.dataset.theme;
  const print = (/** @type {Event} */ { type }) => {
    if (type === "beforeprint") screen = root.dataset.theme;
    root.dataset.theme = type === "beforeprint" ? "light" : screen;
    redraw();
  };
  const types = ["beforeprint", "afterprint"];
  for (const type of types) addEventListener(type, print);
  return () => {
    theme.disconnect();
    size.disconnect();
    for (const type of types) removeEventListener(type, print);
  };
}
