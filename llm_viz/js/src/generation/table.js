/** The lines of the table: every token that is shown. */
import { probabilityText } from "../format.js";

/**
 * @param {import("./state.js").Picture} picture
 * @returns {string[][]}
 */
export function tableRows({ text, shown }) {
  return (text?.steps.slice(0, shown) ?? []).map(({ id, name, chance, prob, best }, i) => [
    String(i + 1),
    name,
    String(id),
    probabilityText(chance),
    probabilityText(prob),
    best.length ? best[0].name : "",
    best.length ? probabilityText(best[0].chance) : "",
  ]);
}
