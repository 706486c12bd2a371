/**
 * Who cuts a text: nobody for the given ones (their tokens came with the view), the page's own
 * tokenizer for what is typed, and Python where the tokenizer cannot run in a page.
 */
import { Problem } from "../problem.js";
import { Superseded } from "../sources/kernel.js";
import { tokens as strings } from "../strings.js";
import { loadTokenizer } from "../tokenizer.js";
import { loadVocabulary } from "../vocabulary.js";

/** @typedef {import("./state.js").Known} Known */

const MOST_ANSWERS = 200; // of Python, kept

/**
 * @param {import("./state.js").Model} model
 * @param {Pick<ReturnType<typeof import("../sources/kernel.js").kernelSource>, "request" | "present">} kernel
 */
export function makeCutter(model, kernel) {
  /** @type {((text: string) => Known) | null} */
  let inPage = null;
  /** @type {Promise<void> | null} */
  let loading = null;
  /** @type {Map<string, Known>} */
  const answers = new Map();

  async function load() {
    const assets = model.get("assets");
    const [tokenizer, vocabulary] = await Promise.all([
      loadTokenizer(assets, model),
      loadVocabulary(assets.vocabulary ?? "", model),
    ]);
    inPage = (text) => {
      const ids = tokenizer.encode(text);
      return { ids, tokens: ids.map((id) => vocabulary.show(id)) };
    };
  }

  /** Load the tokenizer, once; a failure may be tried again. */
  function prepare() {
    loading ??= load().catch((error) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  /** @param {string} text */
  async function ask(text) {
    await kernel.present();
    const { ids, tokens } = (await kernel.request("tokens", { text })).content;
    if (!Array.isArray(ids) || !Array.isArray(tokens)) throw new Problem(strings.emptyReply);
    if (answers.size >= MOST_ANSWERS) answers.clear();
    answers.set(text, { ids, tokens });
  }

  return {
    prepare,

    /**
     * The tokens of a text, if they are known without waiting.
     * @param {string} text
     * @returns {Known | null}
     * @throws {Problem} no tokenizer can read it
     */
    now(text) {
      const known = model.get("known");
      if (Object.hasOwn(known, text)) return known[text];
      return answers.get(text) ?? inPage?.(text) ?? null;
    },

    /**
     * Make `now` know a text.
     * @param {string} text
     * @param {(why: string) => void} refused told why the page cannot, before Python is asked: it may
     *   not be there, and then this never ends
     */
    async learn(text, refused) {
      try {
        await prepare();
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refused(error.message);
        await ask(text).catch((failure) => {
          if (!(failure instanceof Superseded)) throw failure;
        });
      }
    },
  };
}
