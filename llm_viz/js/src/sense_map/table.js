/** The curve's numbers, and what the plane shows, one row a layer. Pure. */
import { senseMap as strings } from "../strings.js";
import { neighbours } from "./state.js";

/** @param {import("./state.js").Picture} picture */
export function tableRows(picture) {
  const { model, result } = picture;
  return Array.from({ length: model.layers + 1 }, (_, depth) => {
    const { value, low, high } = result.gap(depth);
    const { n, alike, own } = neighbours(picture, depth);
    const groups = [0, 1, 2].map((group) => (result.groups[group] ? strings.signed(result.groups[group](depth)) : ""));
    return [strings.shortLayer(depth - 1), ...[value, low, high].map(strings.signed), alike ? "" : `${own} / ${n}`, ...groups];
  });
}
