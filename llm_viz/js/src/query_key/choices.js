/** What the reader chooses: which head, which token looks, and which one it looks at. */
import { makeChip, rove, setChip } from "../lib/chips.js";
import { freshId, keepParts, make, setText } from "../lib/dom.js";
import { queryKey as strings } from "../strings.js";
import { note } from "./note.js";

/** @typedef {import("./state.js").Traits} Traits */
/** @typedef {import("./state.js").Seen} Seen */
/** @typedef {{ layer: number, head: number }} Which */

/**
 * A list of all heads of the model: first those that the text was packed with, then the others,
 * which need Python.
 * @param {{ layers: number, heads: number }} shape of the model
 * @param {(which: Which) => void} onHead
 */
export function headChoice(shape, onHead) {
  const id = freshId();
  const option = (/** @type {number} */ layer, /** @type {number} */ head) => make("option", { value: `${layer} ${head}` }, strings.headName(layer, head));
  const all = Array.from({ length: shape.layers * shape.heads }, (_, i) => option(Math.floor(i / shape.heads), i % shape.heads));
  const here = make("optgroup", { label: strings.carried });
  const others = make("optgroup", { label: strings.otherHeads, disabled: true }, ...all);
  const select = make("select", { id }, here, others);
  select.addEventListener("change", () => {
    const [layer, head] = select.value.split(" ").map(Number);
    onHead({ layer, head });
  });
  const hint = note(strings.needsPython);
  let offered = "";
  return {
    element: make("div", { class: "lv-qk-chooser" }, make("label", { for: id }, strings.head), select, hint),
    /** Python is there. */
    open() {
      others.disabled = false;
      hint.hidden = true;
    },
    /**
     * @param {Which[]} carried
     * @param {Which} chosen
     */
    update(carried, { layer, head }) {
      const names = carried.map((each) => `${each.layer} ${each.head}`);
      if (offered !== names.join()) {
        offered = names.join();
        here.replaceChildren(...carried.map((each) => option(each.layer, each.head)));
        others.replaceChildren(...all.filter(({ value }) => !names.includes(value)));
      }
      select.value = `${layer} ${head}`;
    },
  };
}

/**
 * The sentence twice: who looks, and at whom.
 * @param {object} actions
 * @param {(position: number) => void} actions.onQuery
 * @param {(position: number) => void} actions.onKey
 */
export function pairChoice({ onQuery, onKey }) {
  const queries = strip(strings.looks, onQuery);
  const keys = strip(strings.lookedAt, onKey);
  const hint = note();
  return {
    element: make("div", { class: "lv-qk-pair" }, queries.element, keys.element, hint),
    /** @param {Seen} seen */
    update({ reading, match }) {
      queries.update(reading, match.query);
      keys.update(reading, match.key, match.rivals);
      setText(hint, strings.chipsNote(reading.causal));
    },
  };
}

/**
 * @param {string} name
 * @param {(position: number) => void} onChoose
 */
function strip(name, onChoose) {
  const label = make("span", { class: "lv-qk-role" }, name);
  const chips = make("span", { class: "lv-qk-chips", role: "group", "aria-label": name });
  const roving = rove(chips);
  /** @type {{ element: HTMLButtonElement }[]} */
  const parts = [];
  chips.addEventListener("click", (event) => {
    const found = parts.findIndex(({ element }) => element === event.target);
    if (found >= 0) onChoose(found);
  });
  return {
    element: make("div", { class: "lv-qk-strip" }, label, chips),
    /**
     * @param {import("./file.js").Reading} reading
     * @param {number} chosen
     * @param {import("./match.js").Rival[]} [rivals]
     */
    update({ tokens, ids }, chosen, rivals) {
      const shown = keepParts(chips, parts, tokens.length, () => ({ element: makeChip() }));
      for (const [i, { element }] of shown.entries()) {
        setChip(element, ids[i], tokens[i]);
        element.setAttribute("aria-pressed", String(i === chosen));
        if (!rivals) continue;
        const { masked, exact, share } = rivals[i];
        element.classList.toggle("lv-qk-masked", masked);
        element.style.setProperty("--share", `${100 * exact}%`);
        element.setAttribute("aria-label", `${tokens[i]}, ${strings.chipShare(i, share, masked)}`);
      }
      roving.refresh();
    },
  };
}
