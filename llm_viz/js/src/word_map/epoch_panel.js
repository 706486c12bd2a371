/** How often the text has been read: a slider, a way to play it, and what the vectors are worth by then. */
import { make, setText } from "../lib/dom.js";
import { makePlayer } from "../lib/player.js";
import { evenScale, slider } from "../lib/slider.js";
import { learningMap as strings } from "../strings.js";

const PACE = 1.25; // epochs a second: a little longer than the points travel

/**
 * @param {number} last epoch
 * @returns {import("./view.js").Panel}
 */
export const epochPanel = (last) => ({ current, change, tell }) => {
  const epoch = () => current().epoch ?? last;
  const player = makePlayer({
    speed: () => PACE,
    onStep() {
      change({ epoch: Math.min(last, epoch() + 1) });
      return epoch() < last;
    },
    onChange: (playing) => setText(play, playing ? strings.pause : strings.play),
  });
  const play = make("button", { type: "button", class: "lv-button" }, strings.play);
  play.addEventListener("click", () => {
    if (player.playing) return player.pause();
    if (epoch() >= last) change({ epoch: 0 });
    player.play();
  });
  const scale = slider({
    label: strings.epoch,
    scale: evenScale(0, last, 1),
    bounds: [0, last, 1],
    mark: strings.timesRead,
    onChange(value) {
      player.pause();
      if (Number.isInteger(value)) change({ epoch: value });
    },
    onInvalid: tell,
  });
  const figures = make("p", { class: "lv-map-figures" });
  return {
    controls: [make("div", { class: "lv-map-epochs" }, play, scale.element)],
    told: [figures],
    update(_state, sheet) {
      if (sheet) scale.update(epoch());
      setText(figures, sheet?.figures ?? "");
    },
    close: player.close,
  };
};
