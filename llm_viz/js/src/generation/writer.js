/**
 * Lets Python write, a few tokens at a time. Each request names the whole text and where to go on,
 * so that stopping is simply asking no more, and nothing is lost if another text came between.
 */
import { Superseded } from "../sources/kernel.js";

/** @typedef {import("./texts.js").Packed} Packed */
/** @typedef {{ text: string, temperature: number, seed: number }} Wanted */

const AT_ONCE = 4; // tokens a request: often enough to stop soon, rarely enough for a slow line

/**
 * @param {object} source
 * @param {(kind: string, fields: Record<string, unknown>) => Promise<import("../sources/kernel.js").Reply>} source.request
 * @param {(more: Packed, first: boolean) => void} onMore hears of the tokens as they come
 */
export function makeWriter({ request }, onMore) {
  let run = 0; // the newest text; older ones end when they notice
  let stopped = false;
  return {
    /**
     * Resolves when the text has ended or was stopped.
     * @param {Wanted} wanted
     * @throws {import("../problem.js").Problem | Superseded}
     */
    async write(wanted) {
      run += 1;
      const mine = run;
      stopped = false;
      for (let from = 0; ; ) {
        const { content } = await request("generate", { ...wanted, from, count: AT_ONCE });
        if (mine !== run) throw new Superseded();
        if (stopped) return;
        const more = /** @type {Packed} */ (content.packed);
        onMore(more, from === 0);
        from += more.texts[0].ids.length;
        if (more.texts[0].stopped) return;
      }
    },
    /** What was asked for already is not shown any more. */
    stop() {
      stopped = true;
    },
  };
}
