/** What happens when a reader sends a form: it runs, it says so, and what went wrong is told in place. */
import { ownText as strings } from "../strings.js";
import { setNote, setText } from "./dom.js";
import { isTold } from "./told.js";

/**
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button that sends it
 * @param {HTMLElement} problem where it is told
 * @param {() => Promise<unknown>} run rejected with a `Problem` if it cannot be run
 * @param {(running: boolean) => void} show that it runs, or no more; the button says so, if left out
 */
export function submits(form, button, problem, run, show = (running) => setText(button, running ? strings.running : strings.run)) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    show(true);
    try {
      await run();
      setNote(problem, "");
    } catch (error) {
      if (!isTold(error, problem)) return;
    }
    show(false);
  });
}
