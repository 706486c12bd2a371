"""From the start of navigation to the first widget, each time in an empty browser; and what moved.

*Live*: a control in a view is enabled and drawn. *Usable*: the tokens have their names as well. The
clock is the page's own. Each page is also visited over Chromium's own idea of a slow phone: a
processor four times slower on a link of 1.6 Mbit/s and 150 ms, compressed as static hosts do it.
Layout shift is Chromium's own score, of the slow visits, where it is worst.
"""

from __future__ import annotations

import statistics
from typing import Any, NamedTuple

from benchmarks._common import CHAPTER, browser, heading, machine, served, table, verdict

VISITS = 7
LIVE, USABLE, SHIFT = 1.5, 2.5, 0.05  # seconds locally, seconds on the slow phone, score
HERO = "book/index.html"
PAGES = (HERO, CHAPTER)
SLOW_LINK = {
    "offline": False,
    "latency": 150,  # milliseconds
    "downloadThroughput": 1_600_000 / 8,  # bytes a second
    "uploadThroughput": 750_000 / 8,
}
SLOW_CPU = {"rate": 4}

# Runs before the page's own scripts; looks once a frame, which is as often as a reader could see.
WATCH = """
(() => {
  const view = ".llm-viz-view";
  globalThis.shift = 0;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shift += value;
  }).observe({ type: "layout-shift", buffered: true });
  const look = () => {
    const control = document.querySelector(`${view} :is(input, button, select):not(:disabled)`);
    if (control?.getBoundingClientRect().width) globalThis.liveAt ??= performance.now();
    const token = document.querySelector(`${view} .lv-bars .lv-chip`);
    if (token && !/^#\\d+$/.test(token.textContent)) globalThis.usableAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""


class Visit(NamedTuple):
    """Seconds until the first widget was live and usable, and the layout shift."""

    live: float
    usable: float
    shift: float


def main() -> None:
    seen: dict[tuple[str, str], list[Visit]] = {}
    with served() as address, browser() as chromium:
        for name in PAGES:
            for link in ("local", "slow phone"):
                seen[name, link] = [
                    visit(chromium, address + name, slow=link != "local") for _ in range(VISITS)
                ]
    heading(f"First widget ({machine()})", f"Medians of {VISITS} visits with an empty cache.")
    median = {
        key: Visit(*(statistics.median(column) for column in zip(*visits, strict=True)))
        for key, visits in seen.items()
    }
    table(
        ("page", "seen from", "live", "usable", "layout shift"),
        [
            (name, link, f"{now.live:.2f} s", f"{now.usable:.2f} s", f"{now.shift:.3f}")
            for (name, link), now in median.items()
        ],
    )
    live = max(median[name, "local"].live for name in PAGES)
    usable = median[HERO, "slow phone"].usable
    shift = max(now.shift for now in median.values())
    print(f"\nfirst widget live, local: {live:.2f} s, {verdict(live, LIVE)}")
    print(f"hero usable, slow phone: {usable:.2f} s, {verdict(usable, USABLE)}")
    print(f"layout shift: {shift:.3f}, {verdict(shift, SHIFT)}")


def visit(chromium: Any, address: str, *, slow: bool) -> Visit:
    """One visit in an empty browser; raises if no widget is usable within 60 seconds."""
    context = chromium.new_context()
    context.add_init_script(WATCH)
    page = context.new_page()
    if slow:
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW_LINK)
        session.send("Emulation.setCPUThrottlingRate", SLOW_CPU)
    page.goto(address, wait_until="commit")
    page.wait_for_function("globalThis.usableAt", timeout=60_000)
    page.wait_for_timeout(500)  # what moves, moves with the names or right after them
    live, usable, shift = page.evaluate("[liveAt / 1000, usableAt / 1000, shift]")
    context.close()
    return Visit(live, usable, shift)


if __name__ == "__main__":
    main()
