/** The scores of the chosen head, named in words: what its looks fall on, on average. */
import { keepParts, make, setText } from "../lib/dom.js";
import { attentionHeads as strings } from "../strings.js";

/** @typedef {import("./file.js").Heads} Heads */
/** @typedef {import("./state.js").Score} Score */
/** @typedef {{ name: Score, value: number }} Scored */

const STANDS_OUT = 0.4; // a share that makes a job

/**
 * The scores of a head, or the mean of several heads' scores: the share of a mean is the mean of
 * the shares.
 * @param {Heads} file
 * @param {number[]} places
 * @returns {Scored[]}
 */
export function scoresOf({ scores }, places) {
  return [...scores].map(([name, values]) => ({
    name: /** @type {Score} */ (name),
    value: places.reduce((sum, place) => sum + values[place], 0) / places.length,
  }));
}

/** @param {Scored[]} scored @returns {string} one sentence on what stands out */
export function verdict(scored) {
  const shares = scored.filter(({ name, value }) => strings.isShare(name) && !Number.isNaN(value));
  if (!shares.length) return "";
  const { name, value } = shares.reduce((best, each) => (each.value > best.value ? each : best));
  return value >= STANDS_OUT ? strings.mostly(name, value) : strings.noJob(name, value);
}

export function jobList() {
  const list = make("ul", { class: "lv-heads-jobs" });
  /** @type {ReturnType<typeof makeJob>[]} */
  const parts = [];
  return {
    element: make("div", {}, make("p", { class: "lv-heading" }, strings.jobs), list),
    /** @param {Scored[]} scored */
    update(scored) {
      for (const [i, part] of keepParts(list, parts, scored.length, makeJob).entries()) part.update(scored[i]);
    },
  };
}

function makeJob() {
  const [name, value] = [make("span"), make("span")];
  const element = make("li", {}, name, value);
  return {
    element,
    /** @param {Scored} scored */
    update(scored) {
      setText(name, strings.jobOf(scored.name));
      setText(value, strings.scoreText(scored.name, scored.value));
      const share = strings.isShare(scored.name) && scored.value;
      element.style.setProperty("--share", `${100 * (share || 0)}%`);
    },
  };
}
