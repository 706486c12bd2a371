/** Word vectors: the views of analogies and directions. */
import { countOf, countText } from "../format.js";
import { fileErrors } from "./errors.js";

/** A reader's own word, short enough for a sentence. */
const brief = (/** @type {string} */ typed) => ([...typed].length > 40 ? `${[...typed].slice(0, 40).join("")} …` : typed);

export const wordErrors = /* @__PURE__ */ fileErrors("word vectors", {
  unnamed: "the widget names no word vectors",
  rows: (/** @type {number} */ words, /** @type {string} */ shape) =>
    `the file of word vectors is damaged: it has ${countOf(words, "word")} and vectors of shape ${shape}; load it again`,
  widths: (/** @type {number} */ one, /** @type {number} */ other) =>
    `the words have vectors of ${one} numbers and of ${other}; give the widget words of one kind`,
  empty: "No word stands here yet; type one.",
  several: (/** @type {string} */ typed, /** @type {number} */ n) =>
    `“${brief(typed)}” is ${n} words, and each vector belongs to one; type a single word.`,
  unknown: (/** @type {string} */ word, /** @type {number} */ size, /** @type {boolean} */ near) =>
    `“${brief(word)}” is not among the ${countText(size)} words here` +
    (near ? "; nearest in spelling:" : ", and none is spelt like it; try another."),
  thrice: (/** @type {string} */ word) =>
    `All three words are “${brief(word)}”, so the sum is that word again; change at least one.`,
});

export const wordSetErrors = {
  ends: "the two ends",
  tested: "the two sets that are tested",
  compared: "the two sets that they are compared with",
  noWords: (/** @type {string} */ what) => `One of ${what} has no words; type at least one.`,
  shared: (/** @type {string[]} */ words, /** @type {string} */ what) =>
    `${words.map((word) => `“${word}”`).join(", ")} ${words.length === 1 ? "stands" : "stand"} in both of ${what}; ` +
    "leave it in one of them.",
  onePoint: "The two ends lie on one point, so there is no direction between them; take other words.",
  oneTested: (/** @type {number} */ x, /** @type {number} */ y) =>
    `The sets that are tested have ${x} and ${countOf(y, "word")}; give at least 2 each, or there is nothing to tell chance from.`,
  tooFew: (/** @type {number} */ n) => `${countOf(n, "word")} are too few to see what remains of a direction.`,
};

export const wordField = {
  take: (/** @type {string} */ word) => `Take ${word}`,
};

export const analogy = {
  title: "Arithmetic with words",
  tryThis: "Choose an example, and guess before you look. Then put the three words back in.",
  loading: "Loading the words …",

  example: "Example",
  ownWords: "Your own words",
  asked: (/** @type {string} */ a, /** @type {string} */ b, /** @type {string} */ c) => `${a} : ${b} = ${c} : ?`,
  fields: ["This word (a)", "is to this one (b)", "as this one (c)", "is to"],
  noAnswer: "?",
  exclude: "Leave out the three words themselves",

  sum: "sum",
  sumOf: (/** @type {string} */ a, /** @type {string} */ b, /** @type {string} */ c) => `${b} \u2212 ${a} + ${c}`,
  reading: (/** @type {string} */ a, /** @type {string} */ b, /** @type {string} */ c, /** @type {string} */ best) =>
    `By this sum, ${a} is to ${b} as ${c} is to ${best || "nothing here"}.`,
  nearest: (/** @type {string} */ sum) => `Words nearest to ${sum}`,
  cosine: (/** @type {number} */ value) => value.toFixed(2).replace("-", "\u2212"),
  axis: "Bar: cosine of the angle between the word and the sum, from 0 to 1 (the same direction).",
  isInput: "one of the three",
  isExpected: "as expected",
  expected: (/** @type {string} */ word, /** @type {number} */ rank, /** @type {number} */ of) => {
    if (rank === 1) return `Most people would say ${word}, too.`;
    return `Most people would say ${word}. Here it ${rank ? `is number ${rank}` : `is not among the first ${of}`}.`;
  },
  rate: (/** @type {string} */ family, /** @type {string} */ share, /** @type {string} */ asked) =>
    `${family}: ${share} of ${asked} such questions of the Google analogy test come out right, with the three words left out.`,
  leftOut: (/** @type {string} */ word) => `Left out: ${word} would have come first. Often the nearest word to the sum is one that went into it.`,

  picture: (/** @type {string[]} */ [a, b, c], /** @type {string} */ best) =>
    `A parallelogram: from ${a} to ${b}, and the same step from ${c} to the sum. The nearest answer is ${best}.`,
  legend: ["the three words", "their sum, b \u2212 a + c", "answers; the first one is joined to the sum"],
  offPlane: (/** @type {string} */ word, /** @type {string} */ far, /** @type {string} */ seen) =>
    `The three words and their sum lie in this plane; answers do not. ${word} is ${far} away from the sum, and ${seen} of that is seen here.`,
  plane: (/** @type {number} */ width, /** @type {string} */ least, /** @type {string} */ most) =>
    `These are 2 of ${countText(width)} dimensions: they hold ${least} to ${most} of the length of these words' vectors.`,

  columns: ["Word", "Rank", "Cosine with the sum", "Along a to b", "Across it", "Off the plane", "Length in these two directions"],
  spoken: (/** @type {string} */ reading, /** @type {string[]} */ next) => reading + (next.length ? ` Then ${next.join(", ")}.` : ""),
};

