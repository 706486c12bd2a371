/** The third step: the query against every key, mask and softmax. */
import { make, setNote } from "../lib/dom.js";
import { queryKey as strings } from "../strings.js";
import { keyRows } from "./rows.js";
import { note } from "./note.js";

/** @param {(position: number) => void} onKey */
export function rivalsPart(onKey) {
  const rows = keyRows(onKey);
  const masked = make("p", { class: "lv-qk-mask" });
  const softmax = note();
  return {
    element: make("div", { class: "lv-qk-part" }, note(strings.rivals), masked, rows.element, softmax),
    /** @param {import("./state.js").Seen} seen */
    update({ reading, match }) {
      const { rivals, query, key } = match;
      const amounts = rivals.map(({ share }) => share);
      const about = (/** @type {number} */ position) => strings.scored(rivals[position].score);
      rows.update({ reading, match, amounts, about, text: strings.percent, total: strings.allShares });
      const best = Math.max(...rivals.filter((rival) => !rival.masked).map(({ score }) => score));
      const { score, weight, share } = rivals[key];
      setNote(masked, match.masked ? strings.maskedOne(reading.tokens[query], reading.tokens[key], score) : "");
      setNote(softmax, match.masked ? "" : strings.softmax({ score, best, weight, all: match.weights, share }));
    },
  };
}
