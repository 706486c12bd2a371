/** How many neurons of each layer have a pattern that holds, and where the reader is among them. */
import { probabilityText } from "../format.js";
import { keepParts, make, setText } from "../lib/dom.js";
import { neurons as strings } from "../strings.js";

export function layerStrip() {
  const bars = make("div", { class: "lv-neuron-layers", "aria-hidden": "true" });
  const now = make("p", { class: "lv-note" });
  const element = make("div", { class: "lv-neuron-shares" }, make("p", { class: "lv-note" }, strings.shares), bars, now);
  /** @type {ReturnType<typeof makeLayer>[]} */
  const parts = [];
  let drawn = "";
  return {
    element,
    /**
     * @param {number[]} shares of each layer; none if the study does not give them
     * @param {number} layer
     */
    update(shares, layer) {
      element.hidden = !shares.length;
      if (!shares.length || drawn === `${layer}:${shares}`) return;
      drawn = `${layer}:${shares}`;
      const most = Math.max(...shares);
      for (const [i, part] of keepParts(bars, parts, shares.length, makeLayer).entries()) part.update(shares[i] / (most || 1), i === layer);
      setText(now, strings.sharesNow(layer, probabilityText(shares[layer]), probabilityText(most), shares.indexOf(most)));
    },
  };
}

function makeLayer() {
  const bar = make("span", { class: "lv-neuron-layer-bar" });
  const element = make("span", { class: "lv-neuron-layer" }, bar);
  return {
    element,
    /** @param {number} height @param {boolean} here */
    update(height, here) {
      bar.style.height = `${(100 * height).toFixed(1)}%`;
      element.classList.toggle("lv-neuron-here", here);
    },
  };
}
