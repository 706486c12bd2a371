/**
 * The box that is open: what happens in it, its shapes and weights, and what the sentence looks like
 * there.
 */
import { probabilityText } from "../format.js";
import { make, setNote, setText } from "../lib/dom.js";
import { stack as strings } from "../strings.js";
import { safeHref } from "./links.js";
import { rowList } from "./rows.js";
import { weightsOf } from "./state.js";
import { stateAfter } from "./walk.js";

/** @typedef {import("./state.js").Architecture} Architecture */
/** @typedef {import("./state.js").Scene} Scene */
/** @typedef {import("./state.js").Traits} Traits */

const GROUPS = /** @type {const} */ ({
  text: null, tokens: null, embedding: "embedding", attention: "attention", mlp: "mlp", norm: "norm", unembedding: "unembedding", next: null,
});

/** @param {(position: number) => void} onPosition */
export function panel(onPosition) {
  const name = make("p", { class: "lv-heading lv-stack-name" });
  const happens = make("p");
  const shapes = make("dd");
  const weights = make("dd");
  const matrices = make("ul", { class: "lv-note" });
  const facts = make("dl", { class: "lv-stack-facts" }, make("dt", {}, strings.shapes), shapes, make("dt", {}, strings.weights), weights);
  const link = make("a");
  const streamLink = make("a");
  const later = make("span", { class: "lv-note" });
  const links = make("p", { class: "lv-stack-links" }, link, later, " ", streamLink);

  const here = make("p", { class: "lv-heading" }, strings.sentence);
  const sentence = make("blockquote", { class: "lv-stack-sentence" });
  const nothing = make("p", { class: "lv-note" });
  const looks = part(rowList("looks"));
  const neurons = make("p", { class: "lv-stack-neurons" });
  const neuronList = make("ul", { class: "lv-stack-strongest" });
  const guesses = part(rowList("guesses"));
  const nexts = part(rowList("nexts"));
  const lengths = part(rowList("lengths", onPosition));
  const element = make(
    "div",
    { class: "lv-stack-panel" },
    name,
    happens,
    facts,
    matrices,
    links,
    here,
    sentence,
    nothing,
    guesses.element,
    nexts.element,
    neurons,
    neuronList,
    looks.element,
    lengths.element,
  );

  return {
    element,
    /**
     * @param {Traits} state
     * @param {Scene} scene
     */
    update({ architecture, chapters }, scene) {
      const { stages, step, position } = scene;
      const { stage } = step;
      setText(name, strings.name(step));
      name.dataset.stage = stage;
      setText(happens, strings.happens(step, architecture));
      const characters = [...stages.text].length;
      setText(shapes, strings.shape(step, architecture, { characters, tokens: stages.tokens.length }));
      setText(weights, weightText(architecture, stage));
      list(matrices, matrixTexts(architecture, stage));
      openLinks(chapters, stage, stateAfter(step, stages.layers));
      drawSentence(architecture, scene, stages.tokens[position]);
    },
  };

  /**
   * @param {Record<string, string>} chapters
   * @param {import("./walk.js").Stage} stage
   * @param {number} state
   */
  function openLinks(chapters, stage, state) {
    const [href, streamHref] = [safeHref(chapters[stage]), state < 0 ? "" : safeHref(chapters.stream)];
    point(link, href, strings.opens);
    point(streamLink, streamHref === href ? "" : streamHref, strings.opensStream);
    setNote(later, href ? "" : strings.later);
  }

  /**
   * @param {Architecture} architecture
   * @param {Scene} scene
   * @param {string} token
   */
  function drawSentence(architecture, { stages, step, position }, token) {
    const { stage, layer } = step;
    const { tokens, ids } = stages;
    const state = stateAfter(step, stages.layers);
    setNote(sentence, stage === "text" ? stages.text : "");
    setNote(nothing, state >= 0 && !stages.predicts ? strings.noGuesses : "");

    looks.show(stage === "attention", strings.looks(token), () =>
      stages.looks(layer, position).map(({ head, key, share }) => ({
        id: ids[key], chip: tokens[key], before: strings.head(head), share, value: probabilityText(share),
      })),
    );
    const found = stage === "mlp" ? stages.neurons(layer, position) : null;
    setNote(neurons, found ? strings.neurons(found.active, architecture.d_mlp, architecture.active, token) : "");
    list(neuronList, (found?.strongest ?? []).map(({ neuron, output }) => strings.neuron(neuron, output)));

    const guessing = state >= 0 && stages.predicts && stage !== "unembedding" && stage !== "next";
    guesses.show(guessing, strings.guesses(token), () => stages.guesses(state, position).map(({ id, name: chip }) => ({ id, chip, value: "" })), strings.guessNote);
    const isNext = stage === "next";
    nexts.show(isNext || stage === "unembedding", isNext ? strings.nexts(token) : strings.scores(token), () =>
      stages.next(position).map(({ id, name: chip, score, probability }) =>
        isNext ? { id, chip, share: probability, value: probabilityText(probability) } : { id, chip, value: strings.score(score) },
      ),
    );

    const half = stage === "attention" || stage === "mlp" ? stage : null;
    const [low, high] = decades(stages.range);
    const plain = { tokens: strings.chips(tokens.length), norm: strings.lengthsBefore };
    const heading = half ? strings.lengthsAfter(strings.halves[half]) : (plain[/** @type {keyof typeof plain} */ (stage)] ?? strings.lengths);
    lengths.element.classList.toggle("lv-stack-plain", state < 0);
    lengths.element.style.setProperty("--decade", `${100 / (high - low)}%`);
    lengths.show(stage !== "text" && !isNext && stage !== "unembedding", heading, () =>
      tokens.map((chip, i) => {
        const row = { id: ids[i], chip, here: i === position };
        if (state < 0) return { ...row, value: String(ids[i]) };
        const length = stages.length(state, i);
        const share = Math.max(0, (Math.log10(length) - low) / (high - low));
        return { ...row, share, value: strings.length(length), more: half ? strings.added(stages.added(state - 1, i)) : "" };
      }),
      state >= 0 ? strings.lengthTicks : "",
    );
  }
}

