/** The three runs side by side: the answer's probability in each, and what the model says. */
import { probabilityText } from "../format.js";
import { keepParts, make, setText } from "../lib/dom.js";
import { causalTrace as strings } from "../strings.js";

/** @typedef {import("./file.js").Estimate} Estimate */
/** @typedef {import("./file.js").Guess} Guess */

const SAID = 3; // tokens that are shown of each

export function runs() {
  const parts = /** @type {const} */ (["clean", "corrupted", "restored"]).map((run) => ({ run, ...makeRun(run) }));
  return {
    element: make("div", { class: "lv-trace-runs" }, ...parts.map(({ element }) => element)),
    /** @param {import("./state.js").Seen} seen */
    update({ traced, kind, layer, position }) {
      const clean = { p: traced.pClean, low: traced.pClean, high: traced.pClean };
      const of = {
        clean: /** @type {[Estimate, Guess[]]} */ ([clean, traced.said.clean]),
        corrupted: /** @type {[Estimate, Guess[]]} */ ([traced.corrupted, traced.said.corrupted]),
        restored: /** @type {[Estimate, Guess[]]} */ ([traced.at(kind, layer, position), traced.says(kind, layer, position)]),
      };
      for (const part of parts) part.update(traced.answer, ...of[part.run], part.run === "clean" ? 0 : traced.noises);
    },
  };
}

/** @param {"clean" | "corrupted" | "restored"} run */
function makeRun(run) {
  const name = make("span");
  const value = make("strong", { class: "lv-trace-value" });
  const bar = make("span", { class: "lv-trace-bar", "aria-hidden": "true" });
  const spread = make("span", { class: "lv-note" });
  const list = make("ol", { class: "lv-trace-said" });
  /** @type {ReturnType<typeof makeGuess>[]} */
  const guesses = [];
  const element = make(
    "section",
    { class: `lv-trace-run lv-trace-${run}` },
    make("p", { class: "lv-heading" }, strings.runs[run]),
    make("p", { class: "lv-trace-answer" }, name, value),
    make("span", { class: "lv-trace-track", "aria-hidden": "true" }, bar),
    spread,
    make("p", { class: "lv-note" }, strings.says),
    list,
  );
  return {
    element,
    /** @param {{ name: string }} answer @param {Estimate} found @param {Guess[]} said @param {number} noises */
    update(answer, { p, low, high }, said, noises) {
      setText(name, strings.answer(answer.name));
      setText(value, probabilityText(p));
      bar.style.width = `${(100 * p).toFixed(1)}%`;
      setText(spread, noises > 1 ? strings.between(noises, probabilityText(low), probabilityText(high)) : noises ? strings.oneNoise : strings.noNoise);
      for (const [i, part] of keepParts(list, guesses, Math.min(SAID, said.length), makeGuess).entries()) part.update(said[i]);
    },
  };
}

function makeGuess() {
  const chip = make("span", { class: "lv-chip" });
  const value = make("span");
  return {
    element: make("li", {}, chip, value),
    /** @param {Guess} guess */
    update({ id, name, p }) {
      chip.dataset.token = String(id);
      setText(chip, name);
      setText(value, probabilityText(p));
    },
  };
}
