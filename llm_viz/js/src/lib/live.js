/** Says what changed to people who listen rather than look: once, after a movement has ended. */
import { make } from "./dom.js";

const PAUSE = 500; // milliseconds; arrow keys held down should not stutter

/** @returns a polite live region, and how to speak through it */
export function liveRegion() {
  const element = make("div", { class: "lv-spoken", "aria-live": "polite" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return {
    element,
    /** @param {() => string} sentence asked for when the pause is over */
    speak(sentence) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        element.textContent = sentence();
      }, PAUSE);
    },
    close: () => clearTimeout(timer),
  };
}
