/** The small print between the parts of the view. */
import { make } from "../lib/dom.js";

/** @param {string} [text] */
export const note = (text = "") => make("p", { class: "lv-note" }, text);
