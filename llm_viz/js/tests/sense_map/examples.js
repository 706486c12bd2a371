/** A small result as Python packs it: one word, two models of 2 and 1 layers, two sentences a sense. */

/** @param {number[]} values whole numbers or halves of them: exact as half floats */
function halves(values) {
  const view = new DataView(new ArrayBuffer(2 * values.length + 1), 1); // at an odd place, as in a message
  values.forEach((value, i) => view.setUint16(2 * i, half(value), true));
  return view;
}

/** @param {number} value */
function half(value) {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | Math.round((Math.abs(value) / 2 ** exponent - 1) * 1024);
}

/** @param {number[]} values */
const bytes = (values) => new DataView(new Uint8Array(values).buffer);

const MARKS = [0, 0, 1, 1];
const sentences = { sentences: ["a *", "b *", "c *", "d *"], spans: [[2, 3], [2, 3], [2, 3], [2, 3]], marks: MARKS };

/**
 * @param {number} layers
 * @param {number} apart
 */
function result(layers, apart) {
  const depths = [...Array(layers + 1).keys()];
  return {
    points: halves(MARKS.flatMap((mark, i) => depths.flatMap((depth) => [(mark ? -1 : 1) * depth * apart, i * depth * apart]))),
    gap: halves(depths.flatMap((depth) => [depth * apart, depth * apart - 0.5, depth * apart + 0.5])),
    nearest: bytes(depths.flatMap((depth) => (depth && apart ? [1, 0, 3, 0] : [0, 1, 2, 3]))),
    groups: halves([...depths, ...depths]),
  };
}

/** @returns {any} */
export function packed() {
  return {
    words: [{ word: "*", kind: "homonym", senses: ["up", "down"], cues: { before: sentences, after: sentences } }],
    models: [
      { model: "back", causal: true, layers: 2, before: result(2, 1), after: result(2, 0) },
      { model: "both", causal: false, layers: 1, before: result(1, 1), after: result(1, 0.5) },
    ],
  };
}

/** @returns {any} */
export const state = (changes = {}) => ({
  study: packed(),
  own: { words: [], models: [] },
  word: "*",
  model: "back",
  cue: "before",
  layer: 0,
  can_run: false,
  ...changes,
});
