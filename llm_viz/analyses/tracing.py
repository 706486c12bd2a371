"""Causal tracing: at which layer and token a model's answer hangs, by corrupting and restoring.

After Meng et al., "Locating and Editing Factual Associations in GPT" (2022), section 2. Three runs
are compared by the probability of one answer after a text that names a subject:

- the *clean* run;
- the *corrupted* run: Gaussian noise is added to the embeddings of the subject's tokens;
- the *restored* run: corrupted, but one thing is put back as it was in the clean run: the residual
  stream after one layer at one token ("hidden"), or what the attention layers, or the feed-forward
  layers ("mlp"), of a window around one layer write at one token.

Where the restored run gets the answer back, what was restored is enough to carry it. As there, the
noise is 3 standard deviations of the embeddings, and the window 10 of 48 layers, or as large a
share of another depth. Unlike there, the standard deviation is that of the whole embedding table
and not of some subjects' rows, so that it is one number for a model.

That a place is enough does not say that a fact is stored there: what is restored at the last token
late in the model is the answer itself, on its way out.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from llm_viz.analyses.occurrences import find_occurrence, token_positions
from llm_viz.analyses.resampling import interval, resampled_means
from llm_viz.model import LanguageModel
from llm_viz.model.interventions import Edits

Array = np.ndarray[Any, np.dtype[Any]]
Token = int | str
Kind = Literal["hidden", "attention", "mlp"]

SITE_OF: dict[Kind, str] = {"hidden": "resid_post", "attention": "attn_out", "mlp": "mlp_out"}
NOISE = 3.0  # standard deviations of the embeddings
WINDOW_SHARE = 10 / 48  # of the layers
RESAMPLES = 1000
# Of a noise's predictions that exist at once. Their sum over the noises takes as much again, and
# for a moment so does what the model reads out.
BLOCK_BYTES = 256e6


@dataclass(frozen=True, eq=False)
class Tracing:
    """What a model says after a text: clean, corrupted, and with one thing restored.

    Probabilities of corrupted and restored runs are means over the noises.

    Attributes:
        text: the text.
        tokens, token_ids: of it, the start token in front.
        subject: the positions of the tokens that are corrupted.
        answer: the token whose probability is followed.
        n_layers: of the model.
        kinds: what is restored.
        window: how many layers of attention, or of FFNs, are restored together.
        noise: its standard deviation, in standard deviations of the embeddings.
        seeds: of the noises.
        p_clean, p_corrupted: the answer's probability; ``corrupted_spread``: of the latter, from
            low to high.
        p: (kind, layer, pos) the answer's probability when this is restored.
        low, high: (kind, layer, pos) its spread over the noises: the mean is taken of as many
            noises drawn from these with replacement, 1000 times, and the middle 95 % of the means
            lie between. So few noises make it no confidence interval: of 5 it would hold the true
            mean in about 84 of 100 cases, of 3 in about 75. NaN if there is but one noise.
        clean_ids, clean_probs: (k,) the likeliest tokens of the clean run, best first.
        corrupted_ids, corrupted_probs: (k,) of the corrupted runs.
        top_ids, top_probs: (kind, layer, pos, k) of the restored runs.
        shown: the names of all these tokens by id, as shown to people.
    """

    text: str
    tokens: tuple[str, ...]
    token_ids: tuple[int, ...]
    subject: tuple[int, ...]
    answer: int
    n_layers: int
    kinds: tuple[Kind, ...]
    window: int
    noise: float
    seeds: tuple[int, ...]
    p_clean: float
    p_corrupted: float
    corrupted_spread: tuple[float, float]
    p: Array
    low: Array
    high: Array
    clean_ids: Array
    clean_probs: Array
    corrupted_ids: Array
    corrupted_probs: Array
    top_ids: Array
    top_probs: Array
    shown: dict[int, str]

    @property
    def known(self) -> bool:
        """True if the answer is what the model says first when nothing is corrupted."""
        return int(self.clean_ids[0]) == self.answer

    @property
    def total_effect(self) -> float:
        """How much of the answer's probability the noise takes away."""
        return self.p_clean - self.p_corrupted

    @property
    def effect(self) -> Array:
        """(kind, layer, pos) how much restoring gives back (the *indirect effect*)."""
        found: Array = self.p - self.p_corrupted
        return found

    def map(self, kind: Kind) -> Array:
        """(layer, pos) the answer's probability when this kind is restored.

        Raises:
            KeyError: this kind was not traced.
        """
        if kind not in self.kinds:
            raise KeyError(f"{kind!r} was not traced; there are {', '.join(self.kinds)}")
        found: Array = self.p[self.kinds.index(kind)]
        return found

    def restored(self, kind: Kind, layer: int) -> range:
        """The layers that are restored together around one."""
        return restored_layers(kind, layer, self.window, self.n_layers)

    def top(self, k: int = 10, kind: Kind = "hidden") -> list[tuple[int, int, float]]:
        """The ``k`` cells that give most back: layer, position, the answer's probability."""
        found = self.map(kind)
        order = np.argsort(-found, axis=None, kind="stable")[:k]
        cells = np.stack(np.unravel_index(order, found.shape), axis=1)
        return [(int(layer), int(pos), float(found[layer, pos])) for layer, pos in cells]


