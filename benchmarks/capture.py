"""Keeping every activation: llm_viz against transformers' own outputs and TransformerLens.

Same weights, same token ids, same run, two figures a length: the time, and how far the process's
memory rises in the first call of that length (in a process of its own).

`pattern` and `attn_scores` of a trace are computed when they are asked for. The row "derived sites
too" asks for them at once, whole, which is what the peers do.
"""

from __future__ import annotations

import statistics
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._common import (
    WORDS,
    Worker,
    heading,
    in_turn,
    machine,
    ms,
    peer_python,
    ratio,
    reference_folder,
    table,
    verdict,
)

PAIRS = {10: 15, 50: 15, 200: 7, 1000: 4}
OURS, DERIVED, REFERENCE, LENS = (
    "llm_viz",
    "llm_viz, derived sites too",
    "transformers",
    "TransformerLens",
)
BUDGET = 1.10  # over the reference
SPEED = {50: 1.3, 1000: 1.8}  # over TransformerLens, at least
MEMORY = 0.5  # of TransformerLens's, at most


def main() -> None:
    folder = str(reference_folder())
    pythons: dict[str, Path | str] = {
        OURS: sys.executable,
        DERIVED: sys.executable,
        REFERENCE: sys.executable,
        LENS: peer_python(),
    }
    heading(f"Capture of every site ({machine()})", "Time: medians; ratios: medians of pairs.")
    with ExitStack() as stack:
        workers = {n: stack.enter_context(Worker(p, n, folder)) for n, p in pythons.items()}
        prompts = {n: prompt(workers[OURS], n) for n in PAIRS}
        _check_same_model(workers, prompts[50])
        times = {n: _times(workers, prompts[n], n) for n in PAIRS}
    memory = {
        n: {name: _memory(python, name, folder, prompts, n) for name, python in pythons.items()}
        for n in (50, 1000)
    }
    _report(times, memory)


def prompt(worker: Worker, tokens: int) -> dict[str, Any]:
    """A text of exactly so many tokens, the start token counted, and its ids."""
    words = (WORDS.split() * (tokens // 10 + 1))[: tokens - 1]
    text = " ".join(words)
    ids = worker.ask("token_ids", text=text)
    assert len(ids) == tokens, f"wanted {tokens} tokens, got {len(ids)}"
    return {"text": text, "ids": ids}


def _check_same_model(workers: dict[str, Worker], request: dict[str, Any]) -> None:
    """Peers with other weights would make every comparison worthless."""
    ours = workers[OURS].ask("logits", **request)
    for name in (REFERENCE, LENS):
        theirs = workers[name].ask("logits", **request)
        worst = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
        print(f"largest difference of a logit from {name}: {worst:.1e}")
        assert worst < 1e-3, f"{name} does not compute the same model"


def _times(
    workers: dict[str, Worker], request: dict[str, Any], tokens: int
) -> dict[str, list[float]]:
    measures = {name: partial(worker.ask, "time", **request) for name, worker in workers.items()}
    return in_turn(measures, PAIRS[tokens])


def _memory(
    python: Path | str, name: str, folder: str, prompts: dict[int, dict[str, Any]], tokens: int
) -> float:
    with Worker(python, name, folder) as worker:
        worker.ask("time", **prompts[10])  # whatever a first call of all sets up
        return float(worker.ask("memory", **prompts[tokens]))


def _report(times: dict[int, dict[str, list[float]]], memory: dict[int, dict[str, float]]) -> None:
    rows = []
    for tokens, by_peer in times.items():
        for name, seconds in by_peer.items():
            added = memory.get(tokens, {}).get(name)
            rows.append(
                (
                    f"{tokens} tokens: {name}",
                    ms(statistics.median(seconds)),
                    f"{ratio(seconds, by_peer[REFERENCE]):.2f}",
                    f"{ratio(by_peer[LENS], seconds):.2f}",
                    "" if added is None else f"{added:,.0f} MB",
                )
            )
    table(("", "time", "× reference", "speed × TransformerLens", "added memory"), rows)
    print()
    for tokens, by_peer in times.items():
        over = ratio(by_peer[OURS], by_peer[REFERENCE])
        print(f"{tokens} tokens, time over the reference: {over:.2f}, {verdict(over, BUDGET)}")
    for tokens, least in SPEED.items():
        by_peer = times[tokens]
        speed = ratio(by_peer[LENS], by_peer[OURS])
        share = memory[tokens][OURS] / memory[tokens][LENS]
        print(
            f"{tokens} tokens, against TransformerLens: speed {speed:.2f}, "
            f"{verdict(speed, least, at_least=True)}; memory {share:.2f}, {verdict(share, MEMORY)}"
        )


if __name__ == "__main__":
    main()
