/**
 * `node words.mjs <asset> <searches>`: milliseconds of searches among the words of a published asset,
 * by the page's own code. The searches are lists of words: one word asks for its neighbours, three
 * for an analogy. Prints one line of JSON: what each took, and its best answer.
 */
import { readFileSync } from "node:fs";
import { Words } from "../llm_viz/js/src/words.js";
import { parseWords } from "../llm_viz/js/src/words_file.js";

const WARM_UP = 50; // searches until the engine has compiled the code
const [asset, searches] = process.argv.slice(2);
const words = new Words(parseWords(Uint8Array.from(readFileSync(asset)).buffer));

const search = ([a, b, c]) => (c === undefined ? words.neighbours(a, 10) : words.analogy(a, b, c, { exclude: true }).answers);
const timed = (asked) => {
  const began = performance.now();
  const [best] = search(asked);
  return { ms: performance.now() - began, best: best.word };
};

const asked = JSON.parse(readFileSync(searches, "utf8"));
for (const each of asked.slice(0, WARM_UP)) search(each);
console.log(JSON.stringify(asked.map(timed)));
