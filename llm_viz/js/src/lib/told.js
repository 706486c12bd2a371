/** What went wrong is told in place, if it is the reader's to know. */
import { Problem } from "../problem.js";
import { Superseded } from "../sources/kernel.js";
import { setNote } from "./dom.js";

/**
 * @param {unknown} error
 * @param {HTMLElement} place
 * @param {(message: string) => string} [wording]
 * @returns {boolean} false: a newer question will speak for itself, or the view is closed
 * @throws what is no problem of the reader's
 */
export function isTold(error, place, wording = (message) => message) {
  if (error instanceof Superseded) return false;
  if (!(error instanceof Problem)) throw error;
  setNote(place, wording(error.message));
  return true;
}
