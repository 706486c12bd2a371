"""What one move of a slider costs: the handler, the styles and the layout that it causes.

Chromium's own counters are read before and after each move. They hold work only, not the wait for
the next frame, so the figure says how much of a frame's 16 ms is used.
"""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks._common import CHAPTER, browser, heading, machine, served, table, verdict

CHAPTERS = (CHAPTER, "notebooks/attention.html", "notebooks/feed_forward_memory.html")
MOVES = 30
BUDGET = 16.0  # ms
SLIDER = ".llm-viz-view input[type=range]:not(:disabled)"
COUNTERS = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration")

MOVE = """
async ([slider, share]) => {
  const view = slider.closest(".llm-viz-view");
  const others = [...view.querySelectorAll("input, output")].filter((input) => input !== slider);
  const shown = () => view.textContent + others.map((input) => input.value);
  const before = shown();
  const [low, high] = [Number(slider.min), Number(slider.max)];
  slider.value = String(low + share * (high - low));
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  // Two frames: what the handler puts off until the next frame is part of the move.
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return shown() !== before;
}
"""


def main() -> None:
    heading(f"A move of a slider ({machine()})", f"Milliseconds of work, {MOVES} moves each.")
    with served() as address, browser() as chromium:
        costs = {
            name: cost
            for chapter in CHAPTERS
            for name, cost in _sliders(chromium, address + chapter).items()
        }
    medians = {
        name: [statistics.median(column) for column in zip(*cost, strict=True)]
        for name, cost in costs.items()
    }
    rows = [(name, *(f"{value:.1f}" for value in values)) for name, values in medians.items()]
    table(("slider", "script", "styles", "layout", "together"), rows)
    worst = max(together for *_, together in medians.values())
    print(f"\nslowest slider: {worst:.1f} ms, {verdict(worst, BUDGET)}")


NAME = """slider => slider.closest(".lv").querySelector(".lv-head").firstChild.textContent.trim()
  + ": " + (slider.ariaLabel || slider.labels[0]?.textContent.trim() || slider.id)"""


def _sliders(chromium: Any, chapter: str) -> dict[str, list[tuple[float, ...]]]:
    """What each slider of a chapter costs, by the title of its view and its own name."""
    page = chromium.new_page()
    page.goto(chapter)
    page.wait_for_selector(SLIDER)
    for view in page.query_selector_all(".llm-viz-view"):  # its data come once it is looked at
        view.scroll_into_view_if_needed()
        page.wait_for_timeout(500)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    costs = {}
    for slider in page.query_selector_all(SLIDER):
        if slider.is_visible() and slider.evaluate("s => s.max - s.min > 0"):
            slider.scroll_into_view_if_needed()
            costs[slider.evaluate(NAME)] = _moves(page, session, slider)
    page.close()
    return costs


def _moves(page: Any, session: Any, slider: Any) -> list[tuple[float, ...]]:
    """Milliseconds by counter, and their sum, for each move through the slider's range."""
    costs = []
    changes = 0
    for step in range(MOVES + 5):
        before = _counters(session)
        changes += page.evaluate(MOVE, [slider, (step * 0.37) % 1.0])
        after = _counters(session)
        parts = [1000 * (after[name] - before[name]) for name in COUNTERS]
        if step >= 5:  # the first moves let the engine compile the handler
            costs.append((*parts, sum(parts)))
    assert changes, "the slider moves, and the view says the same as before"
    return costs


def _counters(session: Any) -> dict[str, float]:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return {metric["name"]: metric["value"] for metric in metrics}


if __name__ == "__main__":
    main()
