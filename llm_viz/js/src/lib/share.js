/**
 * The ways to take a view along: a link that shows it as it is now (on a page that keeps its state
 * in the address), and its picture as a file. A native disclosure, so that it needs no script to be
 * understood by a screen reader.
 */
import { shareText as strings } from "../strings.js";
import { make, setText } from "./dom.js";
import { savePng, saveSvg } from "./picture_file.js";

/**
 * @param {object} view
 * @param {() => string} view.title
 * @param {() => HTMLElement[]} view.picture
 * @param {() => string} [view.link] missing where there is no address to keep the state in
 */
export function shareMenu({ title, picture, link }) {
  const said = make("span", { class: "lv-note", role: "status" });
  const panel = make("div", { class: "lv-menu" });
  const element = make("details", { class: "lv-share" }, make("summary", { class: "lv-button" }, strings.share), panel);
  if (link) panel.append(action(strings.copyLink, () => copy(link())));
  panel.append(
    action(strings.saveSvg, async () => (await saveSvg(picture(), title()), strings.saved)),
    action(strings.savePng, async () => (await savePng(picture(), title()), strings.saved)),
    said,
  );
  const closeOutside = (/** @type {Event} */ event) => {
    if (!element.contains(/** @type {Node} */ (event.target))) element.open = false;
  };
  document.addEventListener("pointerdown", closeOutside);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !element.open) return;
    element.open = false;
    element.querySelector("summary")?.focus();
  });
  element.addEventListener("toggle", () => setText(said, ""));
  return { element, close: () => document.removeEventListener("pointerdown", closeOutside) };

  /**
   * @param {string} name
   * @param {() => Promise<string>} act gives what to say when it is done
   */
  function action(name, act) {
    const button = make("button", { type: "button", class: "lv-button" }, name);
    button.addEventListener("click", async () => {
      setText(said, await act().catch((error) => strings.failed(error.message)));
    });
    return button;
  }
}

/**
 * @param {string} text
 * @returns {Promise<string>} what to say
 */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return strings.copied;
  } catch {
    return strings.copyThis(text); // the page may not write to the clipboard
  }
}
