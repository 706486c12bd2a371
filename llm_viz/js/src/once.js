/**
 * Opens what a trait holds once: as long as the packed object lives, the same opened one is given.
 * @template {object} Packed
 * @template {object} Opened
 * @param {(packed: Packed) => Opened} open
 * @returns {(packed: Packed) => Opened}
 */
export function once(open) {
  /** @type {WeakMap<Packed, Opened>} */
  const opened = new WeakMap();
  return (packed) => {
    let made = opened.get(packed);
    if (!made) opened.set(packed, (made = open(packed)));
    return made;
  };
}
