/** What the prediction is now: three figures, and the next token's probabilities before and after. */
import { probabilityText } from "../format.js";
import { makeChip, rove, setChip } from "../lib/chips.js";
import { freshId, keepParts, make, setNote, setText } from "../lib/dom.js";
import { switches as strings } from "../strings.js";

/** @typedef {import("./state.js").Seen} Seen */

const MOST_BARS = 8;

export function figures() {
  const parts = Array.from({ length: 3 }, makeFigure);
  const element = make("dl", { class: "lv-switch-figures" }, ...parts.map((part) => part.element));
  return {
    element,
    /** @param {Seen} seen */
    update({ tried: { answer, rival }, tried, now, off }) {
      const before = tried.outcome(0);
      const after = now ? now.of.outcome(now.row) : before;
      const moved = off !== "" && now !== null;
      const change = (/** @type {number} */ a, /** @type {number} */ b) => strings.changed(strings.signed(a - b), strings.two(b));
      parts[0].update(strings.answer(answer.name), probabilityText(after.p), moved ? strings.allOnIs(probabilityText(before.p)) : "");
      parts[1].update(
        strings.difference(answer.name, rival.name),
        strings.two(after.difference),
        moved ? change(after.difference, before.difference) : "",
      );
      const told = !Number.isNaN(before.loss);
      parts[2].update(strings.loss, told ? strings.two(after.loss) : strings.none, told ? (moved ? change(after.loss, before.loss) : "") : strings.oneToken);
    },
  };
}

function makeFigure() {
  const [name, value, note] = [make("dt"), make("dd", { class: "lv-switch-figure" }), make("dd", { class: "lv-note" })];
  return {
    element: make("div", {}, name, value, note),
    /** @param {string[]} texts */
    update(...texts) {
      for (const [i, part] of [name, value, note].entries()) setText(part, texts[i]);
    },
  };
}

export function nextTokens() {
  const title = make("p", { class: "lv-heading", id: freshId() }, strings.bars);
  const list = make("ol", { class: "lv-switch-bars", "aria-labelledby": title.id });
  const key = make(
    "p",
    { class: "lv-note lv-switch-key" },
    make("span", { class: "lv-switch-swatch lv-switch-before", "aria-hidden": "true" }),
    strings.before,
    make("span", { class: "lv-switch-swatch lv-switch-after", "aria-hidden": "true" }),
    make("span", {}, strings.after),
  );
  const roving = rove(list);
  /** @type {ReturnType<typeof makeBar>[]} */
  const parts = [];
  return {
    element: make("div", { class: "lv-switch-next" }, title, key, list),
    /** @param {Seen} seen */
    update({ tried, now, off }) {
      const known = now ?? { of: tried, row: 0 };
      const bars = known.of.bars(known.row, MOST_BARS);
      const moved = off !== "" && now !== null;
      for (const [i, part] of keepParts(list, parts, bars.length, makeBar).entries()) part.update(bars[i], moved);
      roving.refresh();
    },
  };
}

function makeBar() {
  const chip = makeChip();
  const [before, after] = ["before", "after"].map((name) => make("span", { class: `lv-switch-bar lv-switch-${name}` }));
  const [was, is] = ["before", "after"].map((name) => make("span", { class: `lv-switch-value lv-switch-value-${name}` }));
  const track = make("span", { class: "lv-switch-track", "aria-hidden": "true" }, before, after);
  return {
    element: make("li", {}, chip, track, make("span", { class: "lv-switch-values" }, was, is)),
    /**
     * @param {import("./file.js").Bar} bar
     * @param {boolean} moved
     */
    update(bar, moved) {
      setChip(chip, bar.id, bar.name);
      before.style.width = `${100 * bar.before}%`;
      after.style.width = `${100 * bar.after}%`;
      after.hidden = !moved;
      setText(was, probabilityText(bar.before));
      setNote(is, moved ? probabilityText(bar.after) : "");
    },
  };
}
