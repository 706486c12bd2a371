/**
 * Where everything stands in the building. Areas of boxes are to one scale: weights a pixel. Norms
 * have too few weights to be seen and are lines. Pure.
 */
import { weightsOf } from "./state.js";

/** @typedef {import("./state.js").Architecture} Architecture */
/** @typedef {{ x: number, y: number, width: number, height: number }} Box */
/**
 * @typedef {object} Plan
 * @property {boolean} narrow
 * @property {number} left room for the numbers of layers
 * @property {number} right where all boxes end; beyond it stands what the floors are
 * @property {number} height
 * @property {(Box & { step: number, stage: import("./walk.js").Stage, layer: number, tied: boolean })[]} boxes
 * @property {Box} spine the residual stream
 * @property {Box} floors all blocks together
 * @property {number[]} levels by step: how far up the stream has come
 */

const NARROW = 200; // pixels below which words are kept short
const SPINE = 12;
const NORM = 5;
const LINE = 24;
const GAP = 8;
const FLOOR_GAP = 1.5;
const SCALED = 540; // pixels of height for all that is to scale
const HIGHEST = 26;
const LOWEST = 2;

/**
 * @param {Architecture} architecture
 * @param {import("./walk.js").Step[]} steps
 * @param {number} width pixels
 * @returns {Plan}
 */
export function plan(architecture, steps, width) {
  const { n_layers } = architecture;
  const narrow = width < NARROW;
  const [left, beyond, forecast] = narrow ? [24, 15, 60] : [26, 18, 46];
  const inner = Math.max(40, width - left - beyond);
  const attention = weightsOf(architecture, "attention").each;
  const mlp = weightsOf(architecture, "mlp").each;
  const embedding = weightsOf(architecture, "embedding").all;
  const unembedding = architecture.parts.find(({ group }) => group === "unembedding");
  const above = unembedding ? (unembedding.shape[0] * unembedding.shape[1] + unembedding.biases) / (attention + mlp) : 0;
  const below = embedding / (attention + mlp);
  const high = Math.min(HIGHEST, Math.max(LOWEST, (SCALED - n_layers * FLOOR_GAP) / (n_layers + above + below)));
  const boxed = inner - SPINE; // width of a block's two boxes together
  const scaled = (/** @type {number} */ blocks) => (blocks * high * boxed) / inner; // height of a full-width box
  const across = (attention / (attention + mlp)) * boxed;
  const spineX = left + across;

  /** @type {Plan["boxes"]} */
  const boxes = [];
  const levels = [];
  const floorHeight = high + FLOOR_GAP;
  const top = architecture.predicts ? GAP / 2 + forecast + GAP + scaled(above) + GAP + NORM + LINE : LINE + LINE;
  const floors = { x: left, y: top, width: inner, height: n_layers * floorHeight + floorHeight / 2 };
  const bottom = top + floors.height;
  const slab = { x: left, y: bottom + GAP, width: inner, height: scaled(below) };
  const tokens = { x: left, y: slab.y + slab.height + GAP + 6, width: inner, height: LINE };
  const text = { x: left, y: tokens.y + LINE + GAP, width: inner, height: LINE };
  const norm = { x: left, y: top - LINE - NORM, width: inner, height: NORM };
  const head = { x: left, y: norm.y - GAP - scaled(above), width: inner, height: scaled(above) };
  const next = { x: left, y: GAP / 2, width: inner, height: forecast };

  for (const [step, { stage, layer }] of steps.entries()) {
    const base = bottom - (layer + 1) * floorHeight;
    const box = {
      text,
      tokens,
      embedding: slab,
      attention: { x: left, y: base, width: across, height: high },
      mlp: { x: spineX + SPINE, y: base - floorHeight / 2, width: boxed - across, height: high }, // half a floor on
      norm,
      unembedding: head,
      next,
    }[stage];
    boxes.push({ ...box, step, stage, layer, tied: stage === "unembedding" && Boolean(unembedding?.tied) });
    levels.push(box.y);
  }
  const end = architecture.predicts ? head.y + head.height : top - GAP;
  return {
    narrow,
    left,
    right: left + inner,
    height: text.y + LINE + 20,
    boxes,
    spine: { x: spineX, y: end, width: SPINE, height: slab.y + slab.height - end },
    floors,
    levels,
  };
}
