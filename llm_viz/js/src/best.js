/** The best few of many scores, kept in order while they pass by: nothing is allocated for a score. */
export class Best {
  /** @param {number} k how many are kept */
  constructor(k) {
    this.places = new Int32Array(k);
    this.scores = new Float64Array(k);
    this.held = 0;
    /** A score has to be above this to be kept. */
    this.bar = k ? -Infinity : Infinity;
  }

  /**
   * Of equal scores, the one that came first stands first.
   * @param {number} place
   * @param {number} score above the bar
   */
  keep(place, score) {
    const { places, scores } = this;
    const last = scores.length - 1;
    let rank = this.held <= last ? this.held++ : last;
    for (; rank > 0 && scores[rank - 1] < score; rank--) {
      scores[rank] = scores[rank - 1];
      places[rank] = places[rank - 1];
    }
    scores[rank] = score;
    places[rank] = place;
    if (this.held > last) this.bar = scores[last];
  }

  clear() {
    this.held = 0;
    this.bar = this.scores.length ? -Infinity : Infinity;
  }
}
