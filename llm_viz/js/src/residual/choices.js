/** What the reader chooses: the text, the position along it, and which logit, less which other. */
import { probabilityText } from "../format.js";
import { makeChip, rove, setChip } from "../lib/chips.js";
import { freshId, keepParts, make, setNote } from "../lib/dom.js";
import { listScale, slider } from "../lib/slider.js";
import { chipText, residual as strings } from "../strings.js";

/** @typedef {import("./state.js").Traits} Traits */
/** @typedef {import("./state.js").Seen} Seen */

const OPTION_LENGTH = 40;
const MOST_CHIPS = 200; // of a long text the end is shown, or from the first position that was kept

/** @param {(prompt: number) => void} onPrompt */
export function promptChoice(onPrompt) {
  const { element, update } = choice(strings.text, (value) => onPrompt(Number(value)));
  return {
    element,
    /** @param {Traits} state */
    update({ prompts, labels, own, text, prompt }) {
      const options = prompts.map((packed, i) => ({ value: String(i), label: labels[i] ?? packed.text }));
      if ("steps" in own) options.push({ value: "-1", label: strings.ownOption([...text].slice(0, OPTION_LENGTH).join("")) });
      update(options, String(prompt));
      element.hidden = options.length < 2;
    },
  };
}

/** @param {(changes: { token?: number | null, minus?: number | null }) => void} onChange */
export function tokenChoices(onChange) {
  const id = (/** @type {string} */ value) => (value === "" ? null : Number(value));
  const token = choice(strings.token, (value) => onChange({ token: id(value) }));
  const minus = choice(strings.minus, (value) => onChange({ minus: id(value) }));
  const note = make("p", { class: "lv-note lv-not-here", role: "status" });
  return {
    element: make("div", { class: "lv-which" }, token.element, minus.element, note),
    /**
     * @param {Traits} state
     * @param {Seen} seen
     */
    update(state, { candidates, picture, note: told }) {
      const options = candidates.map(({ id: number, name, chance }) => ({ value: String(number), label: strings.option(name, probabilityText(chance)) }));
      token.update([{ value: "", label: strings.likeliest(candidates[0].name) }, ...options], state.token === null ? "" : String(picture.token.id));
      minus.update([{ value: "", label: strings.nothing }, ...options], picture.minus ? String(picture.minus.id) : "");
      setNote(note, told);
    },
  };
}

/**
 * The text as chips, of which one is the position; and a slider that moves it.
 * @param {object} actions
 * @param {(position: number) => void} actions.onPosition
 * @param {(sentence: string) => void} actions.onInvalid
 */
export function positionChoice({ onPosition, onInvalid }) {
  const chips = make("span", { class: "lv-chips", role: "group" });
  const earlier = make("span", { class: "lv-note lv-earlier", hidden: true });
  const strip = make("div", { class: "lv-read" }, earlier, chips);
  const kept = make("p", { class: "lv-note" });
  const holder = make("div", { class: "lv-sliders-of-text" });
  const roving = rove(chips);
  /** @type {{ element: HTMLButtonElement }[]} */
  const parts = [];
  /** @type {import("./prompt.js").Prompt | null} */
  let drawn = null;
  let offered = "";
  let start = 0; // the position of the first chip
  /** @type {ReturnType<typeof slider> | null} */
  let knob = null;

  chips.addEventListener("click", (event) => {
    const found = parts.findIndex(({ element }) => element === event.target);
    const at = start + found;
    if (found >= 0 && drawn?.at.has(at)) onPosition(at);
  });

  return {
    element: make("div", {}, strip, kept, holder),
    strip,
    /** @param {Seen} seen */
    update({ prompt, position }) {
      const { tokens, ids, positions } = prompt;
      drawn = prompt;
      const offers = JSON.stringify([positions, tokens]); // Python may send the same prompt anew
      const isNew = offered !== offers;
      if (isNew) {
        offered = offers;
        knob = slider({
          label: strings.position,
          scale: listScale(positions),
          bounds: [positions[0], positions[positions.length - 1], 1],
          mark: (value) => strings.positionMark(tokens[value] ?? ""),
          onChange: onPosition,
          onInvalid,
        });
        holder.replaceChildren(knob.element);
        start = Math.min(positions[0], Math.max(0, tokens.length - MOST_CHIPS));
        setNote(earlier, start ? chipText.earlier(start) : "");
        setNote(kept, positions.length < tokens.length ? strings.kept(positions.length, tokens.length) : "");
        chips.setAttribute("aria-label", strings.chips(tokens.length));
      }
      const shown = keepParts(chips, parts, tokens.length - start, () => ({ element: makeChip() }));
      for (const [i, { element }] of shown.entries()) {
        const at = start + i;
        setChip(element, ids[at], tokens[at]);
        element.setAttribute("aria-pressed", String(at === position));
        element.classList.toggle("lv-after-it", at > position);
        element.setAttribute("aria-disabled", String(!prompt.at.has(at)));
      }
      roving.refresh();
      if (isNew) strip.scrollTop = strip.scrollHeight; // of a long text, its end
      knob?.update(position);
    },
  };
}

/**
 * @param {string} name
 * @param {(value: string) => void} onChange
 */
function choice(name, onChange) {
  const id = freshId();
  const select = make("select", { id });
  select.addEventListener("change", () => onChange(select.value));
  let offered = "";
  return {
    element: make("div", { class: "lv-chooser" }, make("label", { for: id }, name), select),
    /**
     * @param {{ value: string, label: string }[]} options
     * @param {string} current
     */
    update(options, current) {
      if (offered !== JSON.stringify(options)) {
        offered = JSON.stringify(options);
        select.replaceChildren(...options.map(({ value, label }) => make("option", { value }, label)));
      }
      select.value = current;
    },
  };
}
