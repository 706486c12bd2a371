/** What every view says: its frame, its controls, its link. */
import { countOf, countText } from "../format.js";

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
