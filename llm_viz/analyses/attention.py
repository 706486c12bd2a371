"""What each attention head does: how much of its look goes where, on a text or on random repeats.

The roles and where they were described:

* previous token: Elhage et al., "A Mathematical Framework for Transformer Circuits" (2021);
* induction, which continues what was there before: the same, and Olsson et al., "In-context
  Learning and Induction Heads" (2022), whose random sequences, said twice, are used here;
* duplicate token: Wang et al., "Interpretability in the Wild" (2022);
* first token as a sink, where a look goes that has nothing to fetch: Xiao et al., "Efficient
  Streaming Language Models with Attention Sinks" (2023).

A score says where a head looks, not what it then does with what it finds: that takes switching the
head off. Heads are read one at a time, so that a text's patterns are never all held.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm.auto import tqdm

from llm_viz.trace import Trace, index_in

if TYPE_CHECKING:
    from llm_viz.model import LanguageModel

Array = np.ndarray[Any, np.dtype[Any]]

IN_WORDS = {
    "previous_token": "looks at the token before",
    "current_token": "looks at the token itself",
    "first_token": "rests on the first token",
    "duplicate_token": "looks at the same token earlier on",
    "induction": "looks at what came after the same token earlier on",
    "entropy": "spreads its look: bits of entropy",
    "mean_distance": "looks far: tokens between here and there",
}
ROLES = ("previous_token", "current_token", "first_token", "duplicate_token", "induction")
JOB_SHARE = 0.4  # of a head's look must go to a role before the head is called by it


@dataclass(frozen=True, eq=False)
class HeadScores:
    """How much of its look each head gives to what, each of shape (layer, head), float32.

    With ``A[i, j]`` the share of the look of the token at i that goes to the token at j. The first
    token counts as the sink and as nothing else, so these means leave out the rows in which two
    scores would be one. Where no row is left, a score is NaN.

    Attributes:
        previous_token: mean of ``A[i, i - 1]`` over i >= 2; at 1 the token before is the first.
        current_token: mean of ``A[i, i]`` over i >= 1.
        first_token: mean of ``A[i, 0]`` over i >= 2, as at 1 it is also the token before.
        duplicate_token: mean, over the tokens i that stand at some j with 1 <= j <= i - 2 as well,
            of the sum of ``A[i, j]`` over these j. Nearer, j would be the token before.
        induction: with the same j, mean of the sum of ``A[i, j + 1]``: of what came next then. Only
            where j + 1 <= i - 2, and over the tokens i for which there is such a j.
        entropy: mean of ``-Σ_j A[i, j] log2 A[i, j]``, in bits: 0 where all goes to one token,
            log2(n) where n tokens share alike. Over i >= 1, as at 0 there is nothing to choose; an
            encoder, which looks ahead as well, chooses there too, and all its rows count.
        mean_distance: mean of ``Σ_j A[i, j] |i - j|``, in tokens, over the same rows.
    """

    previous_token: Array
    current_token: Array
    first_token: Array
    duplicate_token: Array
    induction: Array
    entropy: Array
    mean_distance: Array

    def as_dict(self) -> dict[str, Array]:
        """The scores by name, in this order."""
        return {name: getattr(self, name) for name in SCORES}

    def top(self, name: str, k: int = 5) -> list[tuple[int, int, float]]:
        """The ``k`` heads of the highest score: (layer, head, score); fewer if it is undefined.

        Raises:
            KeyError: there is no such score; the message lists them.
        """
        if name not in SCORES:
            raise KeyError(f"there is no score {name!r}; the scores are {', '.join(SCORES)}")
        score: Array = getattr(self, name)
        best = [(*head, float(score[head])) for head in ranked_heads(score)[: max(k, 0)]]
        return [each for each in best if not np.isnan(each[2])]

    def job(self, layer: int, head: int, share: float = JOB_SHARE) -> str | None:
        """The role of `ROLES` to which a head gives most of its look, or None below a share.

        On random repeated tokens this is a name for the head; on a text, for what it does there.

        Raises:
            IndexError: there is no such head.
        """
        n_layers, n_heads = self.previous_token.shape
        layer, head = index_in(layer, n_layers, "layer"), index_in(head, n_heads, "head")
        found = {role: float(getattr(self, role)[layer, head]) for role in ROLES}
        found = {role: score for role, score in found.items() if score >= share}  # NaN is not
        return max(found, key=found.__getitem__) if found else None


def ranked_heads(score: Array) -> list[tuple[int, int]]:
    """All (layer, head), the highest score first and undefined ones last.

    Args:
        score: (layer, head). Of equal ones the lower layer and head come first.
    """
    order = np.argsort(-score, axis=None, kind="stable")  # NaN comes last
    layers, heads = np.unravel_index(order, score.shape)
    return [(int(layer), int(head)) for layer, head in zip(layers, heads, strict=True)]


SCORES = tuple(field.name for field in fields(HeadScores))


def head_scores(trace: Trace) -> HeadScores:
    """Score every head on the text of a trace.

    On a text of your own, a token that stands twice need not mean the same twice, and a score is a
    mean over what happens to repeat. For what a head is made for, see `repeated_token_scores`.

    Args:
        trace: with patterns, or with the rotated queries and keys that make them.

    Raises:
        KeyError: the trace has neither; the message says how to get them.

    Examples:
        >>> head_scores(lm.run("The cat sat", sites=("pattern",))).top("first_token")
        ... # doctest: +SKIP
    """
    n_layers, n_heads = trace.dims.n_layers, trace.dims.n_heads
    rows = _Rows.of(trace)
    scores = np.empty((len(SCORES), n_layers, n_heads), np.float32)
    for layer in tqdm(range(n_layers), "scoring heads", unit="layer", delay=1, leave=False):
        for head in range(n_heads):
            scores[:, layer, head] = rows.score(trace.head("pattern", layer, head))
    return HeadScores(*scores)


def repeated_token_scores(
    lm: LanguageModel, *, n_tokens: int = 25, sequences: int = 8, seed: int = 0
) -> HeadScores:
    """Score every head on random tokens said twice: where no meaning helps, only repetition.

    The tokens of a block differ, so that in its second half each has one twin, ``n_tokens`` back:
    duplicate token is the mean of ``A[i, i - n]`` and induction of ``A[i, i - n + 1]`` over the
    second half, as Olsson et al. (2022) have it (in a model without a start token, over all of it
    but its first token, whose twin is the first of the text). Each score is the mean over the
    sequences; see `HeadScores` for the others.

    Args:
        lm: the model.
        n_tokens: in a block, at least 3.
        sequences: how many texts, each of other random tokens.
        seed: the same seed gives the same texts. Text number i is `repeated_text` of seed + i.

    Raises:
        ValueError: a number is too small, two blocks are beyond the model's context, or the model
            does not give patterns.
    """
    if sequences < 1:
        raise ValueError(f"sequences is {sequences}; give at least one")
    found = []
    for i in range(sequences):
        trace = lm.run(repeated_text(lm, n_tokens, seed + i), ("pattern",))
        found.append(head_scores(trace))
    means = (np.mean([getattr(each, name) for each in found], axis=0) for name in SCORES)
    return HeadScores(*means)


def repeated_text(lm: LanguageModel, n_tokens: int = 25, seed: int = 0) -> str:
    """Random tokens said twice, as a text.

    Drawn without repeats, each as likely as any other, from the tokens that are letters and stand
    for themselves behind a space: of others, a text would not be cut as it was put together.

    Args:
        lm: the model whose tokens to draw from.
        n_tokens: in each of the two blocks, at least 3: else the twin is also the token before.
        seed: the same seed gives the same text.

    Raises:
        ValueError: fewer than 3 tokens, more than the vocabulary has of this kind, or two blocks
            are not cut as they were put together.
    """
    if n_tokens < 3:
        raise ValueError(f"n_tokens is {n_tokens}; a block needs at least 3")
    ids: list[int] = []
    words: list[str] = []
    for token in np.random.default_rng(seed).permutation(len(lm.tokenizer)):
        word = lm.tokenizer.decode([int(token)]).strip(" ")
        if word.isalpha() and lm.token_ids(f" {word}", add_start=False) == [token]:
            ids.append(int(token))
            words.append(f" {word}")
        if len(words) == n_tokens:
            break
    else:
        raise ValueError(
            f"n_tokens is {n_tokens}, but the vocabulary of {lm.info.id} has only {len(words)} "
            "tokens that are a word with a space before it; ask for at most so many"
        )
    text = "".join(words * 2)
    if lm.token_ids(text, add_start=False) != ids * 2:
        raise ValueError(
            f"{lm.info.id} cuts words otherwise when they stand together, so a text of random "
            "tokens cannot be made for it"
        )
    return text


@dataclass(frozen=True, eq=False)
class _Rows:
    """Which cells of a text's patterns count for what; the same for every head.

    Attributes:
        distance: (query, key) in tokens.
        first: the first row in which there is a choice.
        twins, twin_rows: (query, key) cells for duplicate token, and how many queries have one.
        nexts, next_rows: likewise, for induction.
    """

    distance: Array
    first: int
    twins: tuple[Array, Array]
    twin_rows: int
    nexts: tuple[Array, Array]
    next_rows: int

    @classmethod
    def of(cls, trace: Trace) -> _Rows:
        at = np.arange(len(trace))
        ids = np.asarray(trace.token_ids)
        before = at[:, None] - at  # how far back each key is from each query
        same = (ids[:, None] == ids) & (before >= 2)
        same[:, :1] = False
        twins = np.nonzero(same)
        nexts = np.nonzero(same & (before >= 3))
        return cls(
            distance=np.abs(before).astype(np.float32),
            first=1 if trace.attention.causal else 0,
            twins=(twins[0], twins[1]),
            twin_rows=len(np.unique(twins[0])),
            nexts=(nexts[0], nexts[1] + 1),
            next_rows=len(np.unique(nexts[0])),
        )

    def score(self, pattern: Array) -> tuple[float, ...]:
        """The scores of one head, in the order of `SCORES`."""
        at = np.arange(len(pattern))
        chosen = pattern[self.first :]
        logs = np.log2(chosen, where=chosen > 0, out=np.zeros_like(chosen))
        return (
            _mean(pattern[at[2:], at[2:] - 1]),
            _mean(pattern[at[1:], at[1:]]),
            _mean(pattern[2:, 0]),
            _share(pattern[self.twins], self.twin_rows),
            _share(pattern[self.nexts], self.next_rows),
            _mean(-np.einsum("qk,qk->q", chosen, logs)),
            _mean(np.einsum("qk,qk->q", chosen, self.distance[self.first :])),
        )


def _mean(values: Array) -> float:
    return float(values.mean(dtype=np.float64)) if len(values) else np.nan


def _share(values: Array, rows: int) -> float:
    return float(values.sum(dtype=np.float64)) / rows if rows else np.nan
