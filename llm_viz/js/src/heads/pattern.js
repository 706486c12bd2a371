/**
 * The arithmetic of one pattern: who looks at whom, and how much. A pattern is kept as it travels,
 * square roots of shares in 255ths (`llm_viz/widgets/heads_file.py`): a quarter of what floats take,
 * and the root is what colours need. Pure.
 */

const SIDE = 24; // cells of a small picture, at most, in each direction

/** The share that a code stands for. */
export const SHARE = /* @__PURE__ */ Float64Array.from({ length: 256 }, (_, code) => (code / 255) ** 2);

/**
 * @typedef {object} Pattern
 * @property {number} n tokens
 * @property {boolean} causal only the lower triangle is kept
 * @property {Uint8Array} codes row by row
 */
/** @typedef {{ key: number, share: number }} Look */

/** @param {number} n @param {boolean} causal */
export const cellCount = (n, causal) => (causal ? (n * (n + 1)) / 2 : n * n);

/** @param {Pattern} pattern @param {number} query */
export const rowStart = ({ n, causal }, query) => (causal ? (query * (query + 1)) / 2 : query * n);

/** How many tokens a token can look at. @param {Pattern} pattern @param {number} query */
export const rowLength = ({ n, causal }, query) => (causal ? query + 1 : n);

/**
 * @param {Pattern} pattern
 * @param {number} query
 * @param {number} key
 * @returns {number} the code; 0 where nothing can be looked at
 */
export function codeAt(pattern, query, key) {
  return key < rowLength(pattern, query) ? pattern.codes[rowStart(pattern, query) + key] : 0;
}

/**
 * The looks of one token, the largest first; of equal ones the nearest to the start.
 * @param {Pattern} pattern
 * @param {number} query
 * @param {number} from the first key that counts
 * @returns {Look[]} none that is nothing
 */
export function looksOf(pattern, query, from = 0) {
  const row = pattern.codes.subarray(rowStart(pattern, query), rowStart(pattern, query) + rowLength(pattern, query));
  const looks = [];
  for (let key = from; key < row.length; key++) if (row[key]) looks.push({ key, share: SHARE[row[key]] });
  return looks.sort((a, b) => b.share - a.share || a.key - b.key);
}

/**
 * What of a token's look falls on the tokens that are here.
 * @param {Pattern} pattern
 * @param {number} query
 */
export function rowSum(pattern, query) {
  const start = rowStart(pattern, query);
  let sum = 0;
  for (let i = 0; i < rowLength(pattern, query); i++) sum += SHARE[pattern.codes[start + i]];
  return sum;
}

/**
 * The mean of several patterns: of their shares, not of the roots.
 * @param {Uint8Array[]} patterns codes of like patterns
 */
export function meanOf(patterns) {
  if (patterns.length === 1) return patterns[0];
  return Uint8Array.from(patterns[0], (_, i) => {
    let sum = 0;
    for (const codes of patterns) sum += SHARE[codes[i]];
    return Math.round(255 * Math.sqrt(sum / patterns.length));
  });
}

/** How many tokens share a row of a small picture. @param {number} n */
export const blockOf = (n) => Math.ceil(n / SIDE);

/**
 * A pattern as a square, each cell the largest of a block of cells.
 * @param {Pattern} pattern
 * @param {number} block 1 = every cell
 * @param {number} [from] the first key that counts
 * @returns {Uint8Array} row by row
 */
export function pooled(pattern, block, from = 0) {
  const { n, codes } = pattern;
  const side = Math.ceil(n / block);
  const cells = new Uint8Array(side * side);
  for (let query = 0; query < n; query++) {
    const row = Math.floor(query / block) * side;
    const start = rowStart(pattern, query);
    const end = rowLength(pattern, query);
    for (let key = from, at = row, left = block - from; key < end; at++, left = block) {
      let most = cells[at];
      for (const stop = Math.min(end, key + left); key < stop; key++) {
        const code = codes[start + key];
        if (code > most) most = code;
      }
      cells[at] = most;
    }
  }
  return cells;
}
