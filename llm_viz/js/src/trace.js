/**
 * Reads an encoded trace: what a model computed on one text, in the one format that traits, files
 * and pages share (safetensors: a JSON header, then raw little-endian arrays). `llm_viz/trace.py`
 * writes it; `llm_viz/encoding.py` says what its two packings cost in accuracy.
 *
 * Arrays are unpacked when they are first asked for, so that a page with many traces opens quickly.
 */
import { AXES_OF } from "./generated/names.js";
import { halvesToFloats } from "./half.js";
import { Problem } from "./problem.js";
import { traceErrors as errors } from "./strings.js";

const SCHEMA = 1;
const ITEM_BYTES = /** @type {Record<string, number>} */ ({ F32: 4, F16: 2, U8: 1 });

/** @typedef {{ id: string, family: string, weight_hash: string }} ModelInfo */
/** @typedef {{ dtype: string, shape: number[], bytes: Uint8Array }} Tensor */
/** @typedef {{ data: Float32Array, shape: number[], axes: string[] }} Site */
/**
 * @typedef {object} Header
 * @property {number} schema
 * @property {"torch" | "browser"} producer
 * @property {ModelInfo} model
 * @property {string} text
 * @property {string[]} tokens as shown to people
 * @property {number[]} token_ids
 * @property {Record<string, number>} dims
 * @property {{ causal: boolean, scale: number[] }} attention
 * @property {Record<string, number[]>} rows text positions of a narrowed site's rows
 * @property {Record<string, string>} encodings
 */

/** Bytes that are no trace, or a trace that lacks what was asked for. */
export class TraceError extends Problem {}

/**
 * @param {ArrayBuffer | ArrayBufferView} source
 * @returns {Trace}
 * @throws {TraceError} the bytes are truncated, foreign, or of another schema
 */
export function decodeTrace(source) {
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  const { index, header, start } = readHeader(bytes);
  /** @type {Map<string, Tensor>} */
  const tensors = new Map();
  for (const [name, entry] of Object.entries(index)) {
    if (name !== "__metadata__") tensors.set(name, readTensor(name, entry, bytes.subarray(start)));
  }
  return new Trace(header, tensors);
}

export class Trace {
  #tensors;
  /** @type {Map<string, Site>} */
  #unpacked = new Map();

  /**
   * @param {Header} header
   * @param {Map<string, Tensor>} tensors
   */
  constructor(header, tensors) {
    this.#tensors = tensors;
    this.header = header;
    this.tokens = header.tokens;
    this.tokenIds = header.token_ids;
    this.dims = header.dims;
    this.rows = header.rows;
  }

