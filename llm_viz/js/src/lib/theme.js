/** The light or dark theme, wherever a view is mounted. */

const SCREEN_DARK = "(prefers-color-scheme: dark)";

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
