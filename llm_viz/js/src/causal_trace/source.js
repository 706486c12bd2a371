/**
 * Python traces a text a step at a time: it is asked for one step after the other, so that a newer
 * text, or a closed view, ends the older one by asking no more for it. Each trace has a number of its
 * own, under which Python goes on with it while other views of the widget trace something else.
 */
import { Problem } from "../problem.js";
import { Superseded, kernelSource, uniqueNumber } from "../sources/kernel.js";
import { kernelErrors } from "../strings.js";

/** @typedef {{ text: string, subject: string, answer: string }} Question */

/** @param {import("@anywidget/types").AnyModel<any>} model */
export function tracingSource(model) {
  const kernel = kernelSource(model);
  let newest = 0;
  return {
    present: kernel.present,
    close: kernel.close,
    /**
     * @param {Question} question
     * @param {(done: number, of: number) => void} onStep
     * @returns {Promise<DataView>} the packed trace
     */
    async trace(question, onStep) {
      newest += 1;
      const mine = newest;
      const run = uniqueNumber();
      for (let begin = true; ; begin = false) {
        const { content, buffers } = await kernel.request("trace", { ...question, run, begin });
        if (mine !== newest) throw new Superseded();
        if (buffers.length) return buffers[0];
        if (!(Number(content.of) > 0)) throw new Problem(kernelErrors.emptyReply);
        onStep(Number(content.done), Number(content.of));
      }
    },
  };
}
