/** What is said beside the picture: how such questions fare, what was left out, and what the plane hides. */
import { countText, probabilityText } from "../format.js";
import { analogy as strings } from "../strings.js";
import { currentExample } from "./state.js";

/** @typedef {import("../words.js").Analogy} Analogy */
/** @typedef {import("./plane.js").Point} Point */

/**
 * @param {import("./state.js").Traits} state
 * @param {Analogy} analogy
 * @returns {string[]} sentences
 */
export function answerNotes(state, { a, b, c, answers, first }) {
  const notes = [];
  const example = currentExample(state);
  if (example) {
    const { family, preset } = example;
    const expected = preset[3];
    const rank = answers.findIndex(({ word }) => word === expected) + 1;
    if (expected) notes.push(strings.expected(expected, rank, answers.length));
    if (family.asked !== null && family.right !== null && family.asked > 0) {
      notes.push(strings.rate(family.name, probabilityText(family.right / family.asked), countText(family.asked)));
    }
  }
  if (state.exclude && [a, b, c].includes(first)) notes.push(strings.leftOut(first));
  return notes;
}

/**
 * @param {Point[]} points
 * @param {string} best the best answer
 * @param {number} width numbers in a vector
 */
export function planeNote(points, best, width) {
  const shares = points.filter(({ role }) => role !== "sum").map(({ share }) => share);
  const whole = strings.plane(width, percent(Math.min(...shares)), percent(Math.max(...shares)));
  const sum = /** @type {Point} */ (points.find(({ role }) => role === "sum"));
  const answer = points.find(({ word, role }) => word === best && role === "answer");
  if (!answer) return whole;
  const seen = Math.hypot(answer.x - sum.x, answer.y - sum.y);
  return `${strings.offPlane(best, Math.hypot(seen, answer.off).toFixed(2), seen.toFixed(2))} ${whole}`;
}

/**
 * @param {Point[]} points
 * @param {Analogy} analogy
 * @returns {string[][]}
 */
export function tableRows(points, { a, b, c, answers }) {
  const cosines = new Map(answers.map(({ word, cosine }, i) => [word, { rank: String(i + 1), cosine: strings.cosine(cosine) }]));
  return points.map(({ role, word, x, y, off, share }) => {
    const known = cosines.get(word);
    const place = [x, y, off].map((value) => value.toFixed(2));
    return [role === "sum" ? strings.sumOf(a, b, c) : word, known?.rank ?? "", known?.cosine ?? "", ...place, percent(share)];
  });
}

/** @param {number} share */
const percent = (share) => probabilityText(Math.min(1, Math.round(share * 100) / 100));
