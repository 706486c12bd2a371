/** What a view does while the page fetches a text that it keeps in a file of its own. */
import { fetchTrace } from "../sources/embedded.js";
import { setNote } from "./dom.js";

/**
 * Fetch it, and say so meanwhile; what is on screen stays until it is there. The trait then changes,
 * and the change is drawn.
 * @param {import("@anywidget/types").AnyModel<any>} model
 * @param {import("../sources/embedded.js").Elsewhere} held
 * @param {HTMLElement} place
 * @param {string} fetching
 * @param {(error: unknown, place: HTMLElement) => void} explain
 */
export async function bring(model, held, place, fetching, explain) {
  setNote(place, fetching);
  try {
    await fetchTrace(model, held);
  } catch (error) {
    explain(error, place);
  }
}
