/**
 * The places in real text where a neuron is strongest, its activation painted on the words: orange
 * above 0, blue below. One tab stop; arrow keys move along the words.
 */
import { makeChip, rove } from "../lib/chips.js";
import { freshId, keepParts, make, setNote, setText } from "../lib/dom.js";
import { neurons as strings } from "../strings.js";

/** @typedef {import("./file.js").Context} Context */
/** @typedef {import("./file.js").Side} Side */

const AT_FIRST = 8; // contexts; the others when they are asked for
const MOST_PAINT = 62; // per cent: words on it can still be read

export function contextList() {
  const title = make("p", { class: "lv-heading", id: freshId() }, strings.contexts);
  const list = make("ol", { class: "lv-neuron-contexts", "aria-labelledby": title.id });
  const roving = rove(list);
  const none = make("p", { class: "lv-note", hidden: true });
  const look = make("p", { class: "lv-note lv-neuron-look", id: freshId() }, strings.lookHint);
  const more = make("button", { type: "button", class: "lv-button" });
  const legend = makeLegend();
  /** @type {ReturnType<typeof makeContext>[]} */
  const parts = [];
  /** @type {Side | null} */
  let shown = null;
  let open = false;

  const point = (/** @type {Event} */ event) => {
    const chip = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".lv-chip"));
    if (!chip || !shown) return;
    const [context, token] = [Number(chip.dataset.context), Number(chip.dataset.at)];
    chip.setAttribute("aria-describedby", look.id);
    const { tokens, activations, peak } = shown.contexts[context];
    setText(look, strings.look(tokens[token], activations[token], token === peak));
    look.classList.add("lv-neuron-looked"); // from now on it stays in sight
  };
  for (const type of ["pointerover", "focusin"]) list.addEventListener(type, point);
  more.addEventListener("click", () => {
    open = !open;
    if (shown) draw(shown);
  });

  return {
    title,
    legend: legend.element,
    list,
    element: make("div", { class: "lv-neuron-strong" }, title, legend.element, none, list, look, more),
    /** @param {Side} side */
    update(side) {
      if (side === shown) return;
      shown = side;
      setText(look, strings.lookHint);
      look.classList.remove("lv-neuron-looked");
      legend.update(side.scale);
      setNote(none, side.contexts.length ? "" : strings.noContexts);
      draw(side);
    },
  };

  /** @param {Side} side */
  function draw({ contexts, scale }) {
    const n = open ? contexts.length : Math.min(AT_FIRST, contexts.length);
    for (const [i, part] of keepParts(list, parts, n, () => makeContext(parts.length)).entries()) part.update(contexts[i], scale);
    more.hidden = contexts.length <= AT_FIRST;
    setText(more, open ? strings.fewer : strings.more(contexts.length));
    roving.refresh();
  }
}

/** @param {number} place among the contexts */
function makeContext(place) {
  const value = make("span", { class: "lv-neuron-value" });
  const words = make("span", { class: "lv-neuron-words", dir: "auto" });
  const mark = make("span", { class: "lv-neuron-held" }, strings.heldOut);
  const source = make("span");
  const from = make("span", { class: "lv-note lv-neuron-from" }, mark, source);
  /** @type {{ element: HTMLButtonElement }[]} */
  const chips = [];
  return {
    element: make("li", { class: "lv-neuron-context" }, value, words, from),
    /**
     * @param {Context} context
     * @param {number} scale of the strongest colour
     */
    update({ tokens, activations, peak, source: text, heldOut }, scale) {
      setText(value, strings.activation(activations[peak]));
      for (const [i, { element: chip }] of keepParts(words, chips, tokens.length, () => makeWord(place, chips.length)).entries()) {
        setText(chip, tokens[i]);
        const share = scale ? activations[i] / scale : 0;
        const kind = `lv-chip${share < 0 ? " lv-neuron-below" : ""}${i === peak ? " lv-neuron-peak" : ""}`;
        if (chip.className !== kind) chip.className = kind;
        const paint = `${Math.round(MOST_PAINT * Math.abs(share))}%`;
        if (chip.style.getPropertyValue("--share") !== paint) chip.style.setProperty("--share", paint);
      }
      setText(source, text);
      mark.hidden = !heldOut;
    },
  };
}

/** @param {number} context @param {number} at */
function makeWord(context, at) {
  const element = makeChip();
  element.dataset.context = String(context);
  element.dataset.at = String(at);
  return { element };
}

function makeLegend() {
  const [low, high] = [make("span"), make("span")];
  const scale = make("span", { class: "lv-neuron-scale", "aria-hidden": "true" });
  const framed = make("span", { class: "lv-neuron-key lv-neuron-peak", "aria-hidden": "true" });
  const held = make("span", { class: "lv-neuron-held" }, strings.heldOut);
  return {
    element: make(
      "p",
      { class: "lv-note lv-neuron-legend" },
      make("span", {}, strings.legend, " ", low, scale, high),
      make("span", {}, framed, strings.framed),
      make("span", {}, held, strings.heldOutKey),
    ),
    /** @param {number} most */
    update(most) {
      setText(low, strings.activation(-most));
      setText(high, strings.activation(most));
    },
  };
}
