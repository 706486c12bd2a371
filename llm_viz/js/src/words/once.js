/**
 * Several traits change together when an example is chosen: what depends on them is drawn once, when
 * all have changed, so that no sentence is told about a mixture of the old and the new.
 * @param {() => void} draw
 * @returns {() => void}
 */
export function onceForAll(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      draw();
    });
  };
}
