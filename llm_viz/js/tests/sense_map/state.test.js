import assert from "node:assert/strict";
import { test } from "node:test";
import { openSenses } from "../../src/sense_map/data.js";
import { makePicture, neighbours } from "../../src/sense_map/state.js";
import { tableRows } from "../../src/sense_map/table.js";
import { packed, state } from "./examples.js";

test("arrays are read by word, cue and depth", () => {
  const { words, models, range } = openSenses(packed());
  const result = models[0].result(words[0], "before");
  assert.deepEqual(result.point(2, 3), { x: -2, y: 6 });
  assert.deepEqual(result.point(0, 1), { x: 0, y: 0 });
  assert.deepEqual(result.gap(2), { value: 2, low: 1.5, high: 2.5 });
  assert.equal(result.nearest(1, 3), 0);
  assert.equal(result.groups[1](2), 2);
  assert.deepEqual(range, [-0.5, 2.5]);
  assert.equal(models[0].result(words[0], "after").gap(2).value, 0);
});

test("a word that has one cue only stands in that cue's arrays only", () => {
  const study = packed();
  const [word] = study.words;
  study.words.unshift({ ...word, word: "+", cues: { after: word.cues.after } });
  for (const model of study.models) {
    for (const name of ["points", "gap", "nearest"]) {
      const { buffer, byteOffset, byteLength } = model.after[name];
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      model.after[name] = new DataView(new Uint8Array([...new Uint8Array(byteLength), ...bytes]).buffer);
    }
  }
  const { models } = openSenses(study);
  assert.deepEqual(models[0].result(word, "before").point(2, 3), { x: -2, y: 6 });
  assert.equal(models[1].result(word, "after").gap(1).value, 0.5);
  assert.equal(models[1].result(study.words[0], "after").gap(1).value, 0);
});

test("what was packed is opened once", () => {
  const study = packed();
  assert.equal(openSenses(study), openSenses(study));
});

test("arrays that do not fit are refused", () => {
  for (const name of ["points", "gap", "nearest", "groups"]) {
    const study = packed();
    study.models[0].before[name] = new DataView(new ArrayBuffer(10));
    assert.throws(() => openSenses(study), /data are damaged/);
  }
});

test("the traits choose a picture, and a layer beyond the model's last is its last", () => {
  const picture = makePicture(state({ model: "both", layer: 9, cue: "after" }));
  assert.equal(picture.model.name, "both");
  assert.equal(picture.depth, 1);
  assert.equal(picture.result.gap(1).value, 0.5);
  assert.equal(makePicture(state({ model: "unknown" })).model.name, "back");
});

test("the reader's own word is what Python made of it, with the cue before it only", () => {
  const own = packed();
  delete own.words[0].cues.after;
  const picture = makePicture(state({ word: "", own, cue: "after" }));
  assert.equal(picture.senses.words, own.words);
  assert.equal(picture.cue, "before");
});

test("traits that make no sense are told in a sentence", () => {
  assert.throws(() => makePicture(state({ word: "jam" })), /no word “jam” here/);
  assert.throws(() => makePicture(state({ word: "" })), /no word of your own yet/);
  for (const layer of [-2, 0.5, NaN, "2"]) assert.throws(() => makePicture(state({ layer })), /layer is/);
});

test("neighbours of the own sense are counted against chance; where all are alike none is nearer", () => {
  const { n, alike, own, chance } = neighbours(makePicture(state()));
  assert.deepEqual({ n, alike, own }, { n: 4, alike: false, own: 3 });
  assert.equal(chance.toFixed(3), "1.333"); // each: one of the three others
  assert.ok(neighbours(makePicture(state({ layer: -1 }))).alike);
  assert.ok(neighbours(makePicture(state({ layer: 1, cue: "after" }))).alike);
});

test("the table has a row for each layer", () => {
  const rows = tableRows(makePicture(state()));
  assert.deepEqual(rows[0], ["emb.", "0", "\u22120.50", "0.50", "", "0", "0", ""]);
  assert.deepEqual(rows[2], ["1", "2.00", "1.50", "2.50", "3 / 4", "2.00", "2.00", ""]);
});
