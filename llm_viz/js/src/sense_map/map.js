/**
 * The plane: one mark for each sentence where the word's vector falls after the chosen layer, with
 * its way through the layers so far. Shapes are made once a word and then moved, so that the reader's
 * eye can follow them.
 */
import { senseMap as strings } from "../strings.js";
import { picturePlace, shape } from "../words/svg.js";
import { fit, rulerShare, tail } from "./layout.js";
import { senseMark } from "./marks.js";

/** @typedef {import("./state.js").Picture} Picture */

const TALLEST = 400;
const DASHES = ["none", "5 3"]; // by sense; an attribute, so that a saved picture has them

/** @param {(sentence: number) => void} onLook -1 when the pointer leaves */
export function senseMapPicture(onLook) {
  /** @type {Picture | null} */
  let shown = null;
  let label = "";
  let onePoint = false;
  let looked = -1;
  /** @type {{ tails: SVGElement[], marks: SVGElement[], note: SVGElement, at: (depth: number, sentence: number) => { x: number, y: number } } | null} */
  let drawn = null;
  let drawnFor = "";
  const place = picturePlace("lv-senses-plane", () => shown && draw());
  place.element.addEventListener("pointerover", point);
  place.element.addEventListener("click", point);
  place.element.addEventListener("pointerleave", () => onLook(-1));
  return {
    element: place.element,
    close: place.close,
    /**
     * @param {Picture} picture
     * @param {string} found what is seen, in a sentence
     * @param {boolean} alike whether all lie on one point
     */
    update(picture, found, alike) {
      shown = picture;
      onePoint = alike;
      label = strings.map(picture.word.word, picture.depth - 1, found);
      if (place.width()) draw();
    },
    /** @param {number} sentence -1 for none */
    look(sentence) {
      looked = sentence;
      emphasise();
    },
  };

  function draw() {
    const picture = /** @type {Picture} */ (shown);
    const key = [place.width(), picture.word.word, picture.word.kind, picture.model.name, picture.cue, picture.model.layers].join(" ");
    if (key !== drawnFor || !drawn) build(picture);
    drawnFor = key;
    move(picture);
  }

  /** @param {Picture} picture */
  function build(picture) {
    const width = place.width();
    const height = Math.min(TALLEST, Math.max(260, Math.round(width * 0.66)));
    const { at, scale } = fit(picture, width, height);
    const { marks } = /** @type {import("./data.js").Sentences} */ (picture.word.cues[picture.cue]);
    const tails = marks.map((sense) => shape("polyline", { class: `lv-tail lv-tail-${sense}`, "stroke-dasharray": DASHES[sense] }));
    const points = marks.map((sense, i) => shape("g", { class: "lv-sense-point", "data-sentence": i }, senseMark(sense)));
    const note = shape("text", { class: "lv-one-point" }, strings.onePoint(marks.length));
    drawn = { tails, marks: points, note, at: (depth, sentence) => at(picture.result.point(depth, sentence)) };
    const zero = at({ x: 0, y: 0 });
    const share = rulerShare(width / scale);
    const ruler = height - 14;
    place.fill(height, label, [
      shape("path", { d: `M${zero.x - 8} ${zero.y}h16M${zero.x} ${zero.y - 8}v16`, class: "lv-mean" }),
      ...tails,
      ...points,
      note,
      shape("path", { d: `M12 ${ruler - 4}v4h${share * scale}v-4`, class: "lv-ruler" }),
      shape("text", { x: 18 + share * scale, y: ruler + 2, class: "lv-tick-name" }, strings.ruler(`${Number((100 * share).toPrecision(1))}\u00a0%`)),
    ]);
    emphasise();
  }

  /** @param {Picture} picture */
  function move({ depth }) {
    if (!drawn) return;
    const { tails, marks, note, at } = drawn;
    const { x: left, y: top } = at(depth, 0);
    for (const [name, value] of Object.entries({ x: left + 14, y: top + 5, visibility: onePoint ? "visible" : "hidden" })) note.setAttribute(name, String(value));
    place.describe(label);
    for (const [i, mark] of marks.entries()) {
      const { x, y } = at(depth, i);
      mark.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`; // the browser can glide to it
      mark.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`); // for drawing programs
      tails[i].setAttribute("points", tail(depth, (earlier) => at(earlier, i)));
    }
  }

  function emphasise() {
    for (const [i, mark] of (drawn?.marks ?? []).entries()) {
      for (const part of [mark, drawn?.tails[i]]) part?.classList.toggle("lv-looked", i === looked);
    }
  }

  /** @param {Event} event */
  function point(event) {
    const mark = /** @type {Element} */ (event.target).closest("[data-sentence]");
    if (mark) onLook(Number(mark.getAttribute("data-sentence")));
  }
}
