/** All that is shown of a neuron, as rows of a table. */
import { neurons as strings } from "../strings.js";

const { rows } = strings;

/**
 * @param {import("./file.js").Neuron} neuron
 * @param {0 | 1} place of the side
 */
export function tableRows({ sides, histogram, edges }, place) {
  const { contexts, promoted, suppressed } = sides[place];
  const bin = (/** @type {number} */ edge) => strings.bin(Number(edges[edge].toPrecision(3)));
  return [
    ...contexts.map(({ tokens, activations, peak, source, heldOut }) => [
      rows.strong,
      tokens[peak],
      strings.activation(activations[peak]),
      tokens.join(""),
      heldOut ? `${source}, ${strings.heldOut}` : source,
    ]),
    ...promoted.map(({ word, push }) => [rows.promoted, word, strings.push(push), "", ""]),
    ...suppressed.map(({ word, push }) => [rows.suppressed, word, strings.push(push), "", ""]),
    ...[...histogram.entries()].filter(([, count]) => count).map(([i, count]) => [rows.count(bin(i), bin(i + 1)), "", strings.countCell(count), "", ""]),
  ];
}
