/** Every weight as a row of the table: what it multiplies, and how the last lesson nudged it. */
import { pixelNetwork as strings } from "../strings.js";

/**
 * @param {import("./network.js").Layer[]} network
 * @param {Float64Array[]} values of the picture that is shown
 * @param {{ weights: Float64Array, biases: Float64Array }[] | null} nudges of the last lesson
 * @returns {string[][]}
 */
export function tableRows(network, values, nudges) {
  return network.flatMap(({ wide, high, weights, biases }, l) =>
    Array.from({ length: high }, (_, i) => {
      const neuron = [strings.neuron(l + 1, i), strings.number(values[l + 1][i])];
      const nudge = (/** @type {"weights" | "biases"} */ part, /** @type {number} */ at) => (nudges ? strings.nudge(nudges[l][part][at]) : strings.noNudge);
      const looked = Array.from({ length: wide }, (_j, j) => {
        const at = i * wide + j;
        return [...neuron, strings.neuron(l, j), strings.number(values[l][j]), strings.number(weights[at]), nudge("weights", at)];
      });
      return [...looked, [...neuron, strings.biasName, "1", strings.number(biases[i]), nudge("biases", i)]];
    }).flat(),
  );
}
