/**
 * QueryKey: one token looks at another in one head, step by step: a query and a key, their turn,
 * their product, mask and softmax against all rivals, and the value that is moved. The traits are
 * the state: each control sets a trait, and every change of a trait, whoever made it, is drawn.
 */
import { chipTips } from "../lib/chips.js";
import { make, setNote, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { ownText } from "../lib/own_text.js";
import { promptChooser } from "../lib/prompt_chooser.js";
import { redrawOn } from "../lib/redraw.js";
import { tableView } from "../lib/table.js";
import { Problem } from "../problem.js";
import { headChoice, pairChoice } from "../query_key/choices.js";
import { clocks } from "../query_key/clocks.js";
import { openReading } from "../query_key/file.js";
import "../query_key/query_key.css";
import { rivalsPart } from "../query_key/rivals.js";
import { CONTROLLED, WATCHED, readState, see } from "../query_key/state.js";
import { resultText, valuePart } from "../query_key/value.js";
import { biggest, products, strips } from "../query_key/vectors.js";
import { kernelSource } from "../sources/kernel.js";
import { kernelErrors, queryKey as strings } from "../strings.js";
import { setTraits } from "../traits.js";
import { note } from "../query_key/note.js";

/** @typedef {import("../query_key/state.js").Model} Model */
/** @typedef {import("../query_key/state.js").Traits} Traits */
/** @typedef {import("../query_key/state.js").Seen} Seen */

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const kernel = kernelSource(model);
  /** @type {Seen | null} */
  let seen = null;
  let hasPython = false;
  let asked = ""; // the head that Python was asked for last

  const view = frame({
    model,
    el,
    name: "query-key",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [pair.element, summary, vectors, cells.element, turning.large, fit, bars.element, score, rivals.element, value.element],
  });
  const set = (/** @type {Partial<Traits>} */ changes) => setTraits(model, changes);
  const texts = promptChooser({
    className: "lv-qk-chooser",
    label: strings.text,
    ownOption: strings.ownOption,
    onPrompt: (prompt) => set({ prompt, query: -1, key: null, token: null }),
  });
  const own = ownText(runOwnText);
  const heads = headChoice(model.get("shape"), set);
  const waiting = make("p", { class: "lv-note", role: "status", hidden: true });

  const onKey = (/** @type {number} */ key) => set({ key });
  const pair = pairChoice({ onQuery: (query) => set({ query }), onKey });
  const summary = make("p", { class: "lv-qk-result" });
  const vectors = note();
  const cells = strips();
  const turning = clocks({ onPair: (clock) => set({ pair: clock }), onShift: (shift) => set({ shift }), onInvalid: view.tell });
  const fit = note(strings.multiply);
  const bars = products();
  const largest = note();
  const score = make("p", { class: "lv-qk-result" });
  const scaleNote = note();
  const rivals = rivalsPart(onKey);
  const value = valuePart({ onKey, onToken: (token) => set({ token }) });
  const table = tableView(strings.columns);
  const heading = (/** @type {keyof typeof strings.steps} */ step) => make("p", { class: "lv-heading lv-qk-step" }, strings.steps[step]);
  const body = make(
    "div",
    { class: "lv-qk-body", hidden: true },
    pair.element,
    summary,
    heading("turn"),
    vectors,
    cells.element,
    turning.element,
    heading("multiply"),
    fit,
    bars.element,
    largest,
    score,
    scaleNote,
    table.element,
    heading("rivals"),
    rivals.element,
    heading("value"),
    value.element,
    note(strings.unit),
  );
  view.add(texts.element, heads.element, own.element, waiting, body);
  chipTips(view.root, () => null);
  for (const event of ["change", "click"]) view.root.addEventListener(event, speak);

  const stop = redrawOn(model, WATCHED, draw);
  draw();
  kernel.present().then(() => {
    hasPython = true;
    own.setRunnable(true);
    heads.open();
    draw();
  });

  return () => {
    stop();
    cells.close();
    bars.close();
    kernel.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    const state = readState(model);
    texts.update(state.texts.length, state);
    own.update(state.text);
    try {
      const found = see(state);
      heads.update(found.carried, state);
      if ("text" in found) askFor(found, state);
      else {
        seen = found;
        drawSeen(found);
        setNote(waiting, "");
      }
      view.tell("");
    } catch (error) {
      view.explain(error);
    }
    body.hidden = seen === null;
  }

  /** @param {Seen} now */
  function drawSeen(now) {
    const { reading, head, match, token } = now;
    pair.update(now);
    const { query, key, rivals: all, masked } = match;
    const told = {
      head: strings.headName(head.layer, head.head),
      query: reading.tokens[query],
      key: reading.tokens[key],
      score: match.score,
      share: strings.chipShare(key, all[key].share, masked),
      result: resultText(reading, head, match, token),
    };
    setText(summary, strings.summary(told));
    setText(vectors, strings.vectors({ ...told, n: match.products.length }));
    cells.update(now);
    turning.update(now);
    bars.update(now);
    setText(largest, strings.products(match.products.length, match.sum, biggest(match.products)));
    setText(score, strings.score(match.sum, reading.scale, match.score));
    setText(scaleNote, strings.scaleNote(match.products.length, reading.scale));
    rivals.update(now);
    value.update(now);
    table.update(() =>
      match.products.map((product, i) => [
        String(i),
        ...[match.queryBefore, match.keyBefore, match.queryAfter, match.keyAfter].map((vector) => strings.number(vector[i])),
        strings.signed(product),
        strings.hundredths(match.totals[i]),
      ]),
    );
  }

  /**
   * Ask Python for a head that the text was not packed with; what is on screen stays until then.
   * @param {import("../query_key/state.js").Lacking} lacking
   * @param {Traits} state
   * @throws {Problem} there is no Python
   */
  function askFor({ text, carried }, { layer, head }) {
    const name = strings.headName(layer, head);
    if (!hasPython) throw new Problem(strings.notCarried(name, carried.map((each) => strings.headName(each.layer, each.head)).join(", ")));
    setNote(waiting, strings.asking(name));
    const question = JSON.stringify([text, layer, head]);
    if (asked === question) return;
    asked = question;
    fetchHead(text, layer, head).then(
      (fetched) => {
        if (asked === question) set({ fetched });
      },
      (error) => {
        if (asked === question) setNote(waiting, "");
        view.explain(error);
      },
    );
  }

  /**
   * @param {string} text
   * @param {number} layer
   * @param {number} head
   * @throws {Problem | import("../sources/kernel.js").Superseded}
   */
  async function fetchHead(text, layer, head) {
    const { buffers } = await kernel.request("head", { text, layer, head });
    if (!buffers.length) throw new Problem(kernelErrors.emptyReply);
    const { heads: given } = openReading(buffers[0]); // what cannot be read must not become the state
    if (!given.some((each) => each.layer === layer && each.head === head)) throw new Problem(kernelErrors.emptyReply);
    return buffers[0];
  }

  /** @param {string} text */
  async function runOwnText(text) {
    const bytes = await fetchHead(text, model.get("layer"), model.get("head"));
    set({ own: bytes, text, prompt: -1, query: -1, key: null, token: null });
    speak();
  }

  function speak() {
    view.speak(() => summary.textContent ?? "");
  }
}

export default { render };
