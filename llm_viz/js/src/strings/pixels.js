/** The view of the network that learns to see nine pixels. */
import { countOf, countText, probabilityText } from "../format.js";

const SYMBOLS = { solid: "solid", vertical: "vertical", horizontal: "horizontal", diagonal: "diagonal" };

const MINUS = "\u2212";
const signed = (/** @type {number} */ x) => {
  const text = Math.abs(x).toFixed(2);
  return Number(text) === 0 ? text : `${x < 0 ? MINUS : "+"}${text}`;
};
const size = (/** @type {number} */ x) => x.toFixed(x < 0.0995 ? 4 : 2);
const layerName = (/** @type {number} */ layer) => ["pixel", "layer 1, neuron", "layer 2, neuron", "output"][layer];

export const pixelNetwork = {
  title: "A network that learns to see nine pixels",
  tryThis: "Draw a line on the display: the network is guessing. Show it one example, then ten, then a few thousand, and draw again.",

  symbols: SYMBOLS,
  display: "Draw here",
  pixel: (/** @type {number} */ place) => `Pixel ${place}: row ${Math.ceil(place / 3)}, column ${((place - 1) % 3) + 1}, white`,
  examples: "Or take one of the symbols",
  take: (/** @type {keyof typeof SYMBOLS} */ symbol, /** @type {number} */ n, /** @type {number} */ of) => `${SYMBOLS[symbol]}, image ${n} of ${of}`,

  looks: "The picture shows",
  look: { image: "your display, flowing forward", lesson: "the last example, its error flowing back" },
  noLesson: "No example has been shown yet: show one to see its error come back.",
  imageText: (/** @type {keyof typeof SYMBOLS} */ wins, /** @type {number} */ output) =>
    `The highest output wins: it says ${SYMBOLS[wins]} (${output.toFixed(2)}).`,
  sumText: (/** @type {number} */ sum) => `The four sum to ${sum.toFixed(2)}: each is squashed alone, so it need not be 1.`,
  lessonText: (/** @type {number} */ n, /** @type {keyof typeof SYMBOLS} */ symbol, /** @type {keyof typeof SYMBOLS} */ said, /** @type {number} */ loss) =>
    `Example ${countText(n)} was ${SYMBOLS[symbol]}, with some noise. The network said ${SYMBOLS[said]}; loss ${loss.toFixed(2)}\u00a0nats. Then each weight was nudged:`,
  columns: ["pixels", "layer 1", "layer 2", "outputs"],
  output: (/** @type {number} */ x) => x.toFixed(2),
  outputError: (/** @type {number} */ x, /** @type {boolean} */ wanted) => `${x.toFixed(2)}, wanted ${wanted ? 1 : 0}`,
  pictureImage: (/** @type {string} */ image, /** @type {string} */ outputs) => `The network with ${image} on its display. Outputs: ${outputs}.`,
  pictureLesson: (/** @type {string} */ outputs) => `The network in its last lesson. Outputs: ${outputs}.`,
  outputsText: (/** @type {ArrayLike<number>} */ outputs) => Object.values(SYMBOLS).map((symbol, i) => `${symbol} ${outputs[i].toFixed(2)}`).join(", "),
  imageName: (/** @type {string} */ image) => [0, 3, 6].map((at) => image.slice(at, at + 3).replaceAll("1", "white ").replaceAll("0", "black ").trim()).join("; "),

  keys: {
    image: (/** @type {number} */ most) => ({
      minus: `negative weight; as thick as here: ${MINUS}${most.toFixed(2)}`,
      plus: `positive weight; as thick as here: +${most.toFixed(2)}`,
      text: `Thicker is further from 0. Circles: what a hidden neuron says, from ${MINUS}1 (blue) over 0 (white) to 1 (orange). Bars: outputs, 0 to 1.`,
    }),
    lesson: (/** @type {number} */ most) => ({
      minus: `weight nudged down; as thick as here: by ${size(most)}`,
      plus: `weight nudged up; as thick as here: by ${size(most)}`,
      text: "Circles: the error that came back to a neuron. Orange: its sum was too high for this example; blue: too low. Bars: outputs before the nudge.",
    }),
  },
  bias: "Each neuron also adds one number of its own, its bias. Biases are learned too; they stand in the table.",

  show: { 1: "Show one example", 10: "Show ten", 1000: "Show a thousand" },
  restart: "Other starting weights",
  full: (/** @type {number} */ most) => `${countText(most)} examples are as many as this figure keeps. Reset, or try other starting weights.`,
  seen: (/** @type {number} */ n, /** @type {number} */ share, /** @type {{ count: number, symbol: keyof typeof SYMBOLS, share: number }} */ tests) =>
    `${n ? `${countOf(n, "example")} shown` : "No example shown yet"}. The network names ${probabilityText(share)} of ${countText(tests.count)} noisy symbols rightly, none of which it has learned from; always saying “${SYMBOLS[tests.symbol]}” would name ${probabilityText(tests.share)}.`,
  range: (/** @type {number} */ low, /** @type {number} */ high) => `Its weights lie between ${signed(low)} and ${signed(high)}.`,

  rate: "Learning rate",
  rateMark: (/** @type {number} */ rate) => `a nudge is ${rate} × the slope`,
  hidden: "Neurons in each layer",
  hiddenMark: (/** @type {number} */ n) => `9-${n}-${n}-4: ${countText(9 * n + n * n + 4 * n)} weights, ${2 * n + 4} biases`,
  again: "When you move a slider, the network begins anew and sees the same examples as before.",

  curve: "Loss as it learns",
  curveAxis: "loss, nats",
  curveEnd: (/** @type {number} */ n) => (n ? countOf(n, "example") : "examples"),
  guessing: "all outputs always 1/4",
  curveLabel: (/** @type {number} */ n, /** @type {number} */ first, /** @type {number} */ last) =>
    n ? `Loss over ${countOf(n, "example")}: it begins at ${first.toFixed(2)} and ends at ${last.toFixed(2)} nats.` : "Loss: nothing yet.",
  curveNote: (/** @type {number} */ width) => `Each point: ${width > 1 ? `the mean of ${countOf(width, "example")}` : "one example"}. Dashed: the loss if all outputs were always a quarter.`,
  curveEmpty: "Show examples, and the loss is drawn here.",

  table: ["Neuron", "Its output", "Looks at", "Which is", "Weight", "Nudge in the last lesson"],
  neuron: (/** @type {number} */ layer, /** @type {number} */ i) => (layer === 3 ? `output, ${Object.values(SYMBOLS)[i]}` : `${layerName(layer)} ${i + 1}`),
  biasName: "bias",
  number: (/** @type {number} */ x) => x.toFixed(3).replace("-", MINUS),
  nudge: (/** @type {number} */ x) => x.toFixed(5).replace("-", MINUS),
  noNudge: "none yet",

  badPixels: (/** @type {unknown} */ value) => `pixels is “${value}”; expected nine characters, each 0 (black) or 1 (white)`,
  badNumber: (/** @type {string} */ name, /** @type {unknown} */ value, /** @type {number} */ min, /** @type {number} */ max, /** @type {boolean} */ whole) =>
    `${name} is ${value}; expected a ${whole ? "whole " : ""}number from ${min} to ${countText(max)}`,
  badLook: (/** @type {unknown} */ value) => `look is “${value}”; expected image or lesson`,
};
