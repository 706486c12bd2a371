/** The traits of ResidualStream as the view reads them, and what they choose; all of it checked. */
import { Problem } from "../problem.js";
import { chipText, residual as strings } from "../strings.js";
import { readTraits } from "../traits.js";
import { makePicture } from "./picture.js";
import { openPrompt } from "./prompt.js";

/** @typedef {import("./picture.js").Order} Order */
/** @typedef {import("./prompt.js").Candidate} Candidate */
/** @typedef {import("./prompt.js").Packed} Packed */
/**
 * @typedef {object} Traits
 * @property {Packed[]} prompts
 * @property {string[]} labels of the prompts
 * @property {import("./prompt.js").Shape} shape
 * @property {Packed | Record<string, never>} own the reader's own, {} if there is none
 * @property {string} text the reader's own
 * @property {number} prompt index into `prompts`; -1 = `own`
 * @property {number | null} position null = the last one
 * @property {number | null} token id; null = the likeliest
 * @property {number | null} minus id; null = nothing
 * @property {number | null} layer that is looked at
 * @property {boolean} heads whether the heads of that layer are open
 * @property {Order} order of the biggest pushes
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */
/**
 * @typedef {object} Seen
 * @property {import("./prompt.js").Prompt} prompt
 * @property {number} position
 * @property {Candidate[]} candidates
 * @property {import("./picture.js").Picture} picture
 * @property {string} note what was asked for and is not here
 */

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ ([
  "prompts", "labels", "shape", "own", "text", "prompt", "position", "token", "minus", "layer", "heads", "order",
]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["prompt", "position", "token", "minus", "layer", "heads", "order"]);

const ORDERS = /** @type {Order[]} */ (Object.keys(strings.orders));

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, WATCHED));
}

/**
 * @param {Traits} state
 * @returns {Seen}
 * @throws {Problem}
 */
export function see(state) {
  const { prompts, shape, layer, order } = state;
  if (!prompts.length) throw new Problem(strings.nothingHere);
  const packed = state.prompt === -1 ? ("steps" in state.own ? state.own : undefined) : prompts[state.prompt];
  if (!packed) throw new Problem(strings.badPrompt(state.prompt, prompts.length));
  const prompt = openPrompt(/** @type {Packed} */ (packed), shape);
  const position = state.position ?? prompt.positions[prompt.positions.length - 1];
  const candidates = prompt.at.get(position);
  if (!candidates) throw new Problem(strings.badPosition(position, prompt.positions[0], prompt.positions[prompt.positions.length - 1]));
  if (layer !== null && !(Number.isInteger(layer) && layer >= 0 && layer < shape.layers)) throw new Problem(strings.badLayer(layer, shape.layers));
  if (!ORDERS.includes(order)) throw new Problem(strings.badOrder(order, ORDERS));
  const find = (/** @type {"token" | "minus"} */ name) => {
    const id = state[name];
    if (id !== null && !(Number.isInteger(id) && id >= 0)) throw new Problem(strings.badToken(name, id));
    return candidates.find((candidate) => candidate.id === id) ?? null;
  };
  const [chosen, taken] = [find("token"), find("minus")];
  const token = chosen ?? candidates[0];
  const nameOf = (/** @type {number} */ id) => [packed, ...prompts].find(({ names }) => id in names)?.names[id] ?? chipText.unnamed(id);
  let note = "";
  if (state.token !== null && !chosen) note = strings.notHere(nameOf(state.token));
  else if (state.minus !== null && !taken) note = strings.minusNotHere(nameOf(state.minus));
  else if (taken === token) note = strings.sameToken;
  return { prompt, position, candidates, picture: makePicture(shape, token, taken === token ? null : taken), note };
}
