/**
 * Keeps the state of a page's figures in the page's address, so that a view can be shared and the
 * back button goes back. What an address means is in `state.js`; a notebook has no such page.
 */
import { changes, keysOf, readAddress, writeAddress } from "./state.js";
import { addressText as strings } from "./strings.js";
import { readTraits } from "./traits.js";

/** @typedef {import("./page.js").Model} Model */
/** @typedef {import("./state.js").Values} Values */
/**
 * @typedef {object} Figure
 * @property {HTMLElement} el
 * @property {Model} model
 * @property {string} id of its place: what a link leads to
 * @property {string} key "" if it shares the page's state
 * @property {import("./state.js").Rules} rules
 * @property {Values} beginning the traits as the author set them
 */

const PAUSE = 400; // milliseconds without a change: then the address is written
const SHARED = "page"; // the trait `group` of figures that share one state

/**
 * @param {{ el: HTMLElement, model: Model }[]} shown the page's views, in order
 * @returns {(el: HTMLElement) => { beginning: Values, link: () => string } | undefined} what the
 *   view in an element needs to know of its figure
 */
export function followAddress(shown) {
  const figures = figuresOf(shown);
  let seen = "";
  let lastWritten = "";
  /** @type {Map<string, { figure: Figure, trait: string }>} */
  const waiting = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let reading = false;

  const read = () => {
    seen = location.search;
    const { values, ignored } = readAddress(seen, figures);
    reading = true;
    for (const { model, key, rules, beginning } of figures) {
      const told = Object.entries(values.get(key) ?? {}).filter(([trait]) => Object.hasOwn(rules, trait));
      model.set({ ...beginning, ...Object.fromEntries(told) });
    }
    reading = false;
    tell(figures, ignored);
  };
  const write = () => {
    clearTimeout(timer);
    let search = location.search;
    const touched = [...waiting.values()].map(({ figure, trait }) => `${figure.id}.${trait}`).join();
    for (const { figure } of waiting.values()) {
      search = writeAddress(search, figure.key, changed(figure), figure.rules);
    }
    waiting.clear();
    if (search === location.search) return;
    // One step back for each control that was turned, however long it was turned.
    const again = touched === lastWritten;
    lastWritten = touched;
    seen = search;
    const url = `${location.pathname}${search}${location.hash}`;
    try {
      if (again) history.replaceState(history.state, "", url);
      else history.pushState(null, "", url);
    } catch {
      // some browsers keep the address of a page from the disk as it is; "Copy link" works there too
    }
  };

  for (const figure of figures) {
    for (const trait of Object.keys(figure.rules)) {
      figure.model.on(`change:${trait}`, () => {
        if (!figure.key) share(figures, figure, trait);
        if (reading) return;
        waiting.set(figure.key || figure.id, { figure, trait });
        clearTimeout(timer);
        timer = setTimeout(write, PAUSE);
      });
    }
  }
  addEventListener("popstate", () => {
    if (location.search === seen) return; // only the place on the page changed
    clearTimeout(timer);
    waiting.clear();
    lastWritten = "";
    read();
  });
  addEventListener("pagehide", write);
  read();
  return (el) => {
    const figure = figures.find((other) => other.el === el);
    return figure && { beginning: figure.beginning, link: () => linkTo(figure) };
  };
}

/** Scroll to the figure that the address names: it had no place yet when the browser looked. */
export function goToFigure() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id && document.querySelector(`.llm-viz-view[id="${CSS.escape(id)}"]`);
  if (!target) return;
  const told = target.previousElementSibling;
  (told?.matches(".llm-viz-ignored") ? told : target).scrollIntoView();
}

/** @param {{ el: HTMLElement, model: Model }[]} shown */
function figuresOf(shown) {
  const linked = shown.filter(({ model }) => Object.keys(model.get("linked") ?? {}).length);
  const ids = keysOf(linked.map(({ model }) => String(model.get("title") || className(model))));
  /** @type {Figure[]} */
  const figures = [];
  for (const [i, { el, model }] of linked.entries()) {
    const rules = model.get("linked");
    const beginning = readTraits(model, Object.keys(rules));
    if (!document.getElementById(ids[i])) el.id = ids[i];
    figures.push({ el, model, id: ids[i], key: model.get("group") === SHARED ? "" : ids[i], rules, beginning });
  }
  return figures;
}

/**
 * "Next Token" for a view that its author gave no title.
 * @param {Model} model
 */
function className(model) {
  return (model.get("_anywidget_id") ?? "").replace(/.*\./, "").replace(/([a-z])([A-Z])/g, "$1 $2");
}

/** @param {Figure} figure */
function changed({ model, beginning, rules }) {
  return changes(readTraits(model, Object.keys(rules)), beginning, rules);
}

/**
 * @param {Figure[]} figures
 * @param {Figure} from
 * @param {string} trait
 */
function share(figures, from, trait) {
  const value = from.model.get(trait);
  for (const { key, model, rules } of figures) {
    if (!key && model !== from.model && Object.hasOwn(rules, trait)) model.set(trait, value);
  }
}

/** @param {Figure} figure */
function linkTo(figure) {
  const url = new URL(location.href);
  url.search = writeAddress("", figure.key, changed(figure));
  url.hash = figure.id;
  return url.href;
}

/**
 * Say what an address asked for in vain, where the reader will look: at the figure that the address
 * names, else at the first.
 * @param {Figure[]} figures
 * @param {string[]} ignored
 */
function tell(figures, ignored) {
  const named = figures.find(({ id }) => `#${id}` === location.hash);
  const place = (named ?? figures[0])?.el;
  if (!place) return;
  const old = /** @type {HTMLElement | null} */ (document.querySelector(".llm-viz-ignored"));
  old?.remove();
  if (!ignored.length) return;
  const note = document.createElement("p");
  note.className = "llm-viz-ignored";
  note.setAttribute("role", "status");
  note.textContent = [strings.ignored, ...ignored].join(" ");
  place.before(note);
}
