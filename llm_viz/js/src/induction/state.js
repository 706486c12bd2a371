/** The traits of Induction as the view reads them, each checked before it is drawn. */
import { Problem } from "../problem.js";
import { induction as strings } from "../strings.js";
import { readTraits } from "../traits.js";
import { openFigures } from "./figures.js";

/** @typedef {keyof typeof strings.line} Lines which lines are shown */
/** @typedef {{ study: import("./figures.js").Packed | Record<string, never>, off: number, line: Lines }} Traits */
/** @typedef {import("@anywidget/types").AnyModel<Traits>} Model */
/** @typedef {{ figures: import("./figures.js").Figures, off: number, line: Lines }} Seen */

export const WATCHED = /** @type {const} */ (["study", "off", "line"]);

/** The traits that the reader changes, and that Reset puts back. */
export const CONTROLLED = /** @type {const} */ (["off", "line"]);

export const LINES = /** @type {Lines[]} */ (Object.keys(strings.line));

/**
 * @param {Model} model
 * @returns {Seen}
 * @throws {Problem}
 */
export function readState(model) {
  const { study, off, line } = /** @type {Traits} */ (readTraits(model, WATCHED));
  const figures = openFigures(study);
  const most = figures.told.heads.length;
  if (!(Number.isInteger(off) && off >= 0 && off <= most)) throw new Problem(strings.badOff(off, most));
  if (!LINES.includes(line)) throw new Problem(strings.badLine(line, LINES));
  return { figures, off, line };
}

/**
 * What a kind of text shows, in one sentence.
 * @param {Seen} seen
 * @param {import("./figures.js").Kind} kind
 */
export function foundText({ figures, off }, kind) {
  const { half } = strings.kinds[kind];
  const whole = figures.total(kind, "best", 0);
  if (!off) return strings.whole(half, whole);
  return strings.without(half, off, whole, figures.total(kind, "best", off), figures.total(kind, "other", off));
}

/** Every number of heads off, for both kinds of text, as rows of the table. @param {Seen} seen */
export function tableRows({ figures }) {
  return figures.told.heads.concat("").flatMap((_, off) =>
    /** @type {const} */ (["repeated", "ordinary"]).map((kind) => {
      const [best, other] = [figures.total(kind, "best", off), figures.total(kind, "other", off)];
      const whole = figures.total(kind, "best", 0);
      return [String(off), strings.kinds[kind].heading, strings.number(whole.mean), strings.number(best.mean), strings.interval(best), strings.number(other.mean), strings.interval(other)];
    }),
  );
}
