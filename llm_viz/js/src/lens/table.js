/** The lines of the table: of each text, the column that was chosen, the last layer first. */
import { decimalText, probabilityText } from "../format.js";
import { logitLens as strings } from "../strings.js";
import { layerOf } from "./state.js";

/**
 * @param {{ lens: import("./file.js").Lens, column: number }[]} texts
 * @param {import("./grid.js").Naming} name
 * @returns {string[][]}
 */
export function tableRows(texts, name) {
  return texts.flatMap(({ lens, column }, text) => {
    const paths = lens.paths(column);
    return Array.from({ length: lens.rows }, (_, i) => {
      const row = lens.rows - 1 - i;
      const [{ id, probability }] = lens.best(row, column, 1);
      const followed = paths.map((path) => strings.followed(name(path.id), path.ranks[row], probabilityText(path.probabilities[row])));
      return [
        String(text + 1),
        strings.rowName(layerOf(row, lens.halves)),
        String(lens.positions[column]),
        lens.tokens[column],
        name(id),
        probabilityText(probability),
        decimalText(lens.entropy(row, column)),
        decimalText(lens.divergence(row, column)),
        followed.join("; "),
      ];
    });
  });
}
