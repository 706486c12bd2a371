/**
 * Tokens: how any text is cut. One text is typed and cut as it is typed; others may stand beside it
 * for comparison. What was given is drawn from the traits at once; the tokenizer is loaded when the
 * reader is about to type.
 */
import { countText } from "../format.js";
import { chipTips } from "../lib/chips.js";
import { make, setNote, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { tableView } from "../lib/table.js";
import { Problem } from "../problem.js";
import { showBytes } from "../show.js";
import { kernelSource } from "../sources/kernel.js";
import { tokens as strings } from "../strings.js";
import { countRow, countTexts } from "../tokens/counts.js";
import { makeCutter } from "../tokens/cutter.js";
import { textField } from "../tokens/field.js";
import { measured, textLengths } from "../tokens/lengths.js";
import { comparison, measureChoice, measureText } from "../tokens/rows.js";
import { CONTROLLED, MOST, WATCHED, checkState, readState } from "../tokens/state.js";
import { chipStrip } from "../tokens/strip.js";
import "../tokens/tokens.css";
import { setTraits } from "../traits.js";
import { loadVocabulary } from "../vocabulary.js";

/** @typedef {import("../tokens/rows.js").Row} Row */

/**
 * @param {{ model: import("../tokens/state.js").Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const kernel = kernelSource(model);
  const cutter = makeCutter(model, kernel);
  /** @type {import("../vocabulary.js").Vocabulary | null} */
  let vocabulary = null;
  let closed = false;

  const view = frame({
    model,
    el,
    name: "tokens",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [strip.element, counts.element, rows.element, legend],
  });
  const field = textField({ onType: type, onFocus: () => cutter.prepare().catch(ignore) });
  const beyond = make("p", { class: "lv-note", role: "status" });
  const loading = make("p", { class: "lv-note", role: "status" });
  const strip = chipStrip();
  const empty = make("p", { class: "lv-note" });
  const lost = make("p", { class: "lv-note" });
  const counts = countRow();
  const choice = measureChoice((measure) => setTraits(model, { measure }));
  const rows = comparison();
  const explained = make("li");
  const times = make("li");
  const around = make("li");
  const legend = make("ul", { class: "lv-explained lv-note" }, explained, times, make("li", {}, strings.shades), around);
  const tokenTable = tableView(strings.tokenColumns);
  const textTable = tableView(strings.textColumns);
  view.add(
    field.element, beyond, loading, strip.element, empty, lost, counts.element, choice.element, rows.element, legend,
    tokenTable.element, textTable.element,
  );
  chipTips(view.root, () => vocabulary);

  for (const trait of WATCHED) model.on(`change:${trait}`, draw);
  draw();
  nameTokens();

  return () => {
    closed = true;
    for (const trait of WATCHED) model.off(`change:${trait}`, draw);
    kernel.close();
    view.close();
  };

  /** Draw the traits as they are; what cannot be drawn is said, and what was there stays. */
  function draw() {
    if (closed) return;
    const state = readState(model);
    field.update(state.text);
    tellBeyond();
    try {
      checkState(state);
      const cut = cutter.now(state.text);
      setNote(loading, cut ? "" : strings.loading);
      if (!cut) return void learn(state.text);
      view.tell("");
      const own = { label: strings.own, text: state.text, cut, lengths: textLengths(state.text, cut.ids.length), times: null };
      if (state.texts.length) drawTexts(state, own);
      else drawText(state, own);
      drawLegend(state);
    } catch (error) {
      setNote(loading, "");
      view.explain(error);
    }
  }

  /**
   * @param {import("../tokens/state.js").Traits} state
   * @param {Row} own
   */
  function drawText(state, { label, text, cut, lengths }) {
    strip.update(label, cut, state.around);
    counts.update(lengths);
    setNote(empty, text ? "" : strings.empty);
    setNote(lost, lostBytes(cut.ids, lengths.bytes));
    tokenTable.update(() =>
      cut.ids.map((id, i) => [countText(i + 1), cut.tokens[i], String(id), vocabulary ? showBytes(vocabulary.bytes(id)) : ""]),
    );
    show({ one: true });
  }

  /**
   * @param {import("../tokens/state.js").Traits} state
   * @param {Row} own
   */
  function drawTexts({ texts, labels, translations, measure }, own) {
    const given = texts.map((text, i) => {
      const cut = cutter.now(text) ?? { ids: [], tokens: [] }; // given texts always come with their tokens
      return { label: labels[i], text, cut, lengths: textLengths(text, cut.ids.length), times: /** @type {number | null} */ (null) };
    });
    if (translations) for (const row of given.slice(1)) row.times = row.lengths.tokens / (given[0].lengths.tokens || 1);
    const all = own.text ? [{ ...own, label: labels.some(Boolean) ? own.label : "" }, ...given] : given;
    choice.update(measure);
    rows.update(all, measure);
    setNote(lost, own.text ? lostBytes(own.cut.ids, own.lengths.bytes) : "");
    textTable.update(() =>
      all.map(({ label, text, lengths }) => {
        const perCharacter = measured(lengths, "per_character");
        const [tokens, words, characters, bytes, perWord, bytesPerToken] = countTexts(lengths);
        const ratio = perCharacter === null ? strings.none : measureText(perCharacter, "per_character");
        return [label || text, tokens, words, characters, bytes, perWord, ratio, bytesPerToken];
      }),
    );
    show({ one: false });
  }

  /** @param {{ one: boolean }} mode whether there is one text, or several */
  function show({ one }) {
    for (const part of [strip, counts, tokenTable]) part.element.hidden = !one;
    for (const part of [choice, rows, textTable]) part.element.hidden = one;
    if (!one) setNote(empty, "");
  }

  /** @param {import("../tokens/state.js").Traits} state */
  function drawLegend({ texts, labels, translations, measure, around: { start, end } }) {
    setNote(explained, texts.length ? strings.explained[measure] : "");
    setNote(times, translations && texts.length > 1 && measure === "tokens" ? strings.timesNote(labels[0] || strings.quoted(texts[0])) : "");
    const mark = [start, end].flatMap((token) => (token ? [token[1]] : [])).join(" ");
    setNote(around, mark && !texts.length ? strings.startMark(mark) : "");
  }

  /**
   * @param {number[]} ids
   * @param {number} bytes of the text
   */
  function lostBytes(ids, bytes) {
    if (!vocabulary) return "";
    const names = vocabulary;
    const kept = ids.reduce((sum, id) => sum + names.bytes(id).length, 0);
    return kept < bytes ? strings.lost(bytes - kept) : "";
  }

  /** @param {string} text */
  async function learn(text) {
    try {
      await cutter.learn(text, (why) => setNote(loading, strings.notHere(why)));
      draw();
    } catch (error) {
      setNote(loading, "");
      if (!closed) view.explain(error);
    }
  }

  /** @param {string} text */
  function type(text) {
    tellBeyond(); // also where the part that is cut stays the same
    setTraits(model, { text });
    view.speak(() => {
      const ids = cutter.now(model.get("text"))?.ids ?? [];
      return strings.spoken(ids.length, textLengths(model.get("text"), ids.length).words);
    });
  }

  function tellBeyond() {
    setNote(beyond, field.length() > MOST ? strings.beyond(field.length(), MOST) : "");
  }

  /** The bytes of each token, for the tips: the picture is there without them. */
  async function nameTokens() {
    try {
      vocabulary = await loadVocabulary(model.get("assets").vocabulary ?? "", model);
      draw();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setText(loading, strings.notHere(error.message));
    }
  }
}

/** A tokenizer that fails to load is told when a text is typed. */
function ignore() {}

export default { render };
