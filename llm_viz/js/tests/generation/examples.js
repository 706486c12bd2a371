/** Small texts as Python packs them, for the tests of this folder. */

/** @typedef {import("../../src/generation/texts.js").Packed} Packed */

/** @type {Packed} */
export const EMPTY = { names: {}, texts: [] };

const PROBS = /** @type {Record<number, number>} */ ({ 5: 50, 6: 25, 7: 5 });
const CHANCES = /** @type {Record<number, number>} */ ({ 5: 60, 6: 30, 7: 10 });

/**
 * Each token's alternatives are itself and token 7.
 * @param {{ ids: number[], prompt?: string, temperature?: number, seed?: number, stopped?: string }[]} texts
 * @returns {Packed}
 */
export function packed(texts) {
  return {
    names: { 5: "·five", 6: "⏎", 7: "·seven" },
    texts: texts.map(({ ids, prompt = "a", temperature = 1, seed = 1, stopped = "length" }) => ({
      prompt,
      temperature,
      seed,
      stopped,
      text: "x".repeat(ids.length),
      seconds: 1,
      ...columns(ids),
      best: columns(ids.flatMap((id) => [id, 7])),
    })),
  };
}

/** @param {number[]} ids */
function columns(ids) {
  /** @type {import("../../src/generation/texts.js").Columns} */
  const made = { ids, probs: ids.map((id) => PROBS[id]), chances: ids.map((id) => CHANCES[id]) };
  return made;
}
