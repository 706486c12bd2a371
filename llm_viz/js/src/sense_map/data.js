/**
 * What Python packed for the view (`_pack` in llm_viz/widgets/sense_map.py), unpacked: texts as they
 * are, arrays as numbers of a word, a cue and a depth. Pure.
 */
import { halvesToFloats } from "../half.js";
import { once } from "../once.js";
import { Problem } from "../problem.js";
import { senseMap as strings } from "../strings.js";

/** @typedef {"before" | "after"} Cue where that stands which tells the senses apart */
/** @typedef {{ sentences: string[], spans: [number, number][], marks: number[] }} Sentences spans in characters; marks: the sense of each */
/** @typedef {"homonym" | "polyseme" | "one sense" | ""} Kind "" for the reader's own */
/** @typedef {{ word: string, kind: Kind, senses: [string, string], cues: Partial<Record<Cue, Sentences>> }} Word */
/** @typedef {{ points: DataView, gap: DataView, nearest: DataView, groups?: DataView }} PackedResult */
/** @typedef {{ model: string, causal: boolean, layers: number, before: PackedResult, after?: PackedResult }} PackedModel */
/** @typedef {{ words: Word[], models: PackedModel[] }} Packed */
/** @typedef {{ value: number, low: number, high: number }} Interval */
/**
 * @typedef {object} Result of a model, for a word and a cue
 * @property {(depth: number, sentence: number) => { x: number, y: number }} point on the word's plane
 * @property {(depth: number) => Interval} gap
 * @property {(depth: number, sentence: number) => number} nearest which other sentence is; itself if all are alike
 * @property {((depth: number) => number)[]} groups the mean gap of homonyms, of polysemes, and perhaps of words of one sense
 */
/**
 * @typedef {object} Model
 * @property {string} name
 * @property {boolean} causal
 * @property {number} layers depths go from 0 to this
 * @property {(word: Word, cue: Cue) => Result} result
 */
/** @typedef {{ words: Word[], models: Model[], range: [number, number] }} Senses `range` holds all gaps and their intervals */

/**
 * The opened study, the same one for the same trait.
 * @type {(packed: Packed) => Senses}
 * @throws {Problem} arrays and texts do not fit
 */
export const openSenses = once((packed) => {
  const models = packed.models.map((model) => openModel(model, packed.words));
  const [low, high] = packed.models.flatMap(rangeOf).reduce(([a, b], [c, d]) => [Math.min(a, c), Math.max(b, d)], [0, 0.1]);
  return { words: packed.words, models, range: /** @type {[number, number]} */ ([low, high]) };
});

/**
 * @param {PackedModel} packed
 * @param {Word[]} words
 * @returns {Model}
 */
function openModel(packed, words) {
  const depths = packed.layers + 1;
  /** @type {Map<Cue, (word: Word) => Result>} */
  const byCue = new Map();
  for (const cue of /** @type {const} */ (["before", "after"])) {
    const held = packed[cue];
    const mine = words.filter(({ cues }) => cues[cue]);
    const n = mine[0]?.cues[cue]?.sentences.length;
    if (!held || !n) continue;
    const points = halves(held.points, mine.length * n * depths * 2, "points");
    const gaps = halves(held.gap, mine.length * depths * 3, "gap");
    const nearest = bytes(held.nearest, mine.length * depths * n, "nearest");
    const means = held.groups ? halves(held.groups, held.groups.byteLength / 2, "groups") : [];
    if (means.length % depths) throw new Problem(strings.damaged("groups"));
    const groups = Array.from({ length: means.length / depths }, (_, i) => (/** @type {number} */ depth) => means[i * depths + depth]);
    byCue.set(cue, (each) => resultOf(mine.indexOf(each)));

    /** @param {number} word @returns {Result} */
    const resultOf = (word) => ({
      point: (depth, sentence) => {
        const at = ((word * n + sentence) * depths + depth) * 2;
        return { x: points[at], y: points[at + 1] };
      },
      gap: (depth) => {
        const at = (word * depths + depth) * 3;
        return { value: gaps[at], low: gaps[at + 1], high: gaps[at + 2] };
      },
      nearest: (depth, sentence) => nearest[(word * depths + depth) * n + sentence],
      groups,
    });
  }
  return {
    name: packed.model,
    causal: packed.causal,
    layers: packed.layers,
    result(word, cue) {
      const made = byCue.get(cue);
      if (!made) throw new Problem(strings.damaged(cue));
      return made(word);
    },
  };
}

/** The lowest and the highest gap, intervals included. @param {PackedModel} packed @returns {[number, number][]} */
function rangeOf({ before, after }) {
  return [before, after].flatMap((held) => {
    if (!held) return [];
    const gaps = halves(held.gap, held.gap.byteLength / 2, "gap");
    return [/** @type {[number, number]} */ ([Math.min(...gaps), Math.max(...gaps)])];
  });
}

/**
 * @param {DataView} view
 * @param {number} count
 * @param {string} what
 */
function halves(view, count, what) {
  const copy = bytes(view, 2 * count, what);
  return halvesToFloats(new Uint16Array(copy.buffer));
}

/**
 * A copy, so that wider numbers lie where they may.
 * @param {DataView} view
 * @param {number} count
 * @param {string} what
 */
function bytes(view, count, what) {
  if (view.byteLength !== count) throw new Problem(strings.damaged(what));
  return new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}
