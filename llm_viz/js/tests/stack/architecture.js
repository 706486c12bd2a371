/** A small model as Python describes it, for the tests of the view. */

/** @typedef {import("../../src/stack/state.js").Architecture} Architecture */
/** @typedef {import("../../src/stack/state.js").Part} Part */

/**
 * @param {string} name
 * @param {Part["group"]} group
 * @param {number[]} shape
 * @param {number} layers
 * @returns {Part}
 */
const part = (name, group, shape, layers) => ({
  part: name, group, shape, layers, biases: 0, tied: false, count: Math.max(1, layers) * shape.reduce((product, n) => product * n, 1),
});

/**
 * Two layers and three heads, as the fixture has.
 * @param {Partial<Architecture>} [changes]
 * @returns {Architecture}
 */
export function architecture(changes = {}) {
  const parts = [
    part("W_E", "embedding", [500, 12], 0),
    part("W_Q", "attention", [12, 12], 2),
    part("W_K", "attention", [4, 12], 2),
    part("W_V", "attention", [4, 12], 2),
    part("W_O", "attention", [12, 12], 2),
    part("W_gate", "mlp", [30, 12], 2),
    part("W_in", "mlp", [30, 12], 2),
    part("W_out", "mlp", [12, 30], 2),
    part("final_norm", "norm", [12], 0),
    { ...part("W_U", "unembedding", [500, 12], 0), tied: true, count: 0 },
  ];
  return {
    name: "tiny",
    n_layers: 2,
    n_heads: 3,
    n_kv_heads: 1,
    d_model: 12,
    d_head: 4,
    d_mlp: 30,
    d_vocab: 500,
    gated: true,
    causal: true,
    parallel: false,
    post_norm: false,
    learned_positions: false,
    predicts: true,
    active: 1,
    total: parts.reduce((sum, { count }) => sum + count, 0),
    parts,
    ...changes,
  };
}

/** An encoder of the same size: nothing after the blocks. */
export function encoder() {
  const whole = architecture();
  return architecture({ predicts: false, causal: false, post_norm: true, gated: false, parts: whole.parts.filter(({ part: name }) => !["W_U", "final_norm", "W_gate"].includes(name)) });
}
