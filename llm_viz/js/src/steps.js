/** Log-probabilities as Python packs them, in `llm_viz/packed.py`. */
const STEPS = 1024; // a nat

/**
 * @param {number} steps how many 1024ths of a nat the logarithm lies below certainty
 * @returns {number} the probability
 */
export const probabilityOf = (steps) => Math.exp(-steps / STEPS);
