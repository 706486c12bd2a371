/** Which text: its prompt, the temperature it was drawn at, and the seed. */
import { freshId, make, setNote } from "../lib/dom.js";
import { listScale, slider } from "../lib/slider.js";
import { generation as strings } from "../strings.js";
import { nearest } from "./state.js";

/** @typedef {import("./state.js").Traits} Traits */
/** @typedef {import("./state.js").Picture} Picture */

const OPTION_LENGTH = 40;

/**
 * @param {object} actions
 * @param {(changes: Partial<Traits>) => void} actions.onChange
 * @param {(sentence: string) => void} actions.onInvalid
 */
export function choosers({ onChange, onInvalid }) {
  const prompt = makePromptChooser((index) => onChange({ prompt: index }));
  const seed = makeSeedChooser((value) => onChange({ seed: value }));
  const place = make("div", { class: "lv-gen-temperature" });
  let offered = "";
  /** @type {ReturnType<typeof slider>} */
  let temperature;

  /** @param {number[]} values */
  const offer = (values) => {
    offered = String(values);
    temperature = slider({
      label: strings.temperature,
      scale: listScale(values),
      bounds: [values[0], values[values.length - 1], 0.1],
      mark: (value) => strings.temperatureMark(value),
      onChange: (value) => onChange({ temperature: nearest(values, value) }),
      onInvalid,
    });
    place.replaceChildren(temperature.element);
  };
  return {
    prompt: prompt.element,
    element: make("div", { class: "lv-gen-choices" }, place, seed.element),
    /**
     * @param {Traits} state
     * @param {Picture} picture
     */
    update(state, picture) {
      if (offered !== String(picture.temperatures)) offer(picture.temperatures);
      temperature.update(picture.temperature);
      place.hidden = picture.temperatures.length < 2;
      prompt.update(state, picture);
      seed.update(state, picture);
    },
  };
}

/** @param {(index: number) => void} onChoose */
function makePromptChooser(onChoose) {
  const id = freshId();
  const select = make("select", { id });
  select.addEventListener("change", () => onChoose(Number(select.value)));
  const element = make("div", { class: "lv-gen-prompts" }, make("label", { for: id }, strings.prompt), select);
  let offered = "";
  return {
    element,
    /**
     * @param {Traits} state
     * @param {Picture} picture
     */
    update({ text, own, prompt }, { prompts }) {
      const names = prompts.map((name, i) => [String(i), name]);
      if (own.texts.length) names.push(["-1", strings.ownOption([...text].slice(0, OPTION_LENGTH).join(""))]);
      if (offered !== JSON.stringify(names)) {
        offered = JSON.stringify(names);
        select.replaceChildren(...names.map(([value, label]) => make("option", { value }, label)));
      }
      select.value = String(prompt);
      element.hidden = names.length < 2;
    },
  };
}

/** @param {(seed: number) => void} onChoose */
function makeSeedChooser(onChoose) {
  const group = freshId();
  const buttons = make("span", { class: "lv-gen-buttons" });
  const note = make("span", { class: "lv-note" });
  const element = make(
    "fieldset",
    { class: "lv-gen-seeds" },
    make("legend", {}, strings.seed),
    buttons,
    note,
  );
  /** @type {HTMLInputElement[]} */
  let inputs = [];
  let offered = "";
  return {
    element,
    /**
     * @param {Traits} state
     * @param {Picture} picture
     */
    update({ seed }, { seeds, temperature }) {
      if (offered !== String(seeds)) {
        offered = String(seeds);
        inputs = seeds.map((value) => make("input", { type: "radio", name: group, value }));
        buttons.replaceChildren(...inputs.map((input) => make("label", {}, input, input.value)));
        for (const input of inputs) input.addEventListener("change", () => onChoose(Number(input.value)));
      }
      for (const input of inputs) {
        input.checked = Number(input.value) === seed;
        input.disabled = temperature === 0;
      }
      element.hidden = seeds.length < 2;
      setNote(note, temperature === 0 ? strings.seedNoPart : strings.seedMark);
    },
  };
}
