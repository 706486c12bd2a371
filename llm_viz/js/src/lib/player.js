/** Plays step after step (the tokens of a text, the epochs of a study), at a speed that may change. */

/**
 * @param {object} actions
 * @param {() => number} actions.speed steps a second, asked for before each step
 * @param {() => boolean} actions.onStep shows one more step; false when there is none
 * @param {(playing: boolean) => void} actions.onChange it started, paused or came to the end
 */
export function makePlayer({ speed, onStep, onChange }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let playing = false;

  const wait = () => {
    timer = setTimeout(() => {
      if (!onStep()) end();
      else if (playing) wait();
    }, 1000 / speed());
  };
  const end = () => {
    if (!playing) return;
    playing = false;
    clearTimeout(timer);
    onChange(false);
  };
  return {
    get playing() {
      return playing;
    },
    play() {
      if (playing) return;
      playing = true;
      wait();
      onChange(true);
    },
    pause: end,
    close: () => clearTimeout(timer),
  };
}
