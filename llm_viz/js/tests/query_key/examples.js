/** Shared by these tests: the texts that Python packed, and what a run says of them. */
import { readFixture } from "../fixtures.js";

/**
 * @typedef {{ queries: number[][], keys: number[][], scores: number[][], pattern: number[][], logits: number[][] }} Expected
 * @typedef {{ packed: string, text: string, heads: [number, number][], tokens: number[], expected: Expected[] }} Held
 */

/** @type {Record<string, Held>} */
export const families = JSON.parse(readFixture("query_key.json").toString("utf8"));

/** @param {string} family @returns {Uint8Array} fresh bytes each time */
export const bytesOf = (family) => Uint8Array.from(Buffer.from(families[family].packed, "base64"));

/**
 * The file with another header.
 * @param {(index: any, told: any) => void} change
 * @param {string} [family]
 */
export function changed(change, family = "llama") {
  const content = Buffer.from(bytesOf(family));
  const length = Number(content.readBigUInt64LE(0));
  const index = JSON.parse(content.subarray(8, 8 + length).toString("utf8"));
  const told = JSON.parse(index.__metadata__.llm_viz_query_key);
  change(index, told);
  index.__metadata__.llm_viz_query_key = JSON.stringify(told);
  const json = Buffer.from(JSON.stringify(index));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  return new Uint8Array(Buffer.concat([size, json, content.subarray(8 + length)]));
}