def causal_trace(
    lm: LanguageModel,
    text: str,
    subject: str,
    answer: Token | None = None,
    *,
    noise: float = NOISE,
    seeds: Sequence[int] = range(5),
    window: int | None = None,
    kinds: Sequence[Kind] = get_args(Kind),
    k: int = 5,
) -> Tracing:
    """Corrupt the subject of a text, restore one thing at a time, and follow the answer.

    Nothing before the subject differs between the clean and the corrupted run, so restoring there
    changes nothing; these cells hold the corrupted run's figures without being computed.

    Args:
        lm: a model that predicts tokens and can be opened.
        text: ends before the answer.
        subject: words of the text, as they stand there; marked in the text, as in ``*Rome*``, if
            they stand there more than once. Every token that has a part in them is corrupted.
        answer: by id or by exact text (``" Tokyo"``); None: the likeliest token of the clean run.
        noise: standard deviation of what is added to each number of the embeddings, in standard
            deviations of the whole embedding table.
        seeds: of the noises; results are means over them.
        window: how many layers of attention, or of FFNs, are restored together; None: 10 of 48, or
            as large a share.
        kinds: what to restore: ``"hidden"``, ``"attention"``, ``"mlp"``.
        k: how many of the likeliest tokens of each cell are kept.

    Raises:
        ValueError: the subject is not in the text or is there more than once, the answer is not
            one token, the noise is not above 0, there is no seed, a kind is unknown, the window
            does not fit the model, the text is too long, or the model is an encoder or read from
            outside.

    Examples:
        >>> traced = causal_trace(lm, "The capital of Japan is", "Japan")    # doctest: +SKIP
        >>> traced.p_clean, traced.p_corrupted, traced.top(3)                # doctest: +SKIP
    """
    steps = tracing_steps(
        lm, text, subject, answer, noise=noise, seeds=seeds, window=window, kinds=kinds, k=k
    )
    while True:
        try:
            next(steps)
        except StopIteration as done:
            traced: Tracing = done.value
            return traced


def tracing_steps(
    lm: LanguageModel,
    text: str,
    subject: str,
    answer: Token | None = None,
    *,
    noise: float = NOISE,
    seeds: Sequence[int] = range(5),
    window: int | None = None,
    kinds: Sequence[Kind] = get_args(Kind),
    k: int = 5,
    positions_each: int | None = None,
) -> Generator[tuple[int, int], None, Tracing]:
    """`causal_trace` a step at a time, for a reader who waits and may think better of it.

    Args:
        lm, text, subject, answer, noise, seeds, window, kinds, k: see `causal_trace`.
        positions_each: how many positions a step covers at most; None: as many as memory allows.

    Yields:
        How many steps of how many are done. The generator returns the trace.
    """
    if not lm.dims.d_vocab or not lm.network.opens:
        what = "is read from outside" if lm.dims.d_vocab else "is an encoder and predicts no tokens"
        raise ValueError(f"{lm.info.id} {what}, so nothing in it can be traced")
    kinds, seeds, n_layers = tuple(kinds), tuple(map(int, seeds)), lm.dims.n_layers
    window = default_window(n_layers) if window is None else window
    _check(noise, seeds, window, kinds, n_layers)
    if not 1 <= k <= lm.dims.d_vocab:
        raise ValueError(f"k is {k}; expected from 1 to {lm.dims.d_vocab:,} (the vocabulary)")
    place = find_occurrence(text, subject, called="subject")
    text, at = place.text, token_positions(lm, place)
    chosen = None if answer is None else lm.token_id(answer)

    clean = lm.run(text, ("embed", *(SITE_OF[kind] for kind in kinds), "logits"), positions=[-1])
    said = _probabilities(clean["logits"][0])
    clean_ids, clean_probs = _likeliest(said, k)
    followed = int(clean_ids[0]) if chosen is None else chosen
    spread = noise * lm.embedding_spread()
    corruptions = [_noisy(lm, clean["embed"], at, spread, seed) for seed in seeds]

    length = len(clean)
    shape = (len(kinds), n_layers, length)
    p = np.empty((*shape, len(seeds)), np.float64)
    top_ids, top_probs = np.empty((*shape, k), np.int64), np.empty((*shape, k), np.float64)
    corrupted = np.zeros((len(seeds), lm.dims.d_vocab), np.float32)
    size = BLOCK_BYTES // (4 * len(kinds) * n_layers * lm.dims.d_vocab)
    blocks = list(_blocks(at[0], length, max(1, int(min(size, positions_each or size)))))
    done = 0
    for block in blocks:
        cells = [
            (i, layer, pos) for i in range(len(kinds)) for layer in range(n_layers) for pos in block
        ]
        plan = [
            lm.patching(
                clean,
                SITE_OF[kinds[i]],
                layers=restored_layers(kinds[i], layer, window, n_layers),
                positions=[pos],
            )
            for i, layer, pos in cells
        ]
        total = np.zeros((len(cells), lm.dims.d_vocab), np.float32)
        for n, corruption in enumerate(corruptions):
            with lm.edit(corruption):
                found = lm.sweep(text, plan)
            for row, cell in enumerate(cells):
                probs = _probabilities(found.logits[row, 0])
                total[row] += probs
                p[(*cell, n)] = probs[followed]
            corrupted[n] = _probabilities(found.base_logits[0])
            del found  # before the next noise's predictions are made
            done += 1
            yield done, len(blocks) * len(seeds)
        for row, cell in enumerate(cells):
            top_ids[cell], top_probs[cell] = _likeliest(total[row] / len(seeds), k)

    before = slice(at[0])
    p[:, :, before] = corrupted[:, followed]
    corrupted_ids, corrupted_probs = _likeliest(corrupted.mean(axis=0), k)
    top_ids[:, :, before], top_probs[:, :, before] = corrupted_ids, corrupted_probs
    low, high = _spread(p)
    ends = _spread(corrupted[:, followed].astype(np.float64))
    named = {followed, *map(int, clean_ids), *map(int, corrupted_ids), *map(int, top_ids.flat)}
    return Tracing(
        text=text,
        tokens=clean.tokens,
        token_ids=tuple(map(int, clean.token_ids)),
        subject=at,
        answer=followed,
        n_layers=n_layers,
        kinds=kinds,
        window=window,
        noise=float(noise),
        seeds=seeds,
        p_clean=float(said[followed]),
        p_corrupted=float(corrupted[:, followed].mean(dtype=np.float64)),
        corrupted_spread=(float(ends[0]), float(ends[1])),
        p=p.mean(axis=-1),
        low=low,
        high=high,
        clean_ids=clean_ids,
        clean_probs=clean_probs,
        corrupted_ids=corrupted_ids,
        corrupted_probs=corrupted_probs,
        top_ids=top_ids,
        top_probs=top_probs,
        shown={token: lm.tokenizer.show(token) for token in sorted(named)},
    )


