"""The pixel network in the page: a thousand examples, a move of a slider, memory as it learns."""

from __future__ import annotations

import statistics
from typing import Any

import llm_viz
from benchmarks._common import SCRATCH, browser, heading, machine, table, verdict
from llm_viz.widgets import PixelNetwork

RUNS = 10
BUDGET = 300.0  # ms for a thousand examples
MOVE_BUDGET = 16.0  # ms
TENS = 500  # presses of "Show ten" between two looks at the memory: 5,000 examples
GROWTH = 1.05  # of the memory over the second 5,000

# What a press or a move costs until all is drawn: the redraw is a microtask, then layout is forced.
COST = """
async ([control, value]) => {
  const began = performance.now();
  if (value === null) control.click();
  else {
    control.value = value;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
  await null;
  control.closest(".lv").getBoundingClientRect();
  return performance.now() - began;
}
"""


def main() -> None:
    SCRATCH.mkdir(parents=True, exist_ok=True)
    path = SCRATCH / "pixels.html"
    llm_viz.export_html(PixelNetwork(title="Pixels"), path)
    with browser() as chromium:
        page = chromium.new_page()
        page.goto(path.as_uri())
        thousand = _thousand(page)
        moves = {seen: _moves(page, path.as_uri(), seen) for seen in (0, 1_000, 5_000)}
        grown = _growth(page, path.as_uri())
    heading(f"The pixel network in the page ({machine()})", "Milliseconds, medians.")
    rows = [("a thousand examples", f"{thousand:.1f}")]
    rows += [(f"a slider's move after {n:,} examples", f"{ms:.1f}") for n, ms in moves.items()]
    table(("what", "ms"), rows)
    print(f"\na thousand examples: {thousand:.1f} ms, {verdict(thousand, BUDGET)}")
    slowest = moves[1_000]
    print(f"a slider's move: {slowest:.1f} ms, {verdict(slowest, MOVE_BUDGET)}")
    print(f"memory over the second 5,000 examples: × {grown:.3f}, {verdict(grown, GROWTH)}")


def _thousand(page: Any) -> float:
    """A press of the button, ten times."""
    button = page.get_by_role("button", name="Show a thousand").element_handle()
    costs = [page.evaluate(COST, [button, None]) for _ in range(RUNS)]
    assert "10,000" in page.locator(".lv-px-progress").inner_text(), "the examples were not shown"
    return statistics.median(costs)


def _moves(page: Any, address: str, seen: int) -> float:
    """A move of the slider for the hidden layers: everything is learned again, and drawn."""
    page.goto(f"{address}?pixels.seen={seen}")
    slider = page.get_by_role("slider", name="Neurons in each layer").element_handle()
    costs = [page.evaluate(COST, [slider, str(5 * i % 16)]) for i in range(3 * RUNS)]
    return statistics.median(costs[RUNS:])


def _growth(page: Any, address: str) -> float:
    """How much larger the heap is after 10,000 examples than after 5,000, ten at a time."""
    page.goto(f"{address}?")
    button = page.get_by_role("button", name="Show ten").element_handle()
    session = page.context.new_cdp_session(page)
    sizes = []
    for _ in range(2):
        for _ in range(TENS):
            page.evaluate(COST, [button, None])
        session.send("HeapProfiler.collectGarbage")
        sizes.append(session.send("Runtime.getHeapUsage")["usedSize"])
    return float(sizes[1] / sizes[0])


if __name__ == "__main__":
    main()
