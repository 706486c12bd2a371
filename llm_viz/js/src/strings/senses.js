/** SenseMap: a word in two senses, through the layers. */

/** After which layer, as the lens says it: -1 is the embedding. @param {number} layer */
const after = (layer) => (layer === -1 ? "at the embedding" : `after layer ${layer}`);

/** @param {number} n */
const signed = (n) => (Math.abs(n) < 0.005 ? "0" : n.toFixed(2).replace("-", "\u2212"));

export const senseMap = {
  title: "One word, two senses",
  tryThis: "Move the slider from the embedding up to the last layer: where do the two senses part? Then put the clue after the word.",

  word: "Word",
  kinds: {
    homonym: "Homonyms: two words, spelt alike",
    polyseme: "Polysemes: one word, two related senses",
    "one sense": "One sense in two scenes, to compare",
    "": "Your own",
  },
  option: (/** @type {string} */ word, /** @type {string[]} */ senses) => `${word} (${senses.join(" / ")})`,
  model: "The model looks",
  looks: (/** @type {boolean} */ causal, /** @type {string} */ name) => [causal ? "backwards only" : "both ways", name],
  cue: "The clue that tells the senses apart stands",
  cues: { before: "before the word", after: "after the word" },
  noCue: "These sentences have the clue before the word only.",
  layer: "Layer",
  layerMark: (/** @type {number} */ layer, /** @type {number} */ layers) =>
    layer === -1 ? "the embedding: the word alone" : `after layer ${layer} of 0 to ${layers - 1}`,
  shortLayer: (/** @type {number} */ layer) => (layer === -1 ? "emb." : String(layer)),

  map: (/** @type {string} */ word, /** @type {number} */ layer, /** @type {string} */ found) =>
    `A plane with one point for each sentence with ${word}, ${after(layer)}. ${found}`,
  mapHeading: (/** @type {string} */ word, /** @type {number} */ layer) => `The vector of “${word}” in each sentence, ${after(layer)}`,
  legend: (/** @type {string} */ word, /** @type {"before" | "after"} */ cue) =>
    `The tail is the way through the layers so far. The cross is the mean of “${word}” over ${cue === "before" ? "its sentences" : "the sentences with the clue before it"}.`,
  onePoint: (/** @type {number} */ n) => `${n} sentences, one point`,
  ruler: (/** @type {string} */ share) => `${share} of the vector's length`,
  notes: [
    "The plane stays the same at all layers: it is the one in which these paths spread most, and it was chosen without knowing the senses. " +
      "It shows two directions of hundreds; the gap and the neighbours are measured in all of them.",
    "Gap: how much more alike (by cosine, the word's mean taken out) two sentences of one sense are than two of different senses. 0: the sense plays no part. " +
      "Band: 95\u00a0% of the gaps when the sentences are drawn again at random.",
  ],

  found: (/** @type {number} */ own, /** @type {number} */ n, /** @type {string} */ chance) => `${own} of ${n} sentences have their nearest neighbour in their own sense (${chance} would by chance).`,
  gapIs: (/** @type {number} */ gap, /** @type {number} */ low, /** @type {number} */ high) =>
    `Gap between the senses: ${signed(gap)} (interval ${signed(low)} to ${signed(high)}).`,
  allAlike: (/** @type {number} */ n) => `All ${n} vectors are the same, so the gap is 0.`,
  atStart: "So far each is the word's own entry in the table of vectors.",
  cannotKnow: "All sentences begin alike, and this model has not seen what comes after the word.",

  curveHeading: "Gap between the senses, layer by layer",
  curve: (/** @type {string} */ word, /** @type {string} */ best, /** @type {number} */ layer) =>
    `A curve over the layers: the gap between the senses of ${word} is largest, ${best}, ${after(layer)}.`,
  curveLegend: (/** @type {string} */ word) => [`${word}, with its interval`, "mean of the homonyms", "mean of the polysemes", "mean of words of one sense, in two scenes"],
  axis: "Layer",
  signed,

  sentences: "The sentences",
  nearest: (/** @type {string} */ sense, /** @type {string} */ text) => `Nearest: ${sense}, “${text}”`,
  pointAt: "Point at a mark, or choose a sentence, to see them together.",
  columns: ["After layer", "Gap", "Interval from", "to", "Nearest in own sense", "Mean of homonyms", "Mean of polysemes", "Mean of words of one sense"],
  spoken: (/** @type {number} */ layer, /** @type {string} */ found) => `${layer === -1 ? "The embedding" : `After layer ${layer}`}. ${found}`,

  own: "Your own word and sentences",
  ownWord: "The word",
  ownSenses: ["Sentences of one sense, one a line", "Sentences of the other sense, one a line"],
  ownHint: "Two sentences or more of each sense, each with the word once. If a sentence has it twice, mark the one you mean: *bank*.",
  ownNeeds: "Your own sentences need Python: open this notebook in Jupyter.",
  ownNoModel: "This figure was made without a model, so it cannot read your own sentences.",

  damaged: (/** @type {string} */ what) => `The figure's data are damaged: ${what} cannot be right; make the figure again.`,
  noWord: (/** @type {string} */ word) => (word ? `There is no word “${word}” here; choose one from the list.` : "You have given no word of your own yet; choose one from the list."),
  badLayer: (/** @type {unknown} */ layer) => `layer is ${layer}; expected a whole number from -1 (the embedding)`,
};
