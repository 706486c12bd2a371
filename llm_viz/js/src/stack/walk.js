/** The way through the model: one step for each stage, from the text at the bottom to the top. Pure. */

/** @typedef {import("./state.js").Architecture} Architecture */
/** @typedef {"text" | "tokens" | "embedding" | "attention" | "mlp" | "norm" | "unembedding" | "next"} Stage */
/** @typedef {{ stage: Stage, layer: number }} Step layer is -1 outside of the blocks */

const OUTSIDE = -1;
const BELOW = /** @type {Stage[]} */ (["text", "tokens", "embedding"]);
const ABOVE = /** @type {Stage[]} */ (["norm", "unembedding", "next"]); // an encoder has none of them

/**
 * @param {Pick<Architecture, "n_layers" | "predicts">} architecture
 * @returns {Step[]}
 */
export function walk({ n_layers, predicts }) {
  const outside = (/** @type {Stage[]} */ stages) => stages.map((stage) => ({ stage, layer: OUTSIDE }));
  const blocks = Array.from({ length: n_layers }, (_, layer) => [
    { stage: /** @type {Stage} */ ("attention"), layer },
    { stage: /** @type {Stage} */ ("mlp"), layer },
  ]);
  return [...outside(BELOW), ...blocks.flat(), ...outside(predicts ? ABOVE : [])];
}

/**
 * @param {Step[]} steps
 * @param {Stage} stage
 * @param {number} layer which one, if the stage is in a block
 * @returns {number} index of the step, -1 if there is none
 */
export function stepOf(steps, stage, layer) {
  return steps.findIndex((step) => step.stage === stage && (step.layer === OUTSIDE || step.layer === layer));
}

/**
 * Which state of the stream a step ends with: 0 is the embedding; -1 before there is a stream.
 * @param {Step} step
 * @param {number} layers
 */
export function stateAfter({ stage, layer }, layers) {
  if (stage === "text" || stage === "tokens") return -1;
  if (stage === "embedding") return 0;
  if (stage === "attention") return 2 * layer + 1;
  return stage === "mlp" ? 2 * layer + 2 : 2 * layers;
}
