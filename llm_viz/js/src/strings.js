/**
 * Every string that a reader may see, in one place, ready for translation. One group a module, so
 * that a view's bundle holds only the groups it uses.
 */
import { countOf, countText } from "./format.js";

/** A share that the reader has set, digit for digit. */
const share = (/** @type {number} */ p) => `${Number((100 * p).toFixed(3))}\u00a0%`;

/** A reader's own word, short enough for a sentence. */
const brief = (/** @type {string} */ typed) => ([...typed].length > 40 ? `${[...typed].slice(0, 40).join("")} …` : typed);

export const traceErrors = {
  foreign: "these bytes are no llm_viz trace; give the widget a trace, or its encode()",
  cutShort: (/** @type {number} */ expected, /** @type {number} */ found) =>
    `the trace is cut short: it has ${found} bytes of ${expected}; load or copy it again`,
  schema: (/** @type {number} */ known) =>
    `the trace is of another schema than ${known}; update llm_viz, or run the text again`,
  damaged: (/** @type {string} */ part, /** @type {unknown} */ found, /** @type {unknown} */ expected) =>
    `the trace is damaged: its ${part} is ${found}, expected ${expected}; run the text again`,
  missingSite: (/** @type {string} */ name, /** @type {string[]} */ held) =>
    `this trace has no "${name}" (it has ${held.join(", ") || "no sites"}); ` +
    `run the text again with sites=("${name}", ...) and give the widget that trace`,
  missingPosition: (/** @type {number[]} */ rows, /** @type {number} */ wanted) =>
    `this trace holds logits for the positions ${rows.join(", ")} only, not ${wanted}; ` +
    "run the text again with positions=None",
  encoding: (/** @type {string} */ how, /** @type {string} */ name) =>
    `unknown encoding "${how}" of "${name}"; update llm_viz, or run the text again`,
};

export const samplingErrors = {
  temperature: (/** @type {unknown} */ value) =>
    `temperature is ${value}; it must be a finite number, 0 (greedy) or more`,
  topK: (/** @type {unknown} */ value) => `top-k is ${value}; it must be a whole number, 1 or more, or off`,
  share: (/** @type {string} */ name, /** @type {unknown} */ value) =>
    `${name} is ${value}; it must be above 0 and at most 1, or off`,
  minP: (/** @type {unknown} */ value) => `min-p is ${value}; it must lie between 0 and 1, or be off`,
  size: (/** @type {number} */ found, /** @type {number} */ most) =>
    `there are ${found} logits; expected 1 to ${most}`,
  notFinite: "a logit is NaN or infinite; the model's numbers have overflowed",
  allImpossible: "every logit is minus infinity; no token is left to choose from",
};

export const assetErrors = {
  notLoaded: (/** @type {string} */ name, /** @type {string} */ why) =>
    `the file ${name} could not be loaded (${why}); reload the page, or build the book again`,
  noScript: (/** @type {string} */ name) => `the file ${name}.js is not beside this page; unpack the whole book`,
  emptyReply: (/** @type {string} */ name) => `Python answered without the file ${name}; update llm_viz`,
  vocabulary: "the file of token names cannot be read; update llm_viz",
};

export const tokenizerErrors = {
  missing: "the widget names no tokenizer",
  unknownPart: (/** @type {string} */ why) => `this model's tokenizer cannot run in a page (${why})`,
  otherIds: (/** @type {string} */ text) =>
    `this model's tokenizer cannot run in a page: it would cut ${JSON.stringify(text)} otherwise than Python does`,
  surrogate: (/** @type {number} */ at, /** @type {number} */ code) =>
    `character ${at} of the text is half of a surrogate pair (U+${code.toString(16).toUpperCase()}), ` +
    "which stands for no character; remove it",
};

