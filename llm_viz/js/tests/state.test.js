/** What an address says about a page's figures, and what is done with one that cannot be trusted. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { changes, keysOf, readAddress, writeAddress } from "../src/state.js";

/** @type {import("../src/state.js").Rules} */
const rules = {
  temperature: { kind: "number", min: 0 },
  top_k: { kind: "number", min: 1, whole: true, none: true },
  scale: { kind: "choice", values: ["linear", "log"] },
  open: { kind: "flag" },
  text: { kind: "text", most: 10 },
};
/** @type {import("../src/state.js").Slot[]} */
const slots = [{ key: "heat", rules }, { key: "", rules: { layer: { kind: "number", min: 0, max: 29, whole: true } } }];

/** @param {string} search @param {string} [key] */
const valuesOf = (search, key = "heat") => readAddress(search, slots).values.get(key);
/** @param {string} search */
const ignoredIn = (search) => readAddress(search, slots).ignored;

test("values of every kind are read, each for its figure", () => {
  const search = "?heat.temperature=0.5&heat.top_k=40&heat.scale=log&heat.open=on&heat.text=a+b&layer=7";
  assert.deepEqual(valuesOf(search), { temperature: 0.5, top_k: 40, scale: "log", open: true, text: "a b" });
  assert.deepEqual(valuesOf(search, ""), { layer: 7 });
  assert.deepEqual(ignoredIn(search), []);
  assert.deepEqual(valuesOf("?heat.top_k=off"), { top_k: null });
});

test("what a rule does not allow is not taken, and told", () => {
  const wrong = ["temperature=-1", "temperature=NaN", "temperature=Infinity", "temperature=", "temperature=off", "top_k=1.5", "top_k=0",
    "scale=<script>alert(1)</script>", "open=yes", "text=elevenchars", "__proto__=1", "constructor=1", "nothing=1"];
  for (const entry of wrong) {
    assert.equal(valuesOf(`?heat.${entry}`), undefined, entry);
    assert.equal(ignoredIn(`?heat.${entry}`).length, 1, entry);
  }
});

test("entries that are nobody's are left alone, unless they name a figure", () => {
  assert.deepEqual(ignoredIn("?utm_source=a&q=b&temperature=3"), []);
  assert.match(ignoredIn("?gone.temperature=1")[0], /gone\.temperature/);
});

test("a flood of nonsense is told in a few short sentences", () => {
  const flood = `?${Array.from({ length: 500 }, (_, i) => `heat.x${i}=${"y".repeat(5000)}`).join("&")}&${"z".repeat(9000)}.a=1`;
  const ignored = ignoredIn(flood);
  assert.equal(ignored.length, 4);
  assert.match(ignored[3], /498 more/);
  assert.ok(ignored.join(" ").length < 400);
});

test("what is written is read again as it was", () => {
  const values = { temperature: 0.1, top_k: null, scale: "log", open: false, text: "ä&=#?" };
  assert.deepEqual(valuesOf(writeAddress("", "heat", values)), values);
  assert.deepEqual(valuesOf(writeAddress("", "", { layer: 3 }), ""), { layer: 3 });
});

test("writing one figure's values leaves everything else", () => {
  const search = "?q=1&heat.temperature=2&cold.seed=3";
  assert.equal(writeAddress(search, "heat", {}), "?q=1&cold.seed=3");
  assert.equal(writeAddress(search, "heat", { top_k: 5 }), "?q=1&cold.seed=3&heat.top_k=5");
  assert.equal(writeAddress("?heat.temperature=2", "heat", {}), "");
});

test("writing the shared state leaves other people's entries", () => {
  const search = writeAddress("?utm_source=a&layer=1", "", { layer: 2 }, slots[1].rules);
  assert.equal(search, "?utm_source=a&layer=2");
});

test("only what the author did not set is written", () => {
  assert.deepEqual(changes({ temperature: 1, top_k: 5 }, { temperature: 1, top_k: null }, rules), { top_k: 5 });
});

test("figures are named after their titles, each differently", () => {
  assert.deepEqual(keysOf(["Turn up the heat", "Turn up the heat!", "¿Qué?", "", "你好"]), [
    "turn-up-the-heat", "turn-up-the-heat-2", "que", "figure", "figure-2",
  ]);
});
