/** Names of points: none lies on another, none hangs out of the picture. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { labelWidth, overlap, placeLabels } from "../../src/words/labels.js";

const picture = { width: 320, height: 240 };

/** @param {import("../../src/words/labels.js").Place} place @param {string} label */
function boxOf({ x, y, anchor }, label) {
  const wide = labelWidth(label);
  const left = { start: x, middle: x - wide / 2, end: x - wide }[anchor];
  return { left, right: left + wide, top: y - 8, bottom: y + 8 };
}

test("points that lie close get names apart from each other", () => {
  const points = [[100, 100], [104, 102], [100, 110], [180, 100], [178, 96]].map(([x, y], i) => ({ x, y, label: `word${i}` }));
  const boxes = placeLabels(points, picture).map((place, i) => boxOf(place, points[i].label));
  for (const [i, box] of boxes.entries()) {
    for (const other of boxes.slice(i + 1)) assert.equal(overlap(box, other), 0);
  }
});

test("a name stays inside the picture, whichever edge its point is on", () => {
  for (const [x, y] of [[2, 2], [318, 2], [2, 238], [318, 238], [160, 120]]) {
    const [place] = placeLabels([{ x, y, label: "switzerland" }], picture);
    const { left, right } = boxOf(place, "switzerland");
    assert.ok(left >= 0 && right <= picture.width, `${left} ${right}`);
  }
});
