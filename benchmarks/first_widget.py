"""From the start of navigation to the first widget that can be used, each time in an empty browser.

A widget can be used when a control in its view is enabled and drawn. The clock is the page's own.
"""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks._common import CHAPTER, browser, heading, machine, served, table, verdict

VISITS = 9
BUDGET = 1.5  # seconds
PAGES = ("book/index.html", CHAPTER)

# Runs before the page's own scripts; looks once a frame, which is as often as a reader could see.
WATCH = """
(() => {
  const controls = ".llm-viz-view :is(input, button, select):not(:disabled)";
  const look = () => {
    const control = document.querySelector(controls);
    if (control && control.getBoundingClientRect().width) globalThis.liveAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""


def main() -> None:
    with served() as address, browser() as chromium:
        times = {
            name: [first_live(chromium, address + name) for _ in range(VISITS)] for name in PAGES
        }
    heading(f"First live widget ({machine()})", f"Seconds, {VISITS} visits with an empty cache.")
    table(
        ("page", "median", "fastest", "slowest"),
        [
            (name, f"{statistics.median(t):.2f}", f"{min(t):.2f}", f"{max(t):.2f}")
            for name, t in times.items()
        ],
    )
    worst = max(statistics.median(t) for t in times.values())
    print(f"\nfirst widget live: {worst:.2f} s, {verdict(worst, BUDGET)}")


def first_live(chromium: Any, address: str) -> float:
    """Seconds until the page's first widget is live; raises if none comes within 30."""
    context = chromium.new_context()
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.wait_for_function("globalThis.liveAt", timeout=30_000)
    seconds = page.evaluate("liveAt") / 1000
    context.close()
    return float(seconds)


if __name__ == "__main__":
    main()
