/**
 * Heads that do not travel with a text are asked of Python, one question at a time: while a slider
 * moves, the heads that it passes are not computed, only the one where it rests.
 */
import { Problem } from "../problem.js";
import { Superseded } from "../sources/kernel.js";
import { kernelErrors } from "../strings.js";
import { headAt } from "./state.js";

/** @typedef {import("./file.js").Heads} Heads */

/**
 * @param {{ request: (kind: string, fields: Record<string, unknown>) => Promise<{ buffers: DataView[] }> }} kernel
 * @param {() => void} onChange a head has come, or will not come
 */
export function asker(kernel, onChange) {
  let busy = false;
  /** @type {{ file: Heads, place: number, error: Problem } | null} */
  let failed = null;
  return {
    /**
     * Ask for a head, unless a question is open: then ask again when it is answered.
     * @param {Heads} file
     * @param {number} place
     * @throws {Problem} why it cannot be had, if that is known by now
     */
    ask(file, place) {
      if (failed?.file === file && failed.place === place) throw failed.error;
      if (!busy) void fetchHead(file, place);
    },
  };

  /**
   * @param {Heads} file
   * @param {number} place
   */
  async function fetchHead(file, place) {
    busy = true;
    failed = null;
    try {
      const { buffers } = await kernel.request("head", { text: file.text, ...headAt(place, file.heads) });
      if (!buffers.length) throw new Problem(kernelErrors.emptyReply);
      file.keep(place, buffers[0]);
    } catch (error) {
      if (error instanceof Superseded) return; // the view is gone
      if (!(error instanceof Problem)) throw error;
      failed = { file, place, error };
    } finally {
      busy = false;
    }
    onChange();
  }
}