def default_window(n_layers: int) -> int:
    """How many layers are restored together: 10 of 48 (Meng et al. 2022), or as large a share."""
    return max(1, round(WINDOW_SHARE * n_layers))


def restored_layers(kind: Kind, layer: int, window: int, n_layers: int) -> range:
    """The layers that are restored together around one; of the stream, that one alone.

    An even window reaches one layer further down than up, as in the paper's code. At the ends of
    the model it is cut off.
    """
    if kind == "hidden":
        return range(layer, layer + 1)
    return range(max(0, layer - window // 2), min(n_layers, layer + (window + 1) // 2))


def _check(
    noise: float, seeds: tuple[int, ...], window: int, kinds: tuple[Kind, ...], n_layers: int
) -> None:
    if not np.isfinite(noise) or noise <= 0:
        raise ValueError(
            f"noise is {noise}; expected a number above 0, such as {NOISE:g}: without noise "
            "nothing is corrupted, so nothing can be restored"
        )
    if not seeds or min(seeds) < 0:
        raise ValueError(f"seeds are {list(seeds)}; expected one whole number or more, from 0 on")
    if not 1 <= window <= n_layers:
        raise ValueError(f"window is {window}; expected 1 to {n_layers} (the number of layers)")
    if not kinds or set(kinds) - set(SITE_OF) or len(set(kinds)) < len(kinds):
        raise ValueError(f"kinds are {list(kinds)}; expected some of {', '.join(SITE_OF)}")


def _noisy(lm: LanguageModel, embed: Array, at: tuple[int, ...], size: float, seed: int) -> Edits:
    """The change that adds noise to the embeddings at some positions."""
    drawn = np.random.default_rng(seed).standard_normal((len(at), embed.shape[1]))
    values = embed[list(at)] + size * drawn
    return lm.patching(values.astype(np.float32), "embed", positions=at)


def _blocks(first: int, length: int, size: int) -> Iterator[range]:
    """Positions that are traced together: not too many, or their predictions fill the memory."""
    for start in range(first, length, size):
        yield range(start, min(start + size, length))


def _probabilities(logits: Array) -> Array:
    """Softmax of one prediction (d_vocab,); of hundreds at once it would fill the memory."""
    found: Array = np.exp(logits - logits.max())
    found /= found.sum(dtype=np.float64)
    return found


def _likeliest(probs: Array, k: int) -> tuple[Array, Array]:
    """The ``k`` likeliest tokens of a prediction (d_vocab,) and their probabilities, best first."""
    best = np.argpartition(-probs, k - 1)[:k]
    ids = best[np.argsort(-probs[best], kind="stable")]
    return ids, probs[ids].astype(np.float64)


def _spread(each: Array) -> Array:
    """How far the mean over noises (…, noise) moves with their draw: low and high end, (2, …)."""
    if each.shape[-1] < 2:
        return np.full((2, *each.shape[:-1]), np.nan)
    return interval(resampled_means(np.moveaxis(each, -1, 0), resamples=RESAMPLES))
