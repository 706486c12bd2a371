import assert from "node:assert/strict";
import { test } from "node:test";
import { showBytes, showToken, tokenBytes } from "../src/show.js";
import { parity } from "./fixtures.js";

test("shows tokens as Python does", () => {
  assert.ok(parity.show.length > 0);
  for (const { token, special, shown } of parity.show) {
    assert.equal(showToken(token, special), shown, JSON.stringify(token));
  }
});

test("worked by hand", () => {
  assert.equal(showToken(" the"), "·the");
  assert.equal(showToken("\r\n\t"), "␍⏎⇥");
  assert.equal(showToken([0xf0, 0x9f]), "⟨F0⟩⟨9F⟩");
  assert.equal(showToken("a\u200bb"), "a⟨U+200B⟩b");
  assert.equal(showToken("\u{e0001}"), "⟨U+E0001⟩");
  assert.equal(showToken("\ud800"), "⟨U+D800⟩"); // half of a surrogate pair
  assert.equal(showToken("\u0301"), "\u25cc\u0301"); // an accent with nothing to sit on
  assert.equal(showToken("e\u0301"), "e\u0301");
  assert.equal(showToken("👩\u200d👧"), "👩\u200d👧");
  assert.equal(showToken("\u200d"), "⟨U+200D⟩");
  assert.equal(showToken("<|im end|>", true), "<|im end|>");
  assert.equal(showToken(""), "");
});

test("gives the bytes of a token", () => {
  assert.equal(showBytes(tokenBytes(" é")), "20 C3 A9");
  assert.equal(showBytes(tokenBytes([0, 255])), "00 FF");
});
