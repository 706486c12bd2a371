/** Shared by these tests: the prompts that Python packed. */
import { readFixture } from "../fixtures.js";

/**
 * @typedef {import("../../src/residual/prompt.js").Packed} Packed
 * @typedef {{ shape: import("../../src/residual/prompt.js").Shape, prompt: any,
 *   expected: { logits: number[], totals: number[][] }[] }} Held
 */

/** @type {Record<string, Held>} */
export const families = JSON.parse(readFixture("residual.json").toString("utf8"));

/**
 * @param {string} family
 * @returns {Packed} a fresh one each time
 */
export function packedOf(family) {
  const { steps_base64: steps, chances_base64: chances, ...rest } = families[family].prompt;
  return { ...rest, steps: Uint8Array.from(Buffer.from(steps, "base64")), chances: Uint8Array.from(Buffer.from(chances, "base64")) };
}
