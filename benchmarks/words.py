"""Searching word vectors: in the page, what its 8-bit integers cost, and in Python against gensim.

The page's own JavaScript searches its own asset, in Node, which has Chromium's engine. Accuracy is
on the Google analogies, asked of the same words and answered among them, with the vectors as
published and as they were. In Python, `neighbours` looks among all 400,000 words, and so does
gensim's `most_similar`, word by word in turn.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import llm_viz
from benchmarks._common import (
    HERE,
    SCRATCH,
    heading,
    in_turn,
    machine,
    ratio,
    table,
    verdict,
)
from llm_viz.analyses import analogy, analogy_scores, frequent_words, neighbours, unit_vectors
from llm_viz.js.build import find_node
from llm_viz.model.vector_files import keyed
from llm_viz.widgets.assets import asset_path
from llm_viz.widgets.page_words import PUBLISHED, page_vectors
from llm_viz.widgets.word_assets import publish_words

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

SEARCHES = 1000
PAIRS = 200
IN_PAGE = 10.0  # ms
LOST = 0.5  # percentage points of accuracy
OVER_GENSIM = 1.05  # no slower, but for the noise of a shared machine


class Search(NamedTuple):
    """What one search in the page took, and its best answer."""

    ms: float
    best: str


def main() -> None:
    vectors = llm_viz.load_vectors()
    asset = publish_words(vectors, PUBLISHED)
    in_page(asset)
    accuracy(vectors, asset)
    in_python(vectors)


def in_page(asset: str) -> None:
    """Neighbours and analogies among the page's words."""
    held = page_vectors({"words": asset})
    words = held.index_to_key
    chosen = words[:: len(words) // SEARCHES][:SEARCHES]
    turned = (chosen[1:] + chosen[:1], chosen[2:] + chosen[:2])
    one, three = [(word,) for word in chosen], list(zip(chosen, *turned, strict=True))
    searches = {"neighbours": _searched(asset, one), "analogies": _searched(asset, three)}
    # What is timed is the search that Python makes too.
    for i, (a, b, c) in enumerate(three[:20]):
        assert searches["neighbours"][i].best == neighbours(held, a, 1, None).words[0]
        assert searches["analogies"][i].best == analogy(held, a, b, c, 1, None).answer
    size = f"{len(words):,} × {held.vector_size}"
    heading(f"Words in the page, {size} ({machine()})", f"Milliseconds, {len(chosen)} searches.")
    times = {name: sorted(each.ms for each in found) for name, found in searches.items()}
    rows = [
        (name, f"{statistics.median(ms):.2f}", f"{ms[int(0.95 * len(ms))]:.2f}")
        for name, ms in times.items()
    ]
    table(("search", "median", "95 of 100 are below"), rows)
    slowest = max(map(statistics.median, times.values()))
    print(f"\na search in the page: {slowest:.2f} ms, {verdict(slowest, IN_PAGE)}")


def _searched(asset: str, asked: Sequence[tuple[str, ...]]) -> list[Search]:
    SCRATCH.mkdir(parents=True, exist_ok=True)
    searches = SCRATCH / "searches.json"
    searches.write_text(json.dumps(asked), encoding="utf-8")
    command = [find_node().program, str(HERE / "words.mjs"), str(asset_path(asset)), str(searches)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    return [Search(**each) for each in json.loads(done.stdout)]


def accuracy(vectors: KeyedVectors, asset: str) -> None:
    """What 8-bit integers cost on the Google analogies."""
    words = frequent_words(vectors, PUBLISHED)
    kinds = {
        "floats": keyed(words, unit_vectors(vectors, words)),
        "8-bit integers": page_vectors({"words": asset}),
    }
    totals = {name: analogy_scores(kind, None).total for name, kind in kinds.items()}
    heading("Google analogies", f"Answered among {len(words):,} words, the inputs left out.")
    table(
        ("vectors", "asked", "right", "accuracy"),
        [
            (name, f"{total.asked:,}", f"{total.right:,}", f"{100 * total.accuracy:.2f} %")
            for name, total in totals.items()
        ],
    )
    lost = 100 * (totals["floats"].accuracy - totals["8-bit integers"].accuracy)
    print(f"\nlost to 8-bit integers: {lost:.2f} points, {verdict(lost, LOST)}")


def in_python(vectors: KeyedVectors) -> None:
    """Neighbours among all words, against gensim's own."""
    words = vectors.index_to_key[:: len(vectors) // PAIRS]
    ours, theirs = "analyses.neighbours", "gensim's most_similar"
    calls: dict[str, Callable[[str], object]] = {
        ours: lambda word: neighbours(vectors, word, 10, None),
        theirs: lambda word: vectors.most_similar(word, topn=10),
    }
    measures = {name: partial(_timed, call, iter(words)) for name, call in calls.items()}
    times = in_turn(measures, PAIRS - 1)
    heading(f"Words in Python, {len(vectors):,} ({machine()})", "Medians; the ratio: of pairs.")
    rows = [(name, f"{1000 * statistics.median(took):.1f} ms") for name, took in times.items()]
    table(("ten nearest of all", "median"), rows)
    over = ratio(times[ours], times[theirs])
    print(f"\nover gensim: {over:.3f}, {verdict(over, OVER_GENSIM)}")


def _timed(call: Callable[[str], object], words: Iterator[str]) -> float:
    """Seconds of a call with the next word."""
    word = next(words)
    began = time.perf_counter()
    call(word)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
