/** The view of windows of layers: facts known, and copies made, with some layers off. */
import { countText, probabilityText } from "../format.js";
import { fileErrors } from "./errors.js";

/** @typedef {{ kind: "mlp" | "attention", start: number, width: number }} Window */
/** @typedef {{ right: number, of: number, low: number, high: number, before: number, after: number }} Count */

const windowName = (/** @type {Window} */ { kind, start, width }) => {
  const name = kind === "mlp" ? "FFN" : "attention";
  return width === 1 ? `L${start} ${name}` : `${name}s ${start}\u2013${start + width - 1}`;
};
const plural = { fact: "facts", copy: "copies" };
const percent = (/** @type {number} */ share) => `${Math.round(100 * share)}\u00a0%`;
const kinds = { mlp: "feed-forward", attention: "attention" };
const half = {
  reporting: "fresh questions",
  choosing: "those that chose the windows",
  all: "all questions",
};

export const layerWindows = {
  title: "Known or copied: what goes with a window of layers?",
  tryThis: "Guess first: which are lost without the feed-forward layers, facts or copies? Move the start, then switch off attentions instead.",

  kinds: "Switch off",
  kind: kinds,
  start: "First layer that is off",
  startMark: (/** @type {number} */ start, /** @type {number} */ layers) => `layer ${start} of 0 to ${layers - 1}`,
  width: "Layers in the window",
  widthMark: (/** @type {number} */ n) => (n === 1 ? "one layer alone" : `${n} in a row`),
  halves: "Count on",
  half,
  window: windowName,
  nowOff: (/** @type {Window} */ window, /** @type {keyof typeof half} */ counted) =>
    `Off: ${windowName(window)}. Counted on ${half[counted]}` + (counted === "reporting" ? ", which had no say in choosing any window." : ". Chosen windows look better there than they are."),

  groups: {
    fact: { heading: "Facts", what: "Nothing in the prompt tells them: “The opposite of hot is”" },
    copy: { heading: "Copies", what: "The prompt has just told them: “Tom moved to Vienna. Tom moved to”" },
  },
  figure: (/** @type {"fact" | "copy"} */ group, /** @type {Count} */ { right, of }) => `${of} of ${of} ${plural[group]} right \u2192 ${right}\u00a0right`,
  figureNote: (/** @type {Count} */ { right, of, low, high, before, after }) =>
    `${percent(right / of)} still right (95\u00a0% interval: ${percent(low)} to ${percent(high)}). Mean probability of the answer: ${probabilityText(before)} \u2192 ${probabilityText(after)}.`,
  itemState: (/** @type {string} */ asked, /** @type {boolean} */ right) => `, ${right ? "still right" : "lost"}: ${asked} …`,

  map: (/** @type {"fact" | "copy"} */ group, /** @type {"mlp" | "attention"} */ kind) => `${group === "fact" ? "Facts" : "Copies"} lost with each window of ${kinds[kind]} layers off`,
  mapStart: "first layer off",
  mapWidth: (/** @type {number} */ layers) => `\u2190 ${layers} layers off`,
  mapLabel: (/** @type {"fact" | "copy"} */ group, /** @type {Window} */ window, /** @type {number} */ lost, /** @type {number} */ of) =>
    `Map of all windows. ${windowName(window)}: ${lost} of ${of} ${plural[group]} lost. The table below has every start for this width.`,
  legend: "In the maps, share lost:",
  legendEnds: ["none ", " all"],
  legendNote: "Each square is a window; the framed one is off now. Click one to go there. FFN is short for feed-forward layer.",

  regained: (/** @type {{ facts: number, lost: number, regained: number, misled: number, misledBefore: number }} */ now) =>
    (now.lost ? `Put the fact in the prompt, and ${now.regained} of the ${countText(now.lost)} lost facts are right again. ` : "No fact is lost. ") +
    `Put a wrong one there, and the model repeats it for ${now.misled} of ${now.facts} (with everything on: ${now.misledBefore}).`,
  noItem: "Click an item to see its prompt, and what the model says.",
  item: (/** @type {"fact" | "copy"} */ group, /** @type {string} */ kind, /** @type {"choosing" | "reporting"} */ of) =>
    `One ${group === "fact" ? "fact" : "copy"} (${kind}), from ${half[of]}`,
  prompt: "the model reads",
  on: "everything on",
  off: (/** @type {string} */ window) => `${window} off`,
  outcome: (/** @type {string} */ word, /** @type {{ p: number }} */ { p }) => `${word}: ${probabilityText(p)}`,
  untried: "not tried",
  notTold: (/** @type {Window[]} */ windows) => `The fact was put in the prompt only for windows that were chosen: ${windows.map(windowName).join(", ")}.`,

  chosenHeading: (/** @type {Window} */ { kind, width }) => `Chosen among all windows of ${kinds[kind]}, ${width === 1 ? "one layer" : `${width} layers`} wide`,
  chosen: (/** @type {"fact" | "copy"} */ lowers, /** @type {{ kept: Record<"fact" | "copy", { right: number, of: number }>, others: Record<"fact" | "copy", number> }} */ { kept, others }) =>
    `Loses most ${plural[lowers]} and fewest ${plural[lowers === "fact" ? "copy" : "fact"]} on the questions that chose it. On fresh ones still right: ` +
    `${kept.fact.right} of ${kept.fact.of} facts, ${kept.copy.right} of ${kept.copy.of} copies (other windows as wide, on average: ${percent(others.fact)} and ${percent(others.copy)}).`,
  noneChosen: (/** @type {number[]} */ widths) => `Windows were chosen for widths of ${widths.join(", ")}.`,

  ownHeading: "Your own question, with this window off",
  ownText: "The model reads",
  ownAnswer: "Right answer",
  needsPython: "Your own question needs Python and the model: open this notebook in Jupyter.",

  columns: ["Off", "Facts right", "Share", "Mean probability", "Copies right", "Share", "Mean probability"],
  ofAll: (/** @type {Count} */ { right, of }) => `${right} of ${of}`,
  shares: (/** @type {Count} */ { right, of, low, high }) => `${percent(right / of)} (${percent(low)} to ${percent(high)})`,
  share: probabilityText,
  spoken: (/** @type {Window} */ window, /** @type {string[]} */ found) => `${windowName(window)} off. ${found.join(". ")}.`,

  nothing: "There is no study to show: give the widget one.",
  badKind: (/** @type {unknown} */ value) => `kind is ${value}; expected mlp or attention`,
  badHalf: (/** @type {unknown} */ value) => `half is ${value}; expected reporting, choosing or all`,
  badWindow: (/** @type {unknown} */ start, /** @type {unknown} */ width, /** @type {number} */ layers) =>
    `a window of width ${width} cannot start at layer ${start}; layers go from 0 to ${layers - 1}`,
  badItem: (/** @type {unknown} */ value, /** @type {number} */ n) => `item is ${value}; expected 0 to ${n - 1}, or -1 for none`,
};

export const layerWindowsFileErrors = /* @__PURE__ */ fileErrors("facts and copies", {});
