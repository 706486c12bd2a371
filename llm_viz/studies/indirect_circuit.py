"""Is the circuit that was found enough? What is left of the task with all other heads off.

*Off* means that a head puts out its mean, position by position, over texts of the same template in
which three people stand, each named once. So it still says what it always says in such a text, but
not who gives. Feed-forward layers stay on. Wang et al., "Interpretability in the Wild" (2022), keep
each head at the positions only at which its class acts; here a head is on or off at all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from llm_viz.model import LanguageModel
from llm_viz.studies.indirect_heads import answers
from llm_viz.studies.indirect_prompts import Prompt
from llm_viz.studies.indirect_statistics import SEED

Array = np.ndarray[Any, np.dtype[Any]]
Heads = Sequence[tuple[int, int]]


def differences(
    lm: LanguageModel,
    several: Sequence[Prompt],
    references: Mapping[str, Sequence[str]],
    off: Sequence[Heads],
) -> Array:
    """The logit difference of each prompt with each set of heads off: (set, prompt).

    Args:
        lm: the model.
        several: prompts, template by template, as many in each.
        references: by template, texts to take means over.
        off: sets of (layer, head) pairs.

    Raises:
        ValueError: the prompts cannot be shared out over the references.
    """
    if len(several) % len(references):
        raise ValueError(
            f"there are {len(several)} prompts for {len(references)} templates; expected as many "
            "for each"
        )
    each = len(several) // len(references)
    parts = [several[i : i + each] for i in range(0, len(several), each)]
    found = []
    bar = tqdm(total=len(several), desc="switching heads off", unit="prompt")
    for prompts, texts in zip(parts, references.values(), strict=True):
        reference = lm.reference(texts, ("z",))
        plan = [
            lm.ablation(heads=heads, by="mean", reference=reference, per_position=True)
            for heads in off
        ]
        for prompt in prompts:
            swept = lm.sweep(prompt.text, plan, token_ids=answers(lm, prompt))
            found.append(swept.logits[:, 0, 0] - swept.logits[:, 0, 1])
            bar.update()
    bar.close()
    return np.stack(found, axis=1)


def others(lm: LanguageModel, heads: Heads) -> list[tuple[int, int]]:
    """All heads but these."""
    kept = set(heads)
    return [head for head in lm.dims.heads if head not in kept]


def random_heads(
    lm: LanguageModel, count: int, draws: int, *, without: Heads = (), seed: int = SEED
) -> list[list[tuple[int, int]]]:
    """Sets of ``count`` heads drawn at random, none twice in a set, and none of ``without``.

    Raises:
        ValueError: there are not so many.
    """
    pool = others(lm, without)
    if not 0 <= count <= len(pool):
        raise ValueError(f"{count} heads are to be drawn; there are {len(pool)} to draw from")
    rng = np.random.default_rng(seed)
    return [
        [pool[i] for i in sorted(rng.choice(len(pool), count, replace=False))] for _ in range(draws)
    ]
