/** Rows of signed bars on one axis: a name, a bar to the left (down) or the right (up), the number. */
import { keepParts, make, setText } from "../lib/dom.js";
import { residual as strings } from "../strings.js";

/** @typedef {import("./picture.js").Push} Push */

/**
 * @param {object} list
 * @param {boolean} list.short names without their layer
 * @param {(push: Push) => void} [list.onLook] a name was clicked; without it names are plain text
 */
export function signedRows({ short, onLook }) {
  const element = make("ol", { class: "lv-signed" });
  /** @type {ReturnType<typeof makeRow>[]} */
  const rows = [];
  return {
    element,
    /** @param {Push[]} pushes */
    update(pushes) {
      const most = Math.max(1, ...pushes.map(({ value }) => Math.abs(value)));
      const kept = keepParts(element, rows, pushes.length, makeRow);
      for (const [i, row] of kept.entries()) row.update(pushes[i], most);
    },
  };

  function makeRow() {
    const label = onLook ? make("button", { type: "button", class: "lv-push" }) : make("span", { class: "lv-push" });
    const bar = make("span", { class: "lv-signed-bar" });
    const value = make("span", { class: "lv-signed-value" });
    const row = make("li", { class: "lv-signed-row" }, label, make("span", { class: "lv-signed-track", "aria-hidden": "true" }, bar), value);
    /** @type {Push | undefined} */
    let shown;
    label.addEventListener("click", () => shown && onLook?.(shown));
    return {
      element: row,
      /**
       * @param {Push} push
       * @param {number} most
       */
      update(push, most) {
        shown = push;
        setText(label, short ? push.short : push.name);
        if (onLook) label.setAttribute("aria-label", strings.look(push.name, push.value));
        if (label instanceof HTMLButtonElement) label.disabled = push.layer === null;
        const length = (50 * Math.abs(push.value)) / most;
        bar.className = `lv-signed-bar lv-${push.kind}`;
        bar.style.width = `${length}%`;
        bar.style.left = `${push.value < 0 ? 50 - length : 50}%`;
        setText(value, strings.signed(push.value));
      },
    };
  }
}
