/**
 * The traits of Stack as the view reads them. Values can come from anywhere (Python, a linked widget,
 * a page's address), so every one is checked before it is drawn.
 */
import { Problem } from "../problem.js";
import { stack as strings } from "../strings.js";
import { readTraits } from "../traits.js";
import { openStages } from "./file.js";
import { stepOf, walk } from "./walk.js";

/** @typedef {ArrayBuffer | ArrayBufferView} Bytes */
/**
 * Equal matrices of all layers make one part.
 * @typedef {object} Part
 * @property {string} part such as "W_Q"
 * @property {"embedding" | "attention" | "mlp" | "norm" | "unembedding"} group
 * @property {number[]} shape
 * @property {number} biases
 * @property {boolean} tied to the embedding
 * @property {number} count weights in all layers together
 * @property {number} layers how many have it; 0 for what stands outside of them
 */
/**
 * @typedef {object} Architecture
 * @property {string} name
 * @property {number} n_layers
 * @property {number} n_heads
 * @property {number} n_kv_heads
 * @property {number} d_model
 * @property {number} d_head
 * @property {number} d_mlp
 * @property {number} d_vocab rows of the embedding
 * @property {boolean} gated
 * @property {boolean} causal
 * @property {boolean} parallel
 * @property {boolean} post_norm
 * @property {boolean} learned_positions
 * @property {boolean} predicts
 * @property {number} active beyond which output a neuron counts as active
 * @property {number} total
 * @property {Part[]} parts
 */
/**
 * @typedef {object} Traits
 * @property {Bytes[]} texts packed, see file.js
 * @property {string[]} labels
 * @property {number} prompt index into `texts`; -1 = `own`
 * @property {string} text the reader's own
 * @property {Bytes} own no bytes if there is none
 * @property {Architecture} architecture
 * @property {Record<string, string>} chapters addresses by stage
 * @property {import("./walk.js").Stage} stage
 * @property {number} layer
 * @property {number} position -1 = the last token
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */
/**
 * @typedef {object} Scene what there is to see
 * @property {import("./file.js").Stages} stages
 * @property {import("./walk.js").Step[]} steps
 * @property {number} at index of the step
 * @property {import("./walk.js").Step} step
 * @property {number} position
 */

export const WATCHED = /** @type {const} */ ([
  "texts", "labels", "prompt", "text", "own", "architecture", "chapters", "stage", "layer", "position",
]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["prompt", "stage", "layer", "position"]);

/** A trait out of range. */
export class StateError extends Problem {}

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, WATCHED));
}

/**
 * @param {Traits} state
 * @returns {Scene}
 * @throws {Problem}
 */
export function sceneOf(state) {
  const { texts, own, prompt, architecture, stage, layer } = state;
  const held = prompt === -1 && own.byteLength ? own : texts[prompt];
  if (!held) throw new StateError(texts.length ? strings.badPrompt(prompt, texts.length) : strings.nothing);
  const stages = openStages(held);
  const { n_layers, n_heads, predicts } = architecture;
  if (stages.layers !== n_layers || stages.heads !== n_heads || stages.predicts !== predicts) throw new StateError(strings.otherModel);
  checkWhole("layer", layer, 0, n_layers - 1);
  checkWhole("position", state.position, -1, stages.tokens.length - 1);
  const steps = walk(architecture);
  const at = stepOf(steps, stage, layer);
  if (at < 0) throw new StateError(predicts ? strings.badStage(stage) : strings.noSuchFloor(stage));
  const position = state.position === -1 ? stages.tokens.length - 1 : state.position;
  return { stages, steps, at, step: steps[at], position };
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} min
 * @param {number} max
 */
function checkWhole(name, value, min, max) {
  if (!Number.isInteger(value) || value < min || value > max) throw new StateError(strings.badWhole(name, value, min, max));
}

/**
 * The weights of one group, in one layer or outside of the layers.
 * @param {Architecture} architecture
 * @param {Part["group"]} group
 */
export function weightsOf({ parts, n_layers, total }, group) {
  const all = parts.filter((part) => part.group === group).reduce((sum, { count }) => sum + count, 0);
  const inLayers = group === "attention" || group === "mlp";
  return { all, each: inLayers ? all / n_layers : all, share: all / total };
}
