/** One question at a time: while a source works on it, of those that come only the newest waits. */
import { Superseded } from "./kernel.js";

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
