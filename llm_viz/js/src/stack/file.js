/**
 * One text on its way through the model, as `llm_viz/widgets/stack_file.py` packs it: opened once,
 * checked, and asked for in the words of the view. Pure.
 */
import { once } from "../once.js";
import { Problem } from "../problem.js";
import { readSafetensors } from "../safetensors.js";
import { stackFileErrors as errors } from "../strings.js";

const SCHEMA = 1;
const SHARES = 65535;

/** @typedef {{ id: number, name: string }} Token */
/** @typedef {Token & { score: number, probability: number }} Next */
/** @typedef {{ head: number, key: number, share: number }} Look of one head: where most of it goes */
/** @typedef {{ neuron: number, output: number }} Neuron */
/**
 * @typedef {object} Stages
 * @property {string} text
 * @property {string[]} tokens as shown to people
 * @property {number[]} ids of the tokens
 * @property {number} layers
 * @property {number} heads
 * @property {boolean} predicts false for a model without an unembedding
 * @property {[least: number, most: number]} range of all lengths
 * @property {(state: number, position: number) => number} length of a token's vector; state 0 is the
 *   embedding, then there is one after each half of each block
 * @property {(half: number, position: number) => number} added by a half of a block, over the length
 *   of what it is added to
 * @property {(layer: number, position: number) => Look[]} looks one for each head
 * @property {(layer: number, position: number) => { active: number, strongest: Neuron[] }} neurons
 * @property {(state: number, position: number) => Token[]} guesses read out of a state, best first
 * @property {(position: number) => Next[]} next likeliest first
 */

/**
 * The opened file, the same one for the same bytes.
 * @type {(bytes: ArrayBuffer | ArrayBufferView) => Stages}
 * @throws {Problem} they are cut short, foreign, or contradict themselves
 */
export const openStages = once(read);

/**
 * @param {ArrayBuffer | ArrayBufferView} bytes
 * @returns {Stages}
 */
function read(bytes) {
  const file = readSafetensors(bytes, "llm_viz_stages", SCHEMA, errors);
  const { text, tokens, token_ids: ids, names } = file.told;
  if (typeof text !== "string" || !isListOf(tokens, "string") || !isListOf(ids, "number")) throw new Problem(errors.damaged("tokens"));
  const n = tokens.length;
  if (!n || ids.length !== n || typeof names !== "object" || names === null) throw new Problem(errors.damaged("tokens"));

  const looked = file.array("top_keys", "U8", 3);
  const [layers, heads] = looked.shape;
  /**
   * @template {import("../safetensors.js").Kind} K
   * @param {string} name
   * @param {K} kind
   * @param {number[]} shape
   */
  const array = (name, kind, shape) => {
    const found = file.array(name, kind, shape.length);
    if (found.shape.join() !== shape.join()) throw new Problem(errors.damaged(name));
    return found.data;
  };
  const states = 2 * layers + 1;
  const keys = array("top_keys", "U8", [layers, heads, n]);
  const shares = array("top_shares", "U16", [layers, heads, n]);
  const lengths = array("lengths", "F32", [states, n]);
  const added = array("added", "F32", [states - 1, n]);
  const active = array("active", "U32", [layers, n]);
  const most = file.array("strongest", "U32", 3).shape[2];
  const strongest = array("strongest", "U32", [layers, n, most]);
  const outputs = array("outputs", "F32", [layers, n, most]);
  for (const [name, numbers] of Object.entries({ lengths, added, outputs })) {
    if (!numbers.every(Number.isFinite)) throw new Problem(errors.damaged(name));
  }
  if (!keys.every((key) => key < n)) throw new Problem(errors.damaged("top_keys"));

  const predicts = file.has("next_ids");
  const [guessed, nextWidth] = predicts ? [file.array("guesses", "U32", 3).shape[2], file.array("next_ids", "U32", 2).shape[1]] : [0, 0];
  const guesses = predicts ? array("guesses", "U32", [states, n, guessed]) : [];
  const [nextIds, nextScores, nextProbs] = predicts
    ? [array("next_ids", "U32", [n, nextWidth]), array("next_scores", "F32", [n, nextWidth]), array("next_probs", "F32", [n, nextWidth])]
    : [[], [], []];
  const token = (/** @type {number} */ id) => ({ id, name: String(names[id] ?? `#${id}`) });

  return {
    text,
    tokens,
    ids,
    layers,
    heads,
    predicts,
    range: [lengths.reduce((least, x) => Math.min(least, x)), lengths.reduce((most, x) => Math.max(most, x))],
    length: (state, position) => lengths[state * n + position],
    added: (half, position) => added[half * n + position],
    looks: (layer, position) =>
      Array.from({ length: heads }, (_, head) => {
        const at = (layer * heads + head) * n + position;
        return { head, key: keys[at], share: shares[at] / SHARES };
      }),
    neurons(layer, position) {
      const at = layer * n + position;
      const list = Array.from({ length: most }, (_, i) => ({ neuron: strongest[at * most + i], output: outputs[at * most + i] }));
      return { active: active[at], strongest: list };
    },
    guesses: (state, position) => Array.from({ length: guessed }, (_, i) => token(guesses[(state * n + position) * guessed + i])),
    next: (position) =>
      Array.from({ length: nextWidth }, (_, i) => {
        const at = position * nextWidth + i;
        return { ...token(nextIds[at]), score: nextScores[at], probability: nextProbs[at] };
      }),
  };
}

/**
 * @param {unknown} value
 * @param {"string" | "number"} kind
 */
function isListOf(value, kind) {
  return Array.isArray(value) && value.every((each) => typeof each === kind);
}
