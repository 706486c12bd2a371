/** Helpers for a picture that is drawn in the page's own pixels: it is redrawn when its width changes. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...(SVGElement | string)} children
 */
export function shape(tag, attributes = {}, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * An SVG that fills its place's width.
 * @param {string} className
 * @param {(width: number) => void} redraw
 */
export function picturePlace(className, redraw) {
  const svg = /** @type {SVGSVGElement} */ (shape("svg", { class: className, role: "img" }));
  const element = document.createElement("div");
  element.append(svg);
  let width = 0;
  const watcher = new ResizeObserver(() => {
    if (Math.floor(element.clientWidth) === width) return;
    width = Math.floor(element.clientWidth);
    if (width) redraw(width);
  });
  watcher.observe(element);
  return {
    element,
    width: () => width,
    /**
     * @param {number} height
     * @param {string} label what is seen, for those who listen
     * @param {SVGElement[]} shapes in place of those that were there
     */
    fill(height, label, shapes) {
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      svg.setAttribute("width", String(width));
      svg.setAttribute("height", String(height));
      svg.setAttribute("aria-label", label);
      svg.replaceChildren(...shapes);
    },
    /** What is seen now, where shapes were moved rather than replaced. @param {string} label */
    describe(label) {
      svg.setAttribute("aria-label", label);
    },
    close: () => watcher.disconnect(),
  };
}
