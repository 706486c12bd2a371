/** What happened, in a sentence and as the lines of a table. */
import { probabilityText } from "../format.js";
import { switches as strings } from "../strings.js";

/** @typedef {import("./file.js").Switched} Switched */
/** @typedef {import("./state.js").Seen} Seen */
/** @typedef {import("./state.js").Traits["groups"]} Groups */

const MOST_NAMED = 6; // parts that a sentence names; of more it tells the number

/**
 * @param {Seen} seen
 * @param {Groups} groups
 */
export function result({ tried, parts, off, now }, groups) {
  const before = tried.outcome(0);
  if (!off || !now) return strings.everythingOn(tried.answer.name, probabilityText(before.p));
  const { layers } = tried.shape;
  const whole = (/** @type {"attention" | "mlp"} */ kind) => parts.filter((part) => part.kind === kind).length === layers;
  const rest = whole("attention") ? (whole("mlp") ? strings.onlyEmbedding : strings.onlyLastToken) : "";
  const top = now.of.best(now.row);
  const told = strings.result({
    off: nameOf(off, groups) ?? (parts.length > MOST_NAMED ? strings.parts(parts.length) : off),
    answer: tried.answer.name,
    before: probabilityText(before.p),
    after: probabilityText(now.of.outcome(now.row).p),
    top: top.name,
    same: top.id === tried.answer.id,
  });
  return rest ? `${told} ${rest}` : told;
}

/**
 * Everything that was tried on a text.
 * @param {Switched} tried
 * @param {Groups} groups
 * @returns {string[][]}
 */
export function tableRows(tried, groups) {
  return [...tried.rows].map(([off, row]) => {
    const { p, difference, loss } = tried.outcome(row);
    const top = tried.best(row);
    return [
      nameOf(off, groups) ?? (off || strings.nothingOff),
      probabilityText(p),
      strings.two(difference),
      Number.isNaN(loss) ? strings.none : strings.two(loss),
      top.name,
      probabilityText(top.probability),
    ];
  });
}

/**
 * @param {string} off
 * @param {Groups} groups
 */
function nameOf(off, groups) {
  return groups.find((group) => group.off === off)?.name;
}
