/**
 * Python as a source: requests go out as anywidget messages, replies come back with the same id.
 *
 * On a page without a kernel, sending does nothing. So Python counts as absent until it has
 * answered a first "hello".
 */
import { Problem } from "../problem.js";
import { kernelErrors } from "../strings.js";

/** @typedef {import("@anywidget/types").AnyModel} AnyModel */
/** @typedef {{ content: Record<string, unknown>, buffers: DataView[] }} Reply */
/** @typedef {{ kind: string, resolve: (reply: Reply) => void, reject: (error: Error) => void }} Pending */

/** Nobody waits for this reply any more (a newer request, a closed view); nothing need be shown. */
export class Superseded extends Error {}

/** A number that no other view and no other browser tab has. */
export const uniqueNumber = () => Math.floor(Math.random() * 2 ** 52);

/**
 * @param {AnyModel} model
 * @returns a source; `close` it when the view goes
 */
export function kernelSource(model) {
  /** @type {Map<number, Pending>} */
  const pending = new Map();

  /**
   * @param {any} content
   * @param {DataView[]} [buffers]
   */
  function onMessage(content, buffers = []) {
    const request = content?.kind === "reply" && pending.get(content.id);
    if (!request) return; // another view's reply: views of one model hear the same messages
    pending.delete(content.id);
    if (content.ok) request.resolve({ content, buffers });
    else request.reject(new Problem(String(content.error)));
  }

  /**
   * @param {string} kind
   * @param {Record<string, unknown>} [fields]
   * @returns {Promise<Reply>} rejected with Python's own sentence where it fails
   */
  function request(kind, fields = {}) {
    const id = uniqueNumber();
    return new Promise((resolve, reject) => {
      pending.set(id, { kind, resolve, reject });
      model.send({ kind, id, ...fields });
    });
  }

  model.on("msg:custom", onMessage);
  return {
    request,

    /**
     * Resolves once Python has answered. Without a kernel that is never, and so it is for a source
     * that was closed with its view: nothing is left to say.
     * @returns {Promise<unknown>}
     */
    present: () => new Promise((resolve) => request("hello").then(resolve, () => {})),

    /**
     * The encoded trace of a text. A newer call supersedes the older ones.
     * @param {string} text
     * @returns {Promise<DataView>}
     */
    async trace(text) {
      for (const [id, older] of pending) {
        if (older.kind !== "trace") continue;
        pending.delete(id);
        older.reject(new Superseded());
      }
      const { buffers } = await request("trace", { text });
      if (!buffers.length) throw new Problem(kernelErrors.emptyReply);
      return buffers[0];
    },

    close() {
      model.off("msg:custom", onMessage);
      for (const { reject } of pending.values()) reject(new Superseded());
      pending.clear();
    },
  };
}
