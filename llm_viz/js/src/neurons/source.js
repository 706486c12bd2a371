/** What Python can be asked while the page is open: any neuron of the index, and a search in all of it. */
import { Problem } from "../problem.js";
import { kernelSource } from "../sources/kernel.js";
import { newestOnly } from "../sources/newest.js";
import { kernelErrors } from "../strings.js";

/** @typedef {import("./search.js").Hit} Hit */

/** @param {import("@anywidget/types").AnyModel<any>} model */
export function indexSource(model) {
  const kernel = kernelSource(model);
  return {
    /** Resolves once it can be asked. */
    present: kernel.present,
    /** A file of one neuron; while a slider moves, those that it passes are not looked up. */
    neuron: newestOnly(async (/** @type {number} */ layer, /** @type {number} */ neuron) => {
      const { buffers } = await kernel.request("neuron", { layer, neuron });
      if (!buffers.length) throw new Problem(kernelErrors.emptyReply);
      return buffers[0];
    }),
    search: newestOnly(async (/** @type {string} */ word) => {
      const { content } = await kernel.request("search", { word });
      return /** @type {Hit[]} */ (content.hits);
    }),
    close: kernel.close,
  };
}
