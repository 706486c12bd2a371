/**
 * What there is to see, as plain numbers: the steps of the staircase, a layer's heads, the biggest
 * pushes. All values are whole hundredths of a logit, so that every sum is exact. Pure.
 */
import { residual as strings } from "../strings.js";

/** @typedef {import("./prompt.js").Candidate} Candidate */
/** @typedef {import("./prompt.js").Shape} Shape */
/** @typedef {"embedding" | "attention" | "mlp" | "constant"} StepKind */
/** @typedef {{ kind: StepKind, layer: number | null, name: string, value: number, from: number, to: number }} Step */
/** @typedef {{ name: string, short: string, kind: StepKind, layer: number | null, isHead: boolean, value: number }} Push one component */
/** @typedef {keyof typeof strings.orders} Order */
/**
 * @typedef {object} Picture
 * @property {Step[]} steps in order of depth
 * @property {Push[]} pushes all components in order of depth
 * @property {Partial<Record<StepKind, number>>} sums of all steps of a kind
 * @property {number} total what all of it adds up to
 * @property {Candidate} token
 * @property {Candidate | null} minus
 */

export const MOST_PUSHES = 10;

/**
 * @param {Shape} shape
 * @param {Candidate} token
 * @param {Candidate | null} minus
 * @returns {Picture}
 */
export function makePicture(shape, token, minus) {
  const values = minus ? token.steps.map((value, i) => value - minus.steps[i]) : token.steps;
  const { component: names } = strings;
  /** @type {Push[]} */
  const pushes = [];
  const push = (/** @type {Omit<Push, "value">} */ part) => pushes.push({ ...part, value: values[pushes.length] });
  const outer = (/** @type {"embedding" | "constant"} */ kind) => push({ name: names[kind], short: names[kind], kind, layer: null, isHead: false });
  outer("embedding");
  for (let layer = 0; layer < shape.layers; layer++) {
    for (let head = 0; head < shape.heads; head++) {
      push({ name: names.head(layer, head), short: strings.head(head), kind: "attention", layer, isHead: true });
    }
    if (shape.bias) push({ name: names.bias(layer), short: strings.bias, kind: "attention", layer, isHead: false });
    push({ name: names.mlp(layer), short: strings.ffn, kind: "mlp", layer, isHead: false });
  }
  if (shape.constant) outer("constant");

  /** @type {Step[]} */
  const steps = [];
  for (const { kind, layer, name, value } of pushes) {
    const last = steps.at(-1);
    if (last && kind === "attention" && last.kind === kind && last.layer === layer) {
      last.value += value;
      last.to += value;
    } else {
      const from = last?.to ?? 0;
      steps.push({ kind, layer, name: kind === "attention" ? names.attention(layer ?? 0) : name, value, from, to: from + value });
    }
  }
  /** @type {Picture["sums"]} */
  const sums = {};
  for (const { kind, value } of steps) sums[kind] = (sums[kind] ?? 0) + value;
  return { steps, pushes, sums, total: steps.at(-1)?.to ?? 0, token, minus };
}

/**
 * @param {Picture} picture
 * @param {number} layer
 */
export function layerOf({ steps, pushes }, layer) {
  const [attention, mlp] = steps.filter((step) => step.layer === layer);
  const heads = pushes.filter((push) => push.layer === layer && push.kind === "attention");
  return { attention, mlp, heads, biggest: biggest(heads, "size", 1)[0] };
}

/**
 * @param {Push[]} pushes
 * @param {Order} order
 * @param {number} [most]
 * @returns {Push[]}
 */
export function biggest(pushes, order, most = MOST_PUSHES) {
  const bySize = (/** @type {Push} */ one, /** @type {Push} */ other) => Math.abs(other.value) - Math.abs(one.value);
  const sign = { up: 1, down: -1, size: 0, depth: 0 }[order];
  const chosen = pushes
    .filter(({ value }) => value !== 0 && (!sign || Math.sign(value) === sign))
    .sort(bySize)
    .slice(0, most);
  return order === "depth" ? chosen.sort((one, other) => pushes.indexOf(one) - pushes.indexOf(other)) : chosen;
}

/**
 * Round values for an axis: multiples of 1, 2 or 5 of a power of ten.
 * @param {number} low
 * @param {number} high
 * @param {number} most how many steps at most
 */
export function ticks(low, high, most) {
  const raw = Math.max(1, (high - low) / most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw) ?? 10);
  const made = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) made.push(value + 0); // no -0
  return made;
}
