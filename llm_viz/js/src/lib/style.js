/** Stylesheets and the light or dark theme, wherever a view is mounted. */

import { make, setText } from "./dom.js";

const SCREEN_DARK = "(prefers-color-scheme: dark)";

/**
 * Install a stylesheet once in the document or shadow root that holds `element`.
 * @param {Node} element
 * @param {string} name of the stylesheet
 * @param {string} css
 */
export function installStyle(element, name, css) {
  const root = element.getRootNode();
  const home = root instanceof ShadowRoot ? root : document.head;
  let style = home.querySelector(`style[data-llm-viz="${name}"]`);
  if (!style) {
    style = make("style", { "data-llm-viz": name });
    home.append(style);
  }
  setText(style, css); // a newer bundle of the same stylesheet replaces the older one
}

/**
 * Keep `element`'s data-theme in step with the page around it: the book's own switch, JupyterLab's
 * or VS Code's theme, else the system's.
 * @param {HTMLElement} element
 * @returns {() => void} stops following
 */
export function followTheme(element) {
  const system = matchMedia(SCREEN_DARK);
  const update = () => {
    element.dataset.theme = isDark(system) ? "dark" : "light";
  };
  const observer = new MutationObserver(update);
  for (const outer of [document.documentElement, document.body]) observer.observe(outer, { attributes: true });
  system.addEventListener("change", update);
  update();
  return () => {
    observer.disconnect();
    system.removeEventListener("change", update);
  };
}

/** @param {MediaQueryList} system */
function isDark(system) {
  const book = document.documentElement.dataset.theme;
  if (book === "dark" || book === "light") return book === "dark";
  const { jpThemeLight, vscodeThemeKind } = document.body.dataset;
  if (jpThemeLight) return jpThemeLight === "false";
  if (vscodeThemeKind) return /dark|high-contrast$/.test(vscodeThemeKind);
  return system.matches;
}
