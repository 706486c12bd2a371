/** The traits of CausalTrace as the view reads them, and what they choose; all of it checked. */
import { probabilityText } from "../format.js";
import { Problem } from "../problem.js";
import { chosenTrace } from "../sources/embedded.js";
import { causalTrace as strings } from "../strings.js";
import { readTraits } from "../traits.js";
import { openTraced } from "./file.js";

/** @typedef {ArrayBuffer | ArrayBufferView} Bytes */
/** @typedef {import("../sources/embedded.js").Elsewhere} Elsewhere */
/** @typedef {import("./file.js").Kind} Kind */
/** @typedef {import("./file.js").Traced} Traced */
/**
 * @typedef {object} Traits
 * @property {(Bytes | Elsewhere)[]} traces of the texts, packed
 * @property {string[]} labels of the texts
 * @property {string} text the reader's own
 * @property {string} subject of `text`
 * @property {string} answer to `text`; empty: what the model says first
 * @property {Bytes} own trace of `text`; no bytes if there is none
 * @property {number} prompt index into `traces`; -1 = `own`
 * @property {Kind} kind what is restored
 * @property {number} layer where it is restored, or the middle of the window
 * @property {number} position of the token where it is restored; -1 = the last
 */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */
/** @typedef {{ traced: Traced, kind: Kind, layer: number, position: number }} Seen */

/** The traits that the picture depends on. */
export const WATCHED = /** @type {const} */ ([
  "traces", "labels", "text", "subject", "answer", "own", "prompt", "kind", "layer", "position",
]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["prompt", "kind", "layer", "position"]);

/**
 * @param {Model} model
 * @returns {Traits}
 */
export function readState(model) {
  return /** @type {Traits} */ (readTraits(model, WATCHED));
}

/**
 * @param {Traits} state
 * @returns {Bytes | Elsewhere} the trace of the chosen text
 * @throws {Problem} there is no such text
 */
export function chosen({ traces, own, prompt }) {
  const held = chosenTrace(traces, own, prompt);
  if (!held) throw new Problem(traces.length ? strings.badPrompt(prompt, traces.length) : strings.nothing);
  return held;
}

/**
 * @param {Traits} state
 * @param {Bytes} held the trace of the chosen text
 * @returns {Seen}
 * @throws {Problem} a trait is out of range
 */
export function see({ kind: wanted, layer, position }, held) {
  const traced = openTraced(held);
  if (!Object.hasOwn(strings.kinds, wanted)) throw new Problem(strings.badKind(wanted, traced.kinds));
  const kind = traced.kinds.includes(wanted) ? wanted : traced.kinds[0]; // the text before may have had more
  if (!(Number.isInteger(layer) && layer >= 0 && layer < traced.layers)) throw new Problem(strings.badLayer(layer, traced.layers));
  const last = traced.tokens.length - 1;
  const at = position === -1 ? last : position;
  if (!(Number.isInteger(at) && at >= 0 && at <= last)) throw new Problem(strings.badPosition(position, last));
  return { traced, kind, layer, position: at };
}

/**
 * What was restored, and what came of it, in a sentence.
 * @param {Seen} seen
 */
export function outcome({ traced, kind, layer, position }) {
  const says = traced.says(kind, layer, position)[0];
  const isAnswer = (/** @type {{ id: number }} */ { id }) => id === traced.answer.id;
  return strings.outcome({
    what: strings.restored(kind, traced.restored(kind, layer)),
    token: traced.tokens[position],
    before: position < traced.subject[0],
    answer: traced.answer.name,
    p: probabilityText(traced.at(kind, layer, position).p),
    corrupted: probabilityText(traced.corrupted.p),
    clean: probabilityText(traced.pClean),
    says: says.name,
    first: { clean: traced.known, corrupted: isAnswer(traced.said.corrupted[0]), restored: isAnswer(says) },
  });
}

/** Every cell of the kind, the last layer first. @param {Seen} seen */
export function tableRows({ traced, kind }) {
  return Array.from({ length: traced.layers }, (_, i) => traced.layers - 1 - i).flatMap((layer) =>
    traced.tokens.map((token, position) => {
      const { p, low, high } = traced.at(kind, layer, position);
      const [best] = traced.says(kind, layer, position);
      return [
        strings.restored(kind, traced.restored(kind, layer)),
        String(position),
        token,
        probabilityText(p),
        traced.noises > 1 ? strings.spread(probabilityText(low), probabilityText(high)) : strings.none,
        best.name,
        probabilityText(best.p),
      ];
    }),
  );
}