/**
 * The whole powers of ten around all lengths: one axis for all stages, so that growth is seen.
 * @param {[least: number, most: number]} range
 * @returns {[number, number]} exponents
 */
export function decades([least, most]) {
  const low = least > 0 ? Math.floor(Math.log10(least)) : 0;
  return [low, Math.max(low + 1, Math.ceil(Math.log10(Math.max(most, 1e-30))))];
}

/**
 * A list under a heading that can be put away.
 * @param {ReturnType<typeof rowList>} rows
 */
function part(rows) {
  const heading = make("p", { class: "lv-stack-part" });
  const note = make("p", { class: "lv-note" });
  const element = make("div", { class: "lv-stack-list", hidden: true }, heading, rows.element, note);
  return {
    element,
    /**
     * @param {boolean} shown
     * @param {string} text
     * @param {() => import("./rows.js").Row[]} make
     * @param {string} [more]
     */
    show(shown, text, make, more = "") {
      element.hidden = !shown;
      if (!shown) return;
      setText(heading, text);
      setNote(note, more);
      rows.update(text, make());
    },
  };
}

/**
 * @param {HTMLUListElement} element
 * @param {string[]} texts
 */
function list(element, texts) {
  element.hidden = !texts.length;
  if (element.textContent !== texts.join("")) element.replaceChildren(...texts.map((text) => make("li", {}, text)));
}

/**
 * @param {HTMLAnchorElement} link
 * @param {string} href
 * @param {string} text
 */
function point(link, href, text) {
  setNote(link, href ? text : "");
  if (href) link.setAttribute("href", href);
  else link.removeAttribute("href");
}

/**
 * @param {Architecture} architecture
 * @param {import("./walk.js").Stage} stage
 */
export function weightText(architecture, stage) {
  const group = GROUPS[stage];
  if (!group) return strings.noWeights;
  if (stage === "norm") {
    const count = architecture.parts.find(({ part }) => part === "final_norm")?.count ?? 0;
    return strings.weight(count, count, count / architecture.total, 0);
  }
  const { all, each, share } = weightsOf(architecture, group);
  const inLayers = group === "attention" || group === "mlp";
  return all || group !== "unembedding" ? strings.weight(each, all, share, inLayers ? architecture.n_layers : 0) : strings.tied;
}

/**
 * @param {Architecture} architecture
 * @param {import("./walk.js").Stage} stage
 */
function matrixTexts({ parts }, stage) {
  const group = stage === "norm" ? null : GROUPS[stage];
  return parts.filter((part) => part.group === group).map(strings.matrix);
}
