/**
 * Parts of a model that can be switched off, and lists of them as text: "L17H4, L18H6, L9 FFN". The
 * text is in order of depth, each part once, just as Python writes it, so that equal lists are equal
 * texts. Pure.
 */
import { Problem } from "../problem.js";
import { switches as strings } from "../strings.js";

/** @typedef {{ layers: number, heads: number }} Shape */
/** @typedef {"head" | "attention" | "mlp"} Kind */
/** @typedef {{ kind: Kind, layer: number, head: number, name: string }} Part head is -1 where it is no head */

const PART = /^L(\d+)(?:H(\d+)| (attention|FFN))$/;

/**
 * @param {Kind} kind
 * @param {number} layer
 * @param {number} [head]
 * @returns {Part}
 */
export function part(kind, layer, head = -1) {
  const name = { head: `L${layer}H${head}`, attention: `L${layer} attention`, mlp: `L${layer} FFN` }[kind];
  return { kind, layer, head, name };
}

/**
 * @param {string} text
 * @param {Shape} shape
 * @returns {Part[]} in order of depth, each once
 * @throws {Problem} it names something else, or what this model has not
 */
export function readOff(text, { layers, heads }) {
  const found = new Map();
  for (const word of text.split(",").map((each) => each.trim())) {
    if (!word) continue;
    const [, layer, head, whole] = PART.exec(word) ?? [];
    if (layer === undefined) throw new Problem(strings.badPart(word));
    if (Number(layer) >= layers || Number(head ?? 0) >= heads) throw new Problem(strings.noPart(word, layers, heads));
    const kind = head === undefined ? (whole === "FFN" ? "mlp" : "attention") : "head";
    const known = part(kind, Number(layer), head === undefined ? -1 : Number(head));
    found.set(known.name, known);
  }
  return inOrder([...found.values()]);
}

/** @param {Part[]} parts */
export function writeOff(parts) {
  return inOrder(parts).map(({ name }) => name).join(", ");
}

/**
 * All of them off, or, if they are off already, on again.
 * @param {Part[]} parts that are off
 * @param {Part[]} these
 */
export function toggled(parts, these) {
  const names = new Set(these.map(({ name }) => name));
  const others = parts.filter(({ name }) => !names.has(name));
  return others.length === parts.length - these.length ? others : [...others, ...these];
}

/**
 * @param {Part[]} parts that are off
 * @param {Part} one
 * @returns {boolean} whether it is off, by itself or with its layer's whole attention
 */
export function isOff(parts, one) {
  return parts.some(({ kind, layer, name }) => name === one.name || (one.kind === "head" && kind === "attention" && layer === one.layer));
}

/** @param {Part[]} parts */
function inOrder(parts) {
  return [...parts].sort((a, b) => a.layer - b.layer || Number(a.kind === "mlp") - Number(b.kind === "mlp") || a.head - b.head);
}
