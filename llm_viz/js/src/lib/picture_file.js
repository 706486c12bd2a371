/**
 * The picture of a view as an SVG or PNG file: every box and every line of text that is on screen,
 * drawn again as shapes that any drawing program can open.
 */
import { make } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 16; // pixels around the picture
const GAP = 12; // and between its parts
const CONTROLS = "button:not(.lv-chip, .lv-map-word), input, select, details, [role=radiogroup]"; // no part of it
const SHARPNESS = 2; // pixels of a PNG for each of the screen

/** @type {WeakMap<Element, () => Promise<string>>} */
const drawers = new WeakMap();

/**
 * Say how an element is drawn that cannot be copied shape by shape, because a library drew it.
 * @param {Element} element
 * @param {() => Promise<string>} image gives the address of an image of its size
 */
export function drawnBy(element, image) {
  drawers.set(element, image);
}

/**
 * @param {HTMLElement[]} parts shown one below the other
 * @param {string} title names the file
 */
export async function saveSvg(parts, title) {
  save(new Blob([(await svgOf(parts)).text], { type: "image/svg+xml" }), `${fileName(title)}.svg`);
}

/**
 * @param {HTMLElement[]} parts
 * @param {string} title
 */
export async function savePng(parts, title) {
  const { text, width, height } = await svgOf(parts);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = make("canvas", { width: width * SHARPNESS, height: height * SHARPNESS });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(SHARPNESS, SHARPNESS);
  context.drawImage(image, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("the browser could not draw it");
  save(/** @type {Blob} */ (blob), `${fileName(title)}.png`);
}

/** @param {string} title */
export function fileName(title) {
  return title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "picture";
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** @param {HTMLElement[]} parts */
async function svgOf(parts) {
  const shown = parts.filter((part) => part.getClientRects().length);
  const images = await imagesIn(shown);
  const boxes = shown.map((part) => part.getBoundingClientRect());
  const width = Math.ceil(Math.max(0, ...boxes.map((box) => box.width)) + 2 * MARGIN);
  const height = Math.ceil(boxes.reduce((sum, box) => sum + box.height + GAP, 2 * MARGIN - GAP));
  const svg = shape("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  const paper = shown[0]?.closest(".lv");
  svg.append(shape("rect", { width, height, fill: plain(paper ? getComputedStyle(paper).backgroundColor : "#fff") }));
  let top = MARGIN;
  for (const [i, part] of shown.entries()) {
    const group = shape("g", { transform: `translate(${MARGIN - boxes[i].left} ${top - boxes[i].top})` });
    draw(part, group, boxes[i], images);
    svg.append(group);
    top += boxes[i].height + GAP;
  }
  return { text: new XMLSerializer().serializeToString(svg), width, height };
}

/**
 * @param {HTMLElement[]} parts
 * @returns {Promise<Map<Element, string>>} the images of what cannot be copied
 */
async function imagesIn(parts) {
  const elements = parts.flatMap((part) => [part, ...part.querySelectorAll("*")]);
  const images = elements.flatMap((element) => {
    const image = drawers.get(element);
    return image ? [image().then((href) => /** @type {const} */ ([element, href]))] : [];
  });
  return new Map(await Promise.all(images));
}

/**
 * @param {Element} element
 * @param {SVGElement} into
 * @param {DOMRect} frame what lies outside of it is left out
 * @param {Map<Element, string>} images
 */
function draw(element, into, frame, images) {
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden" || element.matches(CONTROLS)) return;
  const box = element.getBoundingClientRect();
  if (box.width && box.height && (box.right < frame.left || box.left > frame.right)) return; // moved out of sight
  if (element instanceof SVGSVGElement) return void into.append(copyOf(element, box));
  const image = element instanceof HTMLCanvasElement ? element.toDataURL() : images.get(element);
  if (image) return void into.append(shape("image", { ...place(box), href: image }));
  drawBox(style, box, into);
  for (const child of element.childNodes) {
    if (child instanceof Element) draw(child, into, frame, images);
    else if (child instanceof Text) drawText(child, style, into);
  }
}

/**
 * @param {CSSStyleDeclaration} style
 * @param {DOMRect} box
 * @param {SVGElement} into
 */
function drawBox(style, box, into) {
  const filled = !/^(transparent|rgba\(.*, 0\))$/.test(style.backgroundColor);
  const edge = parseFloat(style.borderTopWidth);
  const edged = edge > 0 && style.borderTopStyle !== "none" && style.borderBottomStyle !== "none";
  if (!box.width || !box.height || !(filled || edged)) return;
  const rounded = Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.height / 2);
  const rect = shape("rect", { ...place(box), rx: rounded, fill: filled ? plain(style.backgroundColor) : "none", opacity: style.opacity });
  if (edged) {
    rect.setAttribute("stroke", plain(style.borderTopColor));
    rect.setAttribute("stroke-width", String(edge));
    if (style.borderTopStyle === "dashed") rect.setAttribute("stroke-dasharray", "4 3");
  }
  into.append(rect);
}

/**
 * One `text` for each line, stretched to the width it has on screen.
 * @param {Text} node
 * @param {CSSStyleDeclaration} style
 * @param {SVGElement} into
 */
function drawText(node, style, into) {
  for (const { text, box } of linesOf(node)) {
    const line = shape("text", {
      x: box.left,
      y: box.top + box.height / 2,
      "dominant-baseline": "central",
      textLength: box.width,
      lengthAdjust: "spacingAndGlyphs",
      "xml:space": "preserve",
      fill: plain(style.color),
      "font-family": style.fontFamily,
      "font-size": style.fontSize,
      "font-weight": style.fontWeight,
    });
    line.textContent = text;
    into.append(line);
  }
}

/**
 * The lines that a text is broken into on screen.
 * @param {Text} node
 */
function linesOf(node) {
  /** @type {{ text: string, box: DOMRect }[]} */
  const lines = [];
  const range = document.createRange();
  let start = 0;
  const close = (/** @type {number} */ end) => {
    range.setStart(node, start);
    range.setEnd(node, end);
    const box = range.getBoundingClientRect();
    if (box.width && node.data.slice(start, end).trim()) lines.push({ text: node.data.slice(start, end), box });
    start = end;
  };
  let bottom = -Infinity;
  for (let i = 0; i < node.length; i++) {
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    if (box.top >= bottom && i > start) close(i);
    bottom = Math.max(box.bottom - 1, box.top);
  }
  close(node.length);
  return lines;
}

/**
 * A drawing within the picture, with the styles that the page gives it.
 * @param {SVGSVGElement} drawing
 * @param {DOMRect} box
 */
function copyOf(drawing, box) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  const from = drawing.querySelectorAll("*");
  for (const [i, to] of copy.querySelectorAll("*").entries()) {
    const style = getComputedStyle(from[i]);
    for (const name of ["fill", "stroke", "stroke-width", "opacity", "font-family", "font-size", "font-weight", "text-anchor"]) {
      to.setAttribute(name, style.getPropertyValue(name));
    }
  }
  for (const [name, value] of Object.entries(place(box))) copy.setAttribute(name, String(value));
  return copy;
}

/**
 * A mixed colour as drawing programs read it.
 * @param {string} colour as the browser computed it, such as "color(srgb 0.5 0 0 / 0.4)"
 */
function plain(colour) {
  const [, red, green, blue, alpha = "1"] = /^color\(srgb (\S+) (\S+) (\S+?)(?: \/ (\S+))?\)$/.exec(colour) ?? [];
  if (red === undefined) return colour;
  const [r, g, b] = [red, green, blue].map((part) => Math.round(255 * Number(part)));
  return `rgba(${r}, ${g}, ${b}, ${alpha})`;
}

/** @param {DOMRect} box */
const place = ({ left, top, width, height }) => ({ x: left, y: top, width, height });

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function shape(tag, attributes) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