  /** Names of the sites that this trace holds, in the order of the table. */
  get sites() {
    return Object.keys(AXES_OF).filter((name) => this.#tensors.has(name));
  }

  /**
   * @param {string} name as in `llm_viz/names.py`
   * @returns {Site}
   */
  site(name) {
    const known = this.#unpacked.get(name);
    if (known) return known;
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new TraceError(errors.missingSite(name, this.sites));
    const axes = AXES_OF[name].split(" ");
    const shape = axes.map((axis) => this.#size(axis, name));
    const data = this.#unpack(name, tensor);
    if (data.length !== product(shape)) {
      throw new TraceError(errors.damaged(name, data.length, shape.join(" × ")));
    }
    const site = { data, shape, axes };
    this.#unpacked.set(name, site);
    return site;
  }

  /**
   * The logits (d_vocab) that follow the token at `position`; negative counts from the end.
   * @param {number} [position]
   */
  logitsAt(position = -1) {
    const at = position < 0 ? position + this.tokenIds.length : position;
    const { data, shape } = this.site("logits");
    const rows = this.rows.logits ?? this.tokenIds.map((_, index) => index);
    const row = rows.indexOf(at);
    if (row < 0) throw new TraceError(errors.missingPosition(rows, at));
    return data.subarray(row * shape[1], (row + 1) * shape[1]);
  }

  /**
   * @param {string} name
   * @param {Tensor} tensor
   */
  #unpack(name, tensor) {
    const how = this.header.encodings[name];
    if (how === undefined) return asFloats(name, tensor, "F32");
    if (how === "half_below_max") {
      const below = asFloats(name, tensor, "F16");
      const top = this.#tensors.get(`${name}.max`);
      if (!top) throw new TraceError(errors.damaged(`${name}.max`, "missing", "F32"));
      return addMaxima(below, asFloats(name, top, "F32"));
    }
    if (how === "sqrt_u8_lower") return squareLower(tensor, this.tokenIds.length);
    throw new TraceError(errors.encoding(how, name));
  }

  /**
   * @param {string} axis
   * @param {string} site
   */
  #size(axis, site) {
    const n = this.tokenIds.length;
    if (axis === "pos") return this.rows[site]?.length ?? n;
    if (axis === "query" || axis === "key") return n;
    if (axis === "norm") return 2;
    return this.dims[{ layer: "n_layers", head: "n_heads", kv_head: "n_kv_heads" }[axis] ?? axis];
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {{ index: Record<string, any>, header: Header, start: number }}
 */
function readHeader(bytes) {
  if (bytes.length < 8) throw new TraceError(errors.foreign);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const start = 8 + length;
  let index, header;
  try {
    index = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start)));
    header = JSON.parse(index.__metadata__.llm_viz);
  } catch {
    // A text file read as a trace claims a header of billions of bytes.
    throw new TraceError(start > bytes.length && length < 2 ** 32 ? errors.cutShort(start, bytes.length) : errors.foreign);
  }
  if (header?.schema !== SCHEMA) throw new TraceError(errors.schema(SCHEMA));
  const missing = ["model", "text", "tokens", "token_ids", "dims", "rows", "encodings"].find((key) => !(key in header));
  if (missing) throw new TraceError(errors.damaged(missing, "missing", "part of the header"));
  const [tokens, ids] = [header.tokens.length, header.token_ids.length];
  if (tokens !== ids) throw new TraceError(errors.damaged("list of token ids", `${ids} long`, tokens));
  return { index, header, start };
}

/**
 * @param {string} name
 * @param {{ dtype: string, shape: number[], data_offsets: number[] }} entry of the safetensors header
 * @param {Uint8Array} body
 * @returns {Tensor}
 */
function readTensor(name, { dtype, shape, data_offsets: [from, to] }, body) {
  if (!Object.hasOwn(ITEM_BYTES, dtype)) {
    throw new TraceError(errors.damaged(name, dtype, Object.keys(ITEM_BYTES).join(", ")));
  }
  const size = ITEM_BYTES[dtype] * product(shape);
  if (to - from !== size) throw new TraceError(errors.damaged(name, `${to - from} bytes`, size));
  if (to > body.length) throw new TraceError(errors.cutShort(to, body.length));
  return { dtype, shape, bytes: body.subarray(from, to) };
}

/** @param {number[]} numbers */
function product(numbers) {
  return numbers.reduce((sofar, n) => sofar * n, 1);
}

/**
 * @param {string} name
 * @param {Tensor} tensor
 * @param {"F32" | "F16"} dtype
 */
function asFloats(name, { dtype: actual, bytes }, dtype) {
  if (actual !== dtype) throw new TraceError(errors.damaged(name, actual, dtype));
  const { buffer } = bytes.slice(); // typed arrays need an aligned start; a message's buffer may lack it
  return dtype === "F32" ? new Float32Array(buffer) : halvesToFloats(new Uint16Array(buffer));
}

/**
 * @param {Float32Array} below differences from the maximum of each row; overwritten
 * @param {Float32Array} maxima one a row
 */
function addMaxima(below, maxima) {
  const width = below.length / maxima.length;
  for (let i = 0; i < below.length; i++) below[i] += maxima[Math.floor(i / width)];
  return below;
}

/**
 * Square roots of the lower triangle, in 255ths, to full (…, n, n) matrices.
 * @param {Tensor} tensor
 * @param {number} n
 */
function squareLower({ bytes }, n) {
  const packed = (n * (n + 1)) / 2;
  const matrices = packed ? bytes.length / packed : 0;
  const full = new Float32Array(Math.ceil(matrices) * n * n);
  let from = 0;
  for (let matrix = 0; matrix < matrices; matrix++) {
    for (let query = 0; query < n; query++) {
      const row = (matrix * n + query) * n;
      for (let key = 0; key <= query; key++) full[row + key] = (bytes[from++] / 255) ** 2;
    }
  }
  return full;
}
