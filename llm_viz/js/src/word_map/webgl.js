/** Whether the browser can draw with the graphics card, or what stands in for one. */
import { make } from "../lib/dom.js";

/** @type {boolean | undefined} */
let found;

export function hasWebgl() {
  if (found === undefined) {
    const context = make("canvas").getContext("webgl");
    // What plotly's points need; a browser keeps only so many contexts, so this one goes at once.
    found = Boolean(context?.getExtension("OES_element_index_uint"));
    context?.getExtension("WEBGL_lose_context")?.loseContext();
  }
  return found;
}
