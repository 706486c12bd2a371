/**
 * What can run the model while the page is open. Python is one such source; another has to offer the
 * same three. Switches are clicked faster than a model runs, so only the newest question waits.
 */
import { Problem } from "../problem.js";
import { kernelSource } from "../sources/kernel.js";
import { newestOnly } from "../sources/newest.js";
import { kernelErrors } from "../strings.js";

/** @typedef {{ text: string, answer: number, rival: number, off: string }} Question what is off is as `writeOff` writes it */
/**
 * @typedef {object} Source
 * @property {() => Promise<unknown>} present resolves once it can be asked
 * @property {(text: string, every: boolean) => Promise<DataView>} read a text: the groups, and every
 *   head by itself if asked for
 * @property {(question: Question) => Promise<DataView>} run one list of parts off
 * @property {() => void} close
 */

/**
 * @param {import("@anywidget/types").AnyModel<any>} model
 * @returns {Source}
 */
export function pythonSource(model) {
  const kernel = kernelSource(model);
  const ask = async (/** @type {string} */ kind, /** @type {Record<string, unknown>} */ fields) => {
    const { buffers } = await kernel.request(kind, fields);
    if (!buffers.length) throw new Problem(kernelErrors.emptyReply);
    return buffers[0];
  };
  return {
    present: kernel.present,
    read: newestOnly((text, every) => ask("read", { text, every })),
    run: newestOnly((question) => ask("switch", question)),
    close: kernel.close,
  };
}
