/**
 * Draws again when traits change. Several change together when an example is chosen: what depends on
 * them is drawn once, when all have changed, so that no sentence is told about a mixture of the old
 * and the new.
 */

/**
 * @param {Pick<import("@anywidget/types").AnyModel<any>, "on" | "off">} model
 * @param {readonly string[]} watched the traits that the picture depends on
 * @param {() => void} draw
 * @returns {() => void} stops it, also what is still waiting
 */
export function redrawOn(model, watched, draw) {
  let closed = false;
  let waiting = false;
  const redraw = () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      if (!closed) draw();
    });
  };
  for (const trait of watched) model.on(`change:${trait}`, redraw);
  return () => {
    closed = true;
    for (const trait of watched) model.off(`change:${trait}`, redraw);
  };
}
