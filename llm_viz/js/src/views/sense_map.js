/**
 * SenseMap: a word in sentences of two senses. Each sentence's vector of the word goes its own way
 * through the layers, on one fixed plane; beneath it stands how far the senses lie apart.
 */
import { make, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { tableView } from "../lib/table.js";
import { choosers } from "../sense_map/choices.js";
import { curveKeys, gapCurve } from "../sense_map/curve.js";
import { senseMapPicture } from "../sense_map/map.js";
import { inlineMark } from "../sense_map/marks.js";
import { ownSentences } from "../sense_map/own.js";
import "../sense_map/sense_map.css";
import { sentenceList } from "../sense_map/sentences.js";
import { CONTROLLED, WATCHED, makePicture, neighbours, readState } from "../sense_map/state.js";
import { tableRows } from "../sense_map/table.js";
import { kernelSource } from "../sources/kernel.js";
import { decimalText } from "../format.js";
import { senseMap as strings } from "../strings.js";
import { setTraits } from "../traits.js";

/** @typedef {import("../sense_map/state.js").Model} Model */
/** @typedef {import("../sense_map/state.js").Traits} Traits */
/** @typedef {import("../sense_map/state.js").Picture} Picture */

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const kernel = kernelSource(model);
  let present = false;
  /** @type {Picture | null} */
  let picture = null;
  let looked = -1;

  const view = frame({
    model,
    el,
    name: "senses",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [heading, map.element, key, legend, found, curveHeading, curve.element, keys],
  });
  const choices = choosers({ onChange: change, onInvalid: view.tell });
  const heading = make("p", { class: "lv-heading lv-senses-heading" });
  const map = senseMapPicture(look);
  const names = [make("span"), make("span")];
  const key = make("ul", { class: "lv-senses-key" }, ...names.map((name, sense) => make("li", {}, inlineMark(sense), name)));
  const legend = make("p", { class: "lv-note" });
  const found = make("p", { class: "lv-senses-found" });
  const curveHeading = make("p", { class: "lv-heading" }, strings.curveHeading);
  const curve = gapCurve((layer) => change({ layer }));
  const keys = make("ul", { class: "lv-note lv-curve-keys" });
  const keyTexts = curveKeys(strings.curveLegend("")).map(({ line }) => {
    const text = make("span");
    const element = make("li", {}, line, text);
    keys.append(element);
    return { element, text };
  });
  const sentences = sentenceList(look);
  const table = tableView(strings.columns);
  const own = ownSentences(async (typed) => {
    await kernel.request("senses", typed);
    speak();
  });
  view.add(
    choices.element,
    choices.layer,
    make(
      "div",
      { class: "lv-senses-two" },
      make("div", {}, heading, map.element, key, sentences.said, legend, found, curveHeading, curve.element, keys),
      make("div", {}, sentences.element, ...strings.notes.map((text) => make("p", { class: "lv-note lv-senses-note" }, text))),
    ),
    own.element,
    table.element,
  );
  view.root.addEventListener("change", speak);
  for (const name of WATCHED) model.on(`change:${name}`, draw);
  own.update(false, false);
  draw();
  kernel.present().then(() => {
    present = true;
    own.update(present, model.get("can_run"));
  });

  return () => {
    for (const name of WATCHED) model.off(`change:${name}`, draw);
    map.close();
    curve.close();
    kernel.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    const state = readState(model);
    try {
      const before = picture;
      const seen = (picture = makePicture(state));
      if (before?.word !== seen.word || before.cue !== seen.cue) look(-1);
      const { word, cue, depth, result } = seen;
      choices.update(state, seen);
      setText(heading, strings.mapHeading(word.word, depth - 1));
      for (const [sense, name] of names.entries()) setText(name, word.senses[sense]);
      setText(legend, strings.legend(word.word, cue));
      setText(found, foundText(seen));
      map.update(seen, found.textContent ?? "", neighbours(seen).alike);
      curve.update(seen);
      for (const [i, text] of strings.curveLegend(word.word).entries()) {
        setText(keyTexts[i].text, text);
        keyTexts[i].element.hidden = i > result.groups.length;
      }
      sentences.update(seen);
      table.update(() => tableRows(seen));
      own.update(present, state.can_run);
      view.tell("");
    } catch (error) {
      view.explain(error);
    }
  }

  /** @param {number} sentence */
  function look(sentence) {
    looked = sentence;
    map.look(looked);
    sentences.look(looked);
  }

  /** @param {Partial<Traits>} changes */
  function change(changes) {
    setTraits(model, changes);
    speak();
  }

  function speak() {
    view.speak(() => (picture ? strings.spoken(picture.depth - 1, foundText(picture)) : ""));
  }
}

/** What is to be seen at the chosen layer, in a sentence or two. @param {Picture} picture */
function foundText(picture) {
  const { n, alike, own, chance } = neighbours(picture);
  if (alike) {
    const why = picture.depth === 0 ? strings.atStart : picture.model.causal && picture.cue === "after" ? strings.cannotKnow : "";
    return [strings.allAlike(n), why].filter(Boolean).join(" ");
  }
  const { value, low, high } = picture.result.gap(picture.depth);
  return `${strings.gapIs(value, low, high)} ${strings.found(own, n, decimalText(chance))}`;
}

export default { render };
