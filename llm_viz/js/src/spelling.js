/** Which words are spelt most like one that is not there. */

/**
 * @param {string[]} words most frequent first
 * @param {string} typed
 * @param {number} [k]
 * @returns {string[]} fewest slips first, then the most frequent
 */
export function nearestSpellings(words, typed, k = 3) {
  const wanted = plain(typed);
  if (!wanted) return [];
  const most = mostSlips(wanted.length);
  /** @type {{ word: string, slips: number }[]} */
  const found = [];
  for (const word of words) {
    if (Math.abs(word.length - wanted.length) > most) continue;
    const slips = slipsBetween(wanted, plain(word), most);
    if (slips <= most) found.push({ word, slips });
  }
  return found.sort((one, other) => one.slips - other.slips).slice(0, k).map(({ word }) => word);
}

/** How many slips may part a word from what was typed: any short word is a slip or two away. */
function mostSlips(/** @type {number} */ length) {
  if (length < 3) return 0;
  return length < 6 ? 1 : 2;
}

/** Without capitals and accents: these are no slips. */
function plain(/** @type {string} */ word) {
  return word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * How many letters are too many, missing, wrong, or changed with their neighbour.
 * @param {string} one
 * @param {string} other
 * @param {number} most beyond this it is only said to be more
 */
export function slipsBetween(one, other, most) {
  let [before, last] = [/** @type {number[]} */ ([]), Array.from({ length: other.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= other.length; j++) {
      const wrong = one[i - 1] === other[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + wrong);
      if (wrong && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      least = Math.min(least, row[j]);
    }
    if (least > most) return most + 1;
    [before, last] = [last, row];
  }
  return last[other.length];
}