export const wordErrors = {
  unnamed: "the widget names no word vectors",
  foreign: "this file holds no word vectors of llm_viz; make it again with the version that shows it",
  cutShort: (/** @type {number} */ expected, /** @type {number} */ found) =>
    `the file of word vectors is cut short: it has ${found} bytes of ${expected}; load it again`,
  schema: (/** @type {number} */ known) =>
    `the file of word vectors is of another schema than ${known}; update llm_viz, or make the file again`,
  damaged: (/** @type {string} */ part) =>
    `the file of word vectors is damaged: its ${part} cannot be right; load it again`,
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

export const kernelErrors = {
  emptyReply: "Python answered without a trace; update llm_viz",
};

export const chipText = {
  earlier: (/** @type {number} */ n) => `… ${countOf(n, "earlier token")}`,
  unnamed: (/** @type {number} */ id) => `#${id}`,
  id: (/** @type {number} */ id) => `token number ${id}`,
  bytes: (/** @type {number} */ n, /** @type {string} */ bytes) => `${countOf(n, "byte")}: ${bytes}`,
};

export const sliderText = {
  off: "off",
  asNumber: (/** @type {string} */ label) => `${label}, as a number`,
  notInRange: (/** @type {string} */ label, /** @type {string} */ value, /** @type {number} */ min, /** @type {number} */ max) =>
    `${label} is ${value}; choose ${countText(min)} to ${countText(max)}`,
};

export const frameText = {
  tryLabel: "Try this:",
  reset: "Reset",
  table: "The same as a table",
};

export const shareText = {
  share: "Share",
  copyLink: "Copy link",
  copied: "The link is copied.",
  copyThis: (/** @type {string} */ link) => `Copy this: ${link}`,
  saveSvg: "Picture as SVG",
  savePng: "Picture as PNG",
  saved: "Saved.",
  failed: (/** @type {string} */ why) => `That did not work: ${why}.`,
};

export const addressText = {
  ignored: "Part of this page's address was not understood and is ignored.",
  unknown: (/** @type {string} */ name) => `No figure here has “${name}”.`,
  refused: (/** @type {string} */ trait, /** @type {string} */ found, /** @type {string} */ expected) =>
    `${trait.replaceAll("_", " ")} is “${found}”; expected ${expected}.`,
  number: (/** @type {number | undefined} */ min, /** @type {number | undefined} */ max, /** @type {boolean} */ whole) =>
    `a ${whole ? "whole " : ""}number${min === undefined ? "" : ` from ${min}`}${max === undefined ? "" : ` to ${max}`}`,
  text: (/** @type {number} */ most) => `at most ${countText(most)} characters`,
  more: (/** @type {number} */ n) => `And ${n} more.`,
};

export const ownText = {
  label: "Your own text",
  run: "Run",
  running: "Running …",
  needsPython: "Your own text needs Python: open this notebook in Jupyter.",
};

export const nextToken = {
  title: "What comes next?",
  tryThis: "Set the temperature to 0, then to 2, and watch the bar of all other tokens.",

  text: "Text",
  ownOption: (/** @type {string} */ text) => `Your own: ${text}`,
  chips: (/** @type {number} */ n) => `The text as ${countOf(n, "token")}; arrow keys move along it`,
  slot: "next?",

  fetching: "Loading the model's answer …",
  noVocabulary: "the widget names no file of token names",
  noNames: (/** @type {string} */ why) => `Tokens are shown by number: ${why}.`,
  nothing: "There is no text yet: give the widget a trace.",

  bars: (/** @type {number} */ n) => `The ${n} most likely next tokens`,
  had: (/** @type {string} */ p) => `had ${p}`,
  others: (/** @type {number} */ n) => (n ? `${countText(n)} other token${n === 1 ? "" : "s"}` : "no other token"),
  cut: (/** @type {number} */ n) => (n ? `${countText(n)} cut away` : "nothing cut away"),
  drawn: (/** @type {number} */ observed, /** @type {string} */ expected) =>
    `drawn ${countText(observed)}, expected ${expected}`,
  scale: "Scale",
  linear: "linear",
  log: "log",
  axis: "probability",
  axisLog: "probability; each line is 100 times the one before",

  legendKept: "probability of coming next",
  legendTail: "all other tokens together",
  legendCut: "cut away: what it had before",
  legendDrawn: "share of your draws",

  candidates: "Can be drawn",
  candidatesOf: (/** @type {number} */ all) => `of ${countOf(all, "token")}`,
  nucleus: (/** @type {number} */ p) => `${p} nucleus`,
  tokens: (/** @type {number} */ n) => countOf(n, "token"),
  nucleusNote: (/** @type {number} */ p) => `the fewest that hold ${share(p)}`,
  entropy: "Entropy",
  bits: (/** @type {string} */ h) => `${h}\u00a0bits`,
  entropyNote: (/** @type {number} */ n) => (n < 1.05 ? "no doubt at all" : `like a fair choice among ${n < 9.95 ? n.toFixed(1) : countText(n)}`),

  temperature: "Temperature",
  temperatureMark: (/** @type {number} */ t) => {
    if (t === 0) return "always the top token";
    if (t < 1) return "bolder about its favourites";
    return t === 1 ? "the model's own probabilities" : "more even, more surprising";
  },
  topK: "Top-k",
  topKMark: (/** @type {number | null} */ k) => (k === null ? "keeps every token" : `keeps the ${k === 1 ? "top token" : `${countText(k)} most likely`}`),
  topP: "Top-p",
  topPMark: (/** @type {number | null} */ p) => (p === null ? "keeps every token" : `keeps the fewest that reach ${share(p)}`),
  minP: "Min-p",
  minPMark: (/** @type {number | null} */ p) =>
    p === null ? "keeps every token" : `keeps those with ${share(p)} of the top one's or more`,
  all: "all",

  sampling: "How boldly to choose",
  drawing: "Draw from it",
  drawOne: "Draw 1",
  drawMany: (/** @type {number} */ n) => `Draw ${n}`,
  clear: "Clear",
  seed: "Seed",
  noDraws: "One draw picks the next token by chance.",
  draws: (/** @type {number} */ n, /** @type {string} */ last) =>
    `${countOf(n, "draw")}, the last one ${last}. Move a slider: the same luck, read anew.`,
  enough: (/** @type {number} */ n) => `${countText(n)} draws; clear them to draw again.`,

  columns: ["Rank", "Token", "Number", "Probability", "Before the cut", "Drawn", "Expected"],

  spoken: (/** @type {{ top: string, p: string, others: string, tail: string, entropy: string, last: string }} */ now) =>
    `Most likely: ${now.top}, ${now.p}. ${now.others}: ${now.tail}. Entropy ${now.entropy}.` +
    (now.last && ` Drawn last: ${now.last}.`),
  badPrompt: (/** @type {unknown} */ value, /** @type {number} */ n) =>
    `prompt is ${value}; expected 0 to ${n - 1}, or -1 once there is a text of your own`,
  badScale: (/** @type {unknown} */ value) => `scale is ${value}; expected "linear" or "log"`,
  badWhole: (/** @type {string} */ name, /** @type {unknown} */ value, /** @type {number} */ min, /** @type {number} */ max) =>
    `${name} is ${value}; expected a whole number from ${countText(min)} to ${countText(max)}`,
};

export const generation = {
  title: "A text, one token at a time",
  tryThis: "Press Play. Then turn the temperature up, and compare the six seeds.",

  prompt: "Beginning",
  ownOption: (/** @type {string} */ text) => `Your own: ${text}`,
  temperature: "Temperature",
  temperatureMark: (/** @type {number} */ t) => {
    if (t === 0) return "always the top token";
    if (t < 1) return "bolder about its favourites";
    return t === 1 ? "the model's own probabilities" : "more even, more surprising";
  },
  seed: "Seed",
  seedMark: "another seed, another draw",
  seedNoPart: "at temperature 0 nothing is drawn: all seeds give this text",

  transport: "Play the text",
  play: "Play",
  pause: "Pause",
  stop: "Stop",
  back: "Back",
  step: "Step",
  end: "End",
  position: (/** @type {number} */ shown, /** @type {number} */ all) => `${countText(shown)} of ${countOf(all, "token")}`,
  speed: "Tokens a second",
  speedMark: (/** @type {number} */ speed, /** @type {number | null} */ measured) => {
    if (measured === null) return "you speak about three or four";
    return speed === measured ? "as fast as it was written" : `it was written at ${countText(measured)} a second`;
  },

  chip: (/** @type {string} */ name, /** @type {string} */ p) => `${name}, ${p}`,
  chips: (/** @type {number} */ n) => `${countOf(n, "token")} that the model added; arrow keys move along them`,
  ended: (/** @type {string} */ why) =>
    ({ "stop token": "The model ended it here.", length: "…", "context full": "The model can read no more." })[why] ?? "",
  legend: "Shade: probability of the token when it was drawn, at this temperature",
  notWritten: "Nothing is written yet at this temperature and seed: press Run.",
  noText: "There is no text at this temperature and seed.",

  alternatives: (/** @type {number} */ place) => `What could have been token ${countText(place)}`,
  noAlternatives: "Press Play or Step, and see what each token was drawn from.",
  keyChance: "probability when drawn",
  keyProb: "the model's own, at temperature 1",
  own: (/** @type {string} */ p, /** @type {boolean} */ drawn) => `${drawn ? "drawn; " : ""}at T = 1: ${p}`,
  drawnNote: (/** @type {string} */ name, /** @type {number} */ id, /** @type {number} */ temperature) =>
    temperature === 0 ? `Taken: ${name}, token number ${id}, the likeliest.` : `Drawn: ${name}, token number ${id}.`,

  alike: "How alike the texts are, by temperature",
  atTemperature: (/** @type {number} */ t, /** @type {boolean} */ current) => `${current ? "▸ " : ""}T = ${t}`,
  keyShared: "share of tokens in common, same beginning",
  keyUnrelated: "the same for different beginnings",
  shared: (/** @type {number} */ t, /** @type {number} */ different, /** @type {string} */ unrelated) =>
    (t === 0 ? "always the same" : countOf(different, "different text")) + (unrelated && `; unrelated ${unrelated}`),

  columns: ["Place", "Token", "Number", "Probability when drawn", "The model's own", "Most likely", "Its probability"],

  spoken: (/** @type {string} */ prompt, /** @type {string} */ text) => `${prompt}${text}`,
  spokenStep: (/** @type {number} */ place, /** @type {string} */ name, /** @type {string} */ p) =>
    `Token ${place}: ${name}, ${p}.`,
  unreadable: "these texts cannot be read; update llm_viz, or write them again",
  nothing: "There is no text yet: give the widget a model, or texts that one wrote.",
  badPrompt: (/** @type {unknown} */ value, /** @type {number} */ n) =>
    `prompt is ${value}; expected 0 to ${n - 1}, or -1 once there is a text of your own`,
  badTemperature: (/** @type {unknown} */ value) => `temperature is ${value}; it must be 0 or more`,
  badSeed: (/** @type {unknown} */ value, /** @type {number[]} */ seeds) =>
    `seed is ${value}; there are texts for ${seeds.join(", ")}`,
  badStep: (/** @type {unknown} */ value) => `step is ${value}; expected a whole number, 0 or more`,
  badSpeed: (/** @type {unknown} */ value, /** @type {number} */ min, /** @type {number} */ max) =>
    `speed is ${value}; expected ${min} to ${max} tokens a second`,
};

export const tokens = {
  title: "How a text is cut",
  tryThis: "Type anything: a long word, a number, an emoji, another language.",

  field: "Text",
  placeholder: "Type a text of your own …",
  own: "Your text",
  loading: "Loading the tokenizer …",
  notHere: (/** @type {string} */ why) => `Only the given texts can be cut: ${why}.`,
  tooLong: (/** @type {number} */ n, /** @type {number} */ most) =>
    `the text has ${countText(n)} characters; at most ${countText(most)} are cut here: shorten it`,
  beyond: (/** @type {number} */ n, /** @type {number} */ most) =>
    `The text has ${countText(n)} characters; the first ${countText(most)} are cut here.`,
  noTexts: "the widget's texts and labels do not belong together; give one label for each text",
  badMeasure: (/** @type {unknown} */ value) => `measure is ${value}; expected tokens, per_word, per_character or bytes_per_token`,
  emptyReply: "Python answered without tokens; update llm_viz",
  empty: "There is nothing to cut yet.",
  lost: (/** @type {number} */ n) =>
    `${countOf(n, "byte")} of this text ${n === 1 ? "has" : "have"} no token in this vocabulary: the model does not see ${n === 1 ? "it" : "them"}.`,
  quoted: (/** @type {string} */ text) => `“${text}”`,
  chips: (/** @type {string} */ label, /** @type {number} */ n) => `${label} as ${countOf(n, "token")}; arrow keys move along`,

  measure: "Compare",
  measures: /** @type {Record<string, string>} */ ({
    tokens: "tokens",
    per_word: "tokens per word",
    per_character: "tokens per character",
    bytes_per_token: "bytes per token",
  }),
  explained: /** @type {Record<string, string>} */ ({
    tokens: "How many tokens each text takes: what the model has to read, and what one pays for.",
    per_word:
      "A word is what stands between spaces and holds a letter or a digit. Scripts that put no spaces between words have no such number.",
    per_character:
      "A character is a Unicode code point; an accent or an emoji's skin tone may be one of its own. Scripts pack more or less into one.",
    bytes_per_token: "How much of the stored text (UTF-8) one token holds. More is cheaper, but scripts need 1 to 4 bytes a character.",
  }),
  value: /** @type {Record<string, (x: string) => string>} */ ({
    tokens: (x) => x,
    per_word: (x) => `${x}\u00a0a word`,
    per_character: (x) => `${x}\u00a0a character`,
    bytes_per_token: (x) => `${x}\u00a0bytes`,
  }),
  times: (/** @type {string} */ x) => `${x}\u00a0×`,
  timesNote: (/** @type {string} */ first) => `The number with × compares with ${first}: the texts say the same thing.`,
  noWords: "no spaces between words",
  nothing: "no text",

  shades: "One shade from space to space; each frame is a token.",
  startMark: (/** @type {string} */ token) => `Dashed: ${token}, which is put around every text; it is not counted.`,

  figures: ["Tokens", "Words", "Characters", "Bytes (UTF-8)", "Tokens per word", "Bytes per token"],
  none: "–",
  tokenColumns: ["Position", "Token", "Number", "Bytes"],
  textColumns: ["Text", "Tokens", "Words", "Characters", "Bytes", "Tokens per word", "Tokens per character", "Bytes per token"],
  spoken: (/** @type {number} */ tokens, /** @type {number | null} */ words) =>
    countOf(tokens, "token") + (words ? `, ${countOf(words, "word")}.` : "."),
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
