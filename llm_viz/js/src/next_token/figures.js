/** Three figures that sum a distribution up: how many can be drawn, the nucleus, the entropy. */
import { countText, decimalText } from "../format.js";
import { make, setText } from "../lib/dom.js";
import { nextToken as strings } from "../strings.js";

export function figureRow() {
  const figures = Array.from({ length: 3 }, () => {
    const name = make("dt");
    const value = make("dd", { class: "lv-figure" });
    const note = make("dd", { class: "lv-note" });
    return { name, value, note, element: make("div", {}, name, value, note) };
  });
  return {
    element: make("dl", { class: "lv-figures" }, ...figures.map(({ element }) => element)),
    /** @param {import("./picture.js").Picture} picture */
    update({ candidates, vocabulary, nucleus, entropy }) {
      const texts = [
        [strings.candidates, countText(candidates), strings.candidatesOf(vocabulary)],
        [strings.nucleus(nucleus.share), strings.tokens(nucleus.tokens), strings.nucleusNote(nucleus.share)],
        [strings.entropy, strings.bits(decimalText(entropy)), strings.entropyNote(2 ** entropy)],
      ];
      for (const [i, [name, value, note]] of texts.entries()) {
        setText(figures[i].name, name);
        setText(figures[i].value, value);
        setText(figures[i].note, note);
      }
    },
  };
}
