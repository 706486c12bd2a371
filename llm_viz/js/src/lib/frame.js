/**
 * What stands around the picture of every view: its title, what to try, Reset, the ways to share
 * it, the place where a problem is told, and the voice for those who listen. The view itself adds
 * its controls and its picture, and draws.
 */
import { frameText as strings } from "../strings.js";
import { readTraits, setTraits } from "../traits.js";
import { freshId, make, setNote, setText } from "./dom.js";
import { liveRegion } from "./live.js";
import { shareMenu } from "./share.js";
import { followTheme } from "./theme.js";
import "./theme.css";
import { isTold } from "./told.js";

/** @typedef {import("@anywidget/types").AnyModel<any>} AnyModel */
/**
 * What the host of a page knows of a view on it; in a notebook there is none.
 * @typedef {object} Figure
 * @property {Record<string, any>} beginning the traits as the author set them
 * @property {() => string} link the address that shows this view as it is now
 */

/**
 * What Reset goes back to where there is no host: the traits when the model was first drawn.
 * @type {WeakMap<AnyModel, Record<string, any>>}
 */
const beginnings = new WeakMap();

/**
 * @param {object} view
 * @param {AnyModel} view.model
 * @param {HTMLElement} view.el the view's place
 * @param {string} view.name of the view, for its stylesheet
 * @param {{ title: string, tryThis: string }} view.words where the traits title and caption are empty
 * @param {readonly string[]} view.controlled the traits that the reader changes: Reset puts them back
 * @param {() => HTMLElement[]} view.picture what an image file of the view holds
 */
export function frame({ model, el, name, words, controlled, picture }) {
  const host = /** @type {any} */ (globalThis).llmViz;
  /** @type {Figure | undefined} */
  const figure = host?.figure?.(el);
  if (!beginnings.has(model)) {
    beginnings.set(model, readTraits(model, controlled));
  }

  const title = make("p", { class: "lv-title", id: freshId() });
  const reset = make("button", { type: "button", class: "lv-button" }, strings.reset);
  reset.addEventListener("click", () => {
    setTraits(model, { ...beginnings.get(model), ...figure?.beginning });
  });
  const share = shareMenu({ title: () => title.textContent ?? "", picture: () => [title, ...picture()], link: figure?.link });
  const caption = make("span");
  const problem = make("p", { class: "lv-problem", role: "alert", hidden: true });
  const live = liveRegion();
  const root = make(
    "div",
    { class: `lv lv-${name}`, role: "group", "aria-labelledby": title.id },
    make("div", { class: "lv-head" }, title, make("div", { class: "lv-tools" }, share.element, reset)),
    make("p", { class: "lv-try" }, make("strong", {}, strings.tryLabel), " ", caption),
    problem,
    live.element,
  );
  // JupyterLab asks the focused element itself whether its arrow keys and letters are shortcuts.
  root.addEventListener("focusin", ({ target }) =>
    /** @type {Element} */ (target).setAttribute("data-lm-suppress-shortcuts", ""),
  );
  el.append(root);
  const stopTheme = followTheme(root);
  const drawHead = () => {
    setText(title, model.get("title") || words.title);
    setText(caption, model.get("caption") || words.tryThis);
  };
  for (const trait of ["title", "caption"]) model.on(`change:${trait}`, drawHead);
  drawHead();

  return {
    root,
    /** Add the view's own parts, above the voice. @param {...HTMLElement} parts */
    add(...parts) {
      live.element.before(...parts);
    },
    /** Say something once the reader pauses. @param {() => string} sentence */
    speak: (sentence) => live.speak(sentence),
    /** Tell a problem in place, "" when it is over. @param {string} sentence */
    tell: (sentence) => setNote(problem, sentence),
    /**
     * Tell what went wrong, if it is the reader's to know.
     * @param {unknown} error
     * @param {HTMLElement} [place]
     * @param {(message: string) => string} [wording]
     * @throws what is no problem of the reader's
     */
    explain(error, place = problem, wording) {
      isTold(error, place, wording);
    },
    close() {
      for (const trait of ["title", "caption"]) model.off(`change:${trait}`, drawHead);
      live.close();
      share.close();
      stopTheme();
      root.remove();
    },
  };
}
