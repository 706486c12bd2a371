/**
 * A grid of cells, rows from the bottom up, that is one tab stop: arrow keys, Home, End and the page
 * keys move in it, with Control to the far end; a click chooses a cell.
 */

const PAGE = 5; // rows that PageUp and PageDown move

/**
 * @typedef {object} Place
 * @property {number} row from 0, the lowest
 * @property {number} column from 0, the first
 */

/**
 * @param {HTMLElement} grid
 * @param {object} how
 * @param {string} how.cells selector of its cells, whose `data-row` and `data-column` say where they are
 * @param {() => (Place & { rows: number, columns: number }) | null} how.now which one is chosen, of how many; null: there are none
 * @param {(row: number, column: number) => void} how.move
 */
export function gridKeys(grid, { cells, now, move }) {
  grid.addEventListener("click", (event) => {
    const cell = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(cells));
    if (cell) move(Number(cell.dataset.row), Number(cell.dataset.column));
  });
  grid.addEventListener("keydown", (event) => {
    const at = now();
    if (!at || event.altKey || event.metaKey) return;
    const { row, column } = at;
    const [top, right] = [at.rows - 1, at.columns - 1];
    const far = event.ctrlKey;
    const to = {
      ArrowUp: [row + 1, column],
      ArrowDown: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      Home: [far ? top : row, 0],
      End: [far ? 0 : row, right],
      PageUp: [row + PAGE, column],
      PageDown: [row - PAGE, column],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    move(Math.max(0, Math.min(top, to[0])), Math.max(0, Math.min(right, to[1])));
  });
}

/**
 * Mark a cell as the chosen one, which Tab comes to, or as any other.
 * @param {HTMLElement} cell
 * @param {boolean} chosen
 */
export function selectCell(cell, chosen) {
  cell.setAttribute("aria-selected", String(chosen));
  cell.tabIndex = chosen ? 0 : -1;
}
