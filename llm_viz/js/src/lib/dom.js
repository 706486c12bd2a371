/** Small helpers for building and updating a view's elements. Text is only ever set as text. */

/** @typedef {Record<string, string | number | boolean>} Attributes */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes] `true` sets an empty attribute, `false` leaves it out
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * Set an element's text if it differs: an equal text must cost no layout, nor be spoken again.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Show a text, or hide its element where there is none.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function setNote(element, text) {
  setText(element, text);
  element.hidden = !text;
}

/**
 * Keep `parent` at `count` children of one kind: nodes are reused, never rebuilt.
 * @template {{ element: HTMLElement }} Part
 * @param {HTMLElement} parent
 * @param {Part[]} parts made so far; grows when more are needed
 * @param {number} count
 * @param {() => Part} makePart
 * @returns {Part[]} the first `count` parts, now in the document
 */
export function keepParts(parent, parts, count, makePart) {
  while (parts.length < count) parts.push(makePart());
  for (const [i, { element }] of parts.entries()) {
    if (i >= count) element.remove();
    else if (element.parentNode !== parent) parent.append(element);
  }
  return parts.slice(0, count);
}

let ids = 0;

/** An id for labels and descriptions, unlike any other on the page, whichever bundle made it. */
export function freshId() {
  ids += 1;
  return `llm-viz-${Math.random().toString(36).slice(2, 8)}-${ids}`;
}
