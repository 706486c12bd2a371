/** The fourth step: the value that is moved, what it says, and how all parts add up. */
import { make, setNote, setText } from "../lib/dom.js";
import { queryKey as strings } from "../strings.js";
import { brought, furthest, whole } from "./match.js";
import { keyRows } from "./rows.js";
import { sayList } from "./say.js";
import { note } from "./note.js";

/** @typedef {import("./state.js").Seen} Seen */

const SAID = 4; // tokens of each list

/**
 * @param {object} actions
 * @param {(position: number) => void} actions.onKey
 * @param {(id: number) => void} actions.onToken
 */
export function valuePart({ onKey, onToken }) {
  const intro = note();
  const [up, down] = [sayList(onToken), sayList(onToken)];
  const missed = make("p", { class: "lv-note", role: "status" });
  const [before, token, after] = [make("span"), make("span", { class: "lv-chip" }), make("span")];
  const heading = make("p", { class: "lv-heading" }, before, token, after);
  const rows = keyRows(onKey);
  const told = make(
    "div",
    { class: "lv-qk-part" },
    intro,
    up.element,
    note(strings.lower),
    down.element,
    note(strings.noteRare),
    heading,
    missed,
    rows.element,
  );
  const silent = note(strings.noReading);
  return {
    element: make("div", {}, told, silent),
    /** @param {Seen} seen */
    update({ reading, head, match, token: id, missed: other }) {
      told.hidden = id === null;
      silent.hidden = id !== null;
      if (id === null) return;
      const { key, rivals } = match;
      setText(intro, strings.value(reading.tokens[key], rivals[key].share));

      const moved = furthest(head, key, SAID);
      const said = (/** @type {number[]} */ ids) => ids.map((each) => ({ id: each, name: reading.name(each), amount: whole(reading, head, match, key, each) }));
      up.update(said(moved.up), id, strings.raised);
      down.update(said(moved.down), id, strings.lowered);

      const [first, middle, last] = strings.followed(reading.name(id));
      setText(before, first);
      setText(token, middle);
      token.dataset.token = String(id);
      setText(after, last);
      setNote(missed, other ? strings.missed(reading.name(id)) : "");
      const amounts = brought(reading, head, match, id);
      const about = (/** @type {number} */ position) => strings.product(rivals[position].share, whole(reading, head, match, position, id));
      rows.update({ reading, match, amounts, about, text: strings.signed, total: strings.allLogits });
    },
  };
}

/**
 * @param {import("./file.js").Reading} reading
 * @param {import("./file.js").Head} head
 * @param {import("./match.js").Match} match
 * @param {number | null} id
 */
export function resultText(reading, head, match, id) {
  if (id === null) return "";
  const parts = brought(reading, head, match, id);
  return strings.result({ key: reading.tokens[match.key], token: reading.name(id), part: parts[match.key], all: parts.reduce((sum, part) => sum + part) });
}
