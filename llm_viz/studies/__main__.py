"""The command that runs the studies: `python -m llm_viz.studies [name ...] [--afresh]`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from llm_viz.studies import (
    causal_traces,
    compression,
    generations,
    grammar_first,
    indirect_object,
    induction,
    knowing_copying,
    neurons,
    story_facts,
    switches,
    vector_arithmetic,
    word_layouts,
    word_learning,
    word_pairs,
    word_senses,
)

STUDIES: dict[str, Callable[[bool], Path | tuple[Path, ...]]] = {
    "causal_traces": causal_traces.run,
    "compression": compression.run,
    "generations": generations.run,
    "grammar_first": grammar_first.run,
    "indirect_object": indirect_object.run,
    "induction": induction.run,
    "knowing_copying": knowing_copying.run,
    "neurons": neurons.run,
    "story_facts": story_facts.run,
    "switches": switches.run,
    "vector_arithmetic": vector_arithmetic.run,
    "word_layouts": word_layouts.run,
    "word_learning": word_learning.run,
    "word_pairs": word_pairs.run,
    "word_senses": word_senses.run,
}


def main() -> None:
    """Run the studies that are named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m llm_viz.studies", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(STUDIES))
    parser.add_argument("--afresh", action="store_true", help="compute again what is up to date")
    told = parser.parse_args()
    for name in told.names:
        if name not in STUDIES:
            parser.error(f"there is no study {name!r}; there are {', '.join(STUDIES)}")
    for name in told.names or STUDIES:
        made = STUDIES[name](told.afresh)
        for path in (made,) if isinstance(made, Path) else made:
            tqdm.write(f"{name}: {path.name}, {path.stat().st_size / 1000:,.0f} kB")


if __name__ == "__main__":
    main()