export const direction = {
  title: "Words along a line",
  tryThis: "Add a word of your own: where will it fall? Then take the direction out, and see what is left.",
  loading: "Loading the words …",

  example: "Example",
  ownWords: "Your own words",
  fields: {
    low: "Words at the left end",
    high: "Words at the right end",
    words: "Words to place between them",
    targets_x: "Tested: first set",
    targets_y: "Tested: second set",
    attributes_a: "Compared with: first set",
    attributes_b: "Compared with: second set",
  },
  tooMany: (/** @type {number} */ n, /** @type {number} */ most) =>
    `There are ${countText(n)} words to place, and at most ${most} can be read on a line; take some away.`,
  oneWord: "An end of one word brings in everything else that this word means; give several words for each end.",

  signed: (/** @type {number} */ value) => (Math.abs(value) < 0.005 ? "0" : value.toFixed(2).replace("-", "\u2212")),
  lineHeading: "Position: cosine with the direction from the left end to the right",
  ends: (/** @type {string} */ low, /** @type {string} */ high) => /** @type {[string, string]} */ ([`←\u00a0${low}`, `${high}\u00a0→`]),
  line: (/** @type {string} */ low, /** @type {string} */ high, /** @type {string[]} */ words) =>
    `A line from ${low} to ${high}. From left to right: ${words.join(", ") || "no words yet"}.`,

  legend: "Blue leans to the left end, orange to the right end, white to neither.",
  debias: "Take this direction out of every vector",
  halved: (/** @type {string[]} */ taken) =>
    "Along the whole direction every word is now at 0, so that shows nothing. To see what is left, the direction of half the words " +
    `(${taken.join(", ")}) is taken out here, and the other half measures.`,
  noHalves: "Along this direction every word is now at 0. Give each end two words or more, and one half can measure what the other takes out.",
  movedHeading: "Above: after the direction is taken out. Below: before",
  movedLine: (/** @type {string} */ low, /** @type {string} */ high, /** @type {string[]} */ words) =>
    `With the direction taken out, from ${low} to ${high}: ${words.join(", ") || "no words yet"}.`,
  remains: (/** @type {number} */ n, /** @type {number} */ k, /** @type {string} */ before, /** @type {string} */ after) =>
    `Of all words, take the ${countText(n)} that leant most to each side. Of the ${k} nearest neighbours of each, ` +
    `${before} were from its own side before, and ${after} still are; 50\u00a0% would be chance.`,

  test: "Do two sets of words keep different company?",
  testIs:
    "The Word Embedding Association Test (WEAT) asks whether the first set lies nearer to the one set that it is " +
    "compared with than the second set does. The words of the test need not be those of the line.",
  outcomeColumns: ["Vectors", "Effect d", "By chance alone (p)"],
  times: ["as they were learned", "with the direction above taken out"],
  effect: (/** @type {number} */ d) => d.toFixed(2).replace("-", "\u2212"),
  ways: (/** @type {number} */ n, /** @type {boolean} */ exact) =>
    "d counts standard deviations: 0 is no difference, beyond 0.8 is called large, about 2 is as far as it goes. p is the share of " +
    `${exact ? `all ${countText(n)}` : `${countText(n)} random`} ways to share out the tested words that differ as much.`,
  setWords: "The words of the test",

  plainly: "What a bias in texts is, and is not",
  bias: [
    "These numbers say which words people wrote near which, in the texts that the vectors were learned from: nothing more. " +
      "They do not say what is true of anyone, what ought to be, or what a writer meant.",
    "A word may lean because of how the world was, because of who was written about, or out of habit; the number does not know which. " +
      "But a program that uses these vectors will act on it.",
    "Taking one direction out changes this measure more than it changes the vectors. Doing better is a field of research of its own.",
  ],

  columns: ["Word", "Position", "By the measuring half, before", "After"],
  spoken: (/** @type {string[]} */ words) => `From left to right: ${words.join(", ")}.`,
};
