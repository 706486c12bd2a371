/** Play, pause, one token back or on, to the end; and how fast. */
import { make, setText } from "../lib/dom.js";
import { listScale, slider } from "../lib/slider.js";
import { generation as strings } from "../strings.js";
import { FASTEST, SLOWEST } from "./state.js";

const SPEEDS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 40];

/**
 * @param {object} actions
 * @param {() => void} actions.onPlay play, or pause
 * @param {(step: number) => void} actions.onStep go to a step
 * @param {(speed: number) => void} actions.onSpeed
 * @param {(sentence: string) => void} actions.onInvalid
 */
export function transport({ onPlay, onStep, onSpeed, onInvalid }) {
  let at = { shown: 0, all: 0 };
  const button = (/** @type {string} */ text, /** @type {() => void} */ act) => {
    const element = make("button", { type: "button", class: "lv-button" }, text);
    element.addEventListener("click", act);
    return element;
  };
  const play = button(strings.play, onPlay);
  play.classList.add("lv-gen-play");
  const back = button(strings.back, () => onStep(Math.max(at.shown - 1, 0)));
  const on = button(strings.step, () => onStep(Math.min(at.shown + 1, at.all)));
  const end = button(strings.end, () => onStep(at.all));
  const place = make("span", { class: "lv-gen-place" });
  const speedPlace = make("div", { class: "lv-gen-speed" });
  /** @type {ReturnType<typeof slider> | undefined} */
  let speed;
  /** @type {number | null | undefined} */
  let offered;

  /** @param {number | null} measured */
  const offer = (measured) => {
    offered = measured;
    const values = measured === null ? SPEEDS : [...new Set([...SPEEDS, measured])].sort((a, b) => a - b);
    speed = slider({
      label: strings.speed,
      scale: listScale(values),
      bounds: [SLOWEST, FASTEST, 1],
      mark: (value) => strings.speedMark(value, measured),
      onChange: onSpeed,
      onInvalid,
    });
    speedPlace.replaceChildren(speed.element);
  };
  const buttons = make("div", { class: "lv-gen-transport", role: "group", "aria-label": strings.transport });
  buttons.append(play, back, on, end, place);
  return {
    element: make("div", { class: "lv-gen-player" }, buttons, speedPlace),
    /**
     * @param {{ shown: number, all: number }} position
     * @param {"still" | "playing" | "writing"} mode
     * @param {{ speed: number, tokens_per_second: number | null }} state
     */
    update(position, mode, state) {
      at = position;
      const measured = state.tokens_per_second === null ? null : Math.max(SLOWEST, Math.round(state.tokens_per_second));
      if (offered !== measured) offer(measured);
      speed?.update(state.speed);
      setText(play, { still: strings.play, playing: strings.pause, writing: strings.stop }[mode]);
      const still = mode === "still";
      play.disabled = still && !at.all;
      // Not disabled at either end of the text: that would take the focus from under a finger.
      for (const element of [back, on, end]) element.disabled = !still || !at.all;
      setText(place, strings.position(at.shown, at.all));
    },
  };
}
