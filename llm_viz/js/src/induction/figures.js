/** The figures of the study as `llm_viz/widgets/induction.py` packs them. Pure. */
import { halvesToFloats } from "../half.js";
import { once } from "../once.js";
import { Problem } from "../problem.js";
import { induction as strings } from "../strings.js";

/** @typedef {import("../strings/induction.js").Estimate} Estimate */
/** @typedef {"repeated" | "ordinary"} Kind of text */
/** @typedef {"best" | "other"} By which heads are off */
/** @typedef {ArrayBuffer | ArrayBufferView} Bytes */
/**
 * @typedef {object} Packed
 * @property {string} model
 * @property {number} n_tokens of a block
 * @property {number} texts
 * @property {number} draws
 * @property {string[]} heads that go off, in this order
 * @property {string[]} example
 * @property {Bytes} curves (kind, by, mean low high, off, pos)
 * @property {Bytes} totals (kind, by, off, mean low high)
 * @property {string[]} fed
 * @property {string[]} feeders
 * @property {Bytes} shares (by, off, mean low high)
 */
/** @typedef {{ mean: Float32Array, low: Float32Array, high: Float32Array }} Line losses by position */
/**
 * @typedef {object} Figures
 * @property {Packed} told
 * @property {number} positions
 * @property {number} most the highest loss of any line or interval
 * @property {(kind: Kind, by: By, off: number) => Line} line
 * @property {(kind: Kind, by: By, off: number) => Estimate} total
 * @property {(by: By, off: number) => Estimate} share
 */

export const KINDS = /** @type {const} */ (["repeated", "ordinary"]);
const BYS = /** @type {const} */ (["best", "other"]);

/**
 * The figures, the same ones for the same study.
 * @type {(packed: Packed | Record<string, never>) => Figures}
 * @throws {Problem}
 */
export const openFigures = once((packed) => {
  if (!("curves" in packed)) throw new Problem(strings.nothing);
  return read(/** @type {Packed} */ (packed));
});

/** @param {Packed} told @returns {Figures} */
function read(told) {
  const offs = told.heads.length + 1;
  const steps = told.feeders.length + 1;
  const positions = 2 * told.n_tokens;
  const curves = floats(told.curves, KINDS.length * BYS.length * 3 * offs * positions);
  const totals = floats(told.totals, KINDS.length * BYS.length * offs * 3);
  const shares = floats(told.shares, BYS.length * steps * 3);
  const place = (/** @type {Kind} */ kind, /** @type {By} */ by) => KINDS.indexOf(kind) * BYS.length + BYS.indexOf(by);
  const estimate = (/** @type {Float32Array} */ of, /** @type {number} */ row) => ({ mean: of[3 * row], low: of[3 * row + 1], high: of[3 * row + 2] });
  return {
    told,
    positions,
    most: curves.reduce((most, loss) => Math.max(most, loss), 0),
    line(kind, by, off) {
      const [mean, low, high] = [0, 1, 2].map((end) => {
        const from = ((place(kind, by) * 3 + end) * offs + off) * positions;
        return curves.subarray(from, from + positions);
      });
      return { mean, low, high };
    },
    total: (kind, by, off) => estimate(totals, place(kind, by) * offs + off),
    share: (by, off) => estimate(shares, BYS.indexOf(by) * steps + off),
  };
}

/** @param {Bytes} bytes @param {number} count @throws {Problem} */
function floats(bytes, count) {
  const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
  if (view.byteLength !== 2 * count) throw new Problem(strings.damaged);
  const found = halvesToFloats(new Uint16Array(view.slice().buffer)); // a slice is aligned
  if (!found.every(Number.isFinite)) throw new Problem(strings.damaged);
  return found;
}
