/**
 * What can run the model while the page is open. Python is one such source; another has to offer the
 * same three. One run at a time: while it lasts only the newest question waits, for switches are
 * clicked faster than a model runs.
 */
import { Problem } from "../problem.js";
import { Superseded, kernelSource } from "../sources/kernel.js";
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

/**
 * @template {any[]} Arguments
 * @template Result
 * @param {(...args: Arguments) => Promise<Result>} run
 * @returns {(...args: Arguments) => Promise<Result>} rejected with `Superseded` once there is a newer call
 */
export function newestOnly(run) {
  /** @type {{ args: Arguments, resolve: (result: Result) => void, reject: (error: unknown) => void } | null} */
  let waiting = null;
  let busy = false;

  async function next() {
    while (waiting && !busy) {
      const { args, resolve, reject } = waiting;
      waiting = null;
      busy = true;
      try {
        const result = await run(...args);
        if (waiting) reject(new Superseded());
        else resolve(result);
      } catch (error) {
        reject(error);
      }
      busy = false;
    }
  }

  return (...args) =>
    new Promise((resolve, reject) => {
      waiting?.reject(new Superseded());
      waiting = { args, resolve, reject };
      next();
    });
}
