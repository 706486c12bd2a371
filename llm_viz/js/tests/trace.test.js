import assert from "node:assert/strict";
import { test } from "node:test";
import { TraceError, decodeTrace } from "../src/trace.js";
import { encodeTrace, parity, readFixture } from "./fixtures.js";

const LOGITS = { dtype: "F32", shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) };

test("reads what Python wrote, within the stated error", () => {
  assert.ok(parity.traces.length > 0);
  for (const { file, expected } of parity.traces) {
    const trace = decodeTrace(readFixture(file));
    for (const [name, { shape, values, max_error }] of Object.entries(expected)) {
      const site = trace.site(name);
      assert.deepEqual(site.shape, shape, `${file}: ${name}`);
      values.forEach((value, i) => {
        const error = Math.abs(site.data[i] - value);
        assert.ok(error <= (max_error || 1e-7), `${file}: ${name}[${i}] is ${site.data[i]}, not ${value}`);
      });
    }
  }
});

test("gives plain arrays, rows and the header", () => {
  const trace = decodeTrace(encodeTrace({ logits: LOGITS }));
  assert.deepEqual(trace.tokens, ["a", "b"]);
  assert.deepEqual(trace.tokenIds, [7, 9]);
  assert.deepEqual(trace.sites, ["logits"]);
  assert.deepEqual(trace.site("logits").axes, ["pos", "d_vocab"]);
  assert.deepEqual([...trace.logitsAt(0)], [1, 2, 3]);
  assert.deepEqual([...trace.logitsAt(-1)], [4, 5, 6]);
});

test("reads bytes that start anywhere in a buffer", () => {
  const bytes = encodeTrace({ logits: LOGITS });
  for (const shift of [1, 2, 3]) {
    const larger = new Uint8Array(bytes.length + shift);
    larger.set(bytes, shift);
    assert.deepEqual([...decodeTrace(new DataView(larger.buffer, shift)).logitsAt()], [4, 5, 6]);
  }
});

test("unpacks halves below the maximum", () => {
  const halves = new Uint16Array([0x0000, 0xbc00, 0xc000]); // 0, -1, -2
  const bytes = encodeTrace(
    {
      logits: { dtype: "F16", shape: [1, 3], data: halves },
      "logits.max": { dtype: "F32", shape: [1], data: new Float32Array([20.5]) },
    },
    { rows: { logits: [1] }, encodings: { logits: "half_below_max" } },
  );
  assert.deepEqual([...decodeTrace(bytes).logitsAt(-1)], [20.5, 19.5, 18.5]);
});

test("unpacks square roots of the lower triangle", () => {
  const bytes = encodeTrace(
    { pattern: { dtype: "U8", shape: [1, 1, 3], data: new Uint8Array([255, 51, 204]) } },
    { encodings: { pattern: "sqrt_u8_lower" } },
  );
  const { data, shape } = decodeTrace(bytes).site("pattern");
  assert.deepEqual(shape, [1, 1, 2, 2]);
  assert.deepEqual([...data], [1, 0, 0.04, 0.64].map(Math.fround));
});

test("says which site is missing and how to get it", () => {
  const trace = decodeTrace(encodeTrace({ logits: LOGITS }));
  assert.throws(() => trace.site("pattern"), /no "pattern" \(it has logits\); run .* sites=\("pattern", \.\.\.\)/);
  assert.throws(() => decodeTrace(encodeTrace({})).site("logits"), /it has no sites/);
  const last = encodeTrace({ logits: { ...LOGITS, shape: [1, 3], data: LOGITS.data.subarray(3) } }, { rows: { logits: [1] } });
  assert.throws(() => decodeTrace(last).logitsAt(0), /positions 1 only, not 0/);
});

test("refuses foreign and truncated bytes at every length", () => {
  const whole = encodeTrace({ logits: LOGITS });
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => decodeTrace(whole.subarray(0, length)), TraceError);
  }
  assert.throws(() => decodeTrace(whole.subarray(0, whole.length - 1)), /cut short: it has 23 bytes of 24/);
  for (const foreign of ["", "PK\u0003\u0004 a zip file, not a trace", "{}".padEnd(100)]) {
    assert.throws(() => decodeTrace(Buffer.from(foreign)), /no llm_viz trace/);
  }
});

test("refuses what is damaged", () => {
  assert.throws(() => decodeTrace(encodeTrace({}, { schema: 2 })), /another schema than 1/);
  assert.throws(() => decodeTrace(encodeTrace({}, { tokens: ["a"] })), /token ids is 2 long, expected 1/);
  assert.throws(() => decodeTrace(encodeTrace({}, { dims: undefined })), /dims is missing/);
  assert.throws(() => decodeTrace(encodeTrace({ logits: { ...LOGITS, shape: [2, 4] } })), /24 bytes, expected 32/);
  assert.throws(() => decodeTrace(encodeTrace({ logits: { ...LOGITS, dtype: "I64" } })), /logits is I64, expected F32/);
  const wrongShape = decodeTrace(encodeTrace({ logits: { ...LOGITS, shape: [1, 6] } }, { dims: { d_vocab: 4 } }));
  assert.throws(() => wrongShape.site("logits"), /logits is 6, expected 2 × 4/);
  const unknown = decodeTrace(encodeTrace({ logits: LOGITS }, { encodings: { logits: "zip" } }));
  assert.throws(() => unknown.site("logits"), /unknown encoding "zip"/);
  const noMaxima = decodeTrace(encodeTrace({ logits: { ...LOGITS, dtype: "F16", data: new Uint16Array(6) } }, { encodings: { logits: "half_below_max" } }));
  assert.throws(() => noMaxima.site("logits"), /logits\.max is missing/);
});
