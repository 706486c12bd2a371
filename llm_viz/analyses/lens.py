"""The logit lens: what each layer would predict, if it were the last one.

The residual stream has one width from the embedding to the end, so the model's own final norm and
unembedding can read it anywhere on the way. The method is nostalgebraist's, "interpreting GPT: the
logit lens" (2020). After the last block it gives exactly the model's own prediction. Before that it
shows what a stream holds in the unembedding's terms, which need not be all that it holds.

The figures of each stream are computed where the unembedding lives, `LanguageModel.readings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from llm_viz.model import LanguageModel
from llm_viz.trace import Trace, index_in

Array = np.ndarray[Any, np.dtype[Any]]
Token = str | int


class Depth(NamedTuple):
    """A place on the way through the model.

    Attributes:
        layer: the block, 0 for the first; -1 for the embedding, before any block.
        part: ``"block"``: after the whole block; ``"attention"``: after its attention only.
    """

    layer: int
    part: Literal["embedding", "attention", "block"]

    @property
    def label(self) -> str:
        """In words, such as ``"layer 3"``."""
        if self.part == "embedding":
            return "embedding"
        return f"layer {self.layer}" + (", attention only" if self.part == "attention" else "")


@dataclass(frozen=True, eq=False)
class TokenPaths:
    """Rank and probability of chosen tokens through the depth of a model.

    Attributes:
        depths: (n,) where it was read.
        positions: (pos,) of the text.
        token_ids: (pos, c) the tokens that were followed, at each position; one that was both named
            and among the final prediction's likeliest is there twice.
        shown: their names by id, as shown to people.
        log_probs: (n, pos, c) in nats.
        ranks: (n, pos, c), 1 for the likeliest token.
    """

    depths: tuple[Depth, ...]
    positions: tuple[int, ...]
    token_ids: Array
    shown: Mapping[int, str]
    log_probs: Array
    ranks: Array

    @property
    def probs(self) -> Array:
        """(n, pos, c) probabilities."""
        return np.exp(self.log_probs.astype(np.float64))

    def top(self, k: int = 10, *, position: int = -1) -> list[tuple[str, float]]:
        """The ``k`` likeliest of the tokens at the end, with their probabilities there."""
        at = _place(position, self.positions)
        probs = self.probs[-1, at]
        order = np.argsort(-probs, kind="stable")[: max(k, 0)]
        return [(self.shown[int(self.token_ids[at, i])], float(probs[i])) for i in order]

    def first(self, rank: int = 1, *, position: int = -1) -> dict[str, Depth | None]:
        """Where each token first reaches a rank; None where it never does."""
        at = _place(position, self.positions)
        found: dict[str, Depth | None] = {}
        for i, token in enumerate(self.token_ids[at]):
            there = np.flatnonzero(self.ranks[:, at, i] <= rank)
            found[self.shown[int(token)]] = self.depths[there[0]] if len(there) else None
        return found


@dataclass(frozen=True, eq=False)
class Lens:
    """What each depth would predict at each position.

    Attributes:
        text: the text that was read.
        depths: (n,) where it was read.
        positions: (pos,) of the text.
        tokens: (pos,) what stands there, as shown to people.
        read_ids: (pos,) their ids.
        token_ids: (n, pos, k) the likeliest tokens, best first.
        shown: their names by id, and those of the tokens of ``paths``.
        logits: (n, pos, k) of these.
        log_probs: (n, pos, k) of these, in nats: exact, over the whole vocabulary.
        entropy: (n, pos) of each prediction, in bits.
        kl: (n, pos) divergence of each prediction from the model's own at that position,
            KL(this || final), in bits: how many bits a listener who expects the final prediction
            would waste on this one. 0 after the last block.
        paths: of the tokens that were followed.
    """

    text: str
    depths: tuple[Depth, ...]
    positions: tuple[int, ...]
    tokens: tuple[str, ...]
    read_ids: tuple[int, ...]
    token_ids: Array
    shown: Mapping[int, str]
    logits: Array
    log_probs: Array
    entropy: Array
    kl: Array
    paths: TokenPaths

    @property
    def probs(self) -> Array:
        """(n, pos, k) probabilities of the likeliest tokens."""
        return np.exp(self.log_probs.astype(np.float64))

    def top(self, k: int = 10, *, depth: int = -1, position: int = -1) -> list[tuple[str, float]]:
        """The ``k`` likeliest tokens of one cell, with their probabilities.

        Args:
            k: how many; at most as many as were kept.
            depth: place in ``depths``.
            position: of the text, as in ``positions``; negative counts from the end of these.

        Raises:
            IndexError: the depth or the position is out of range.
        """
        if not -len(self.depths) <= depth < len(self.depths):
            raise IndexError(
                f"depth {depth} is out of range; {len(self.depths)} were read, 0 to "
                f"{len(self.depths) - 1}"
            )
        at = _place(position, self.positions)
        ids, probs = self.token_ids[depth, at], self.probs[depth, at]
        return [
            (self.shown[int(token)], float(p))
            for token, p in list(zip(ids, probs, strict=True))[: max(k, 0)]
        ]

    def best(self, *, position: int = -1) -> list[tuple[str, str, float]]:
        """The likeliest token of each depth: where, which, and how likely."""
        tops = [self.top(1, depth=i, position=position)[0] for i in range(len(self.depths))]
        return [(d.label, *top) for d, top in zip(self.depths, tops, strict=True)]


def logit_lens(
    lm: LanguageModel,
    source: Trace | str,
    *,
    k: int = 10,
    halves: bool = False,
    positions: Sequence[int] | None = None,
    layers: Iterable[int] | None = None,
    tokens: Iterable[Token] = (),
    follow: int = 0,
) -> Lens:
    """Read every layer of a model as if it were the last.

    Args:
        lm: the model.
        source: a text, or what ``lm.run`` gave for it.
        k: how many of the likeliest tokens to keep of each cell.
        halves: read the stream also between each block's attention and its feed-forward layer.
        positions: of the text; negative counts from the end. None: all.
        layers: read only after these blocks, in this order; -1 for the last. None: the embedding
            and all blocks.
        tokens: follow these through the depth, see `token_paths`.
        follow: follow also so many of the final prediction's likeliest tokens, at each position.

    Raises:
        ValueError: an empty text, a token that is none or several, a number out of range, a trace
            of another model, or a model that predicts no tokens or cannot be opened.
        KeyError: the trace lacks the residual stream; the message says how to get it.
        IndexError: a position or a layer is out of range.

    Examples:
        >>> lens = logit_lens(lm, "The capital of Japan is the city of")     # doctest: +SKIP
        >>> lens.best()[-2:]                                                 # doctest: +SKIP
    """
    chosen = [lm.token_id(token) for token in tokens]
    trace = _traced(lm, source, halves)
    where = _positions(positions, len(trace))
    depths = _depths(lm.dims.n_layers, layers, halves)
    last = Depth(lm.dims.n_layers - 1, "block")
    read = [depth for depth in depths if depth != last]  # the last comes last: all are held to it
    rows = list(where)
    resid = np.stack([_stream(trace, depth, rows) for depth in [*read, last]])
    found = lm.readings(resid, k=k, token_ids=chosen, follow=follow)
    order = [read.index(depth) if depth != last else len(read) for depth in depths]
    log_sum = found.log_sum[order][..., None]
    named = np.union1d(found.token_ids, found.chosen_ids)
    shown = {int(token): lm.tokenizer.show(int(token)) for token in named}
    paths = TokenPaths(
        depths,
        where,
        found.chosen_ids,
        shown,
        found.chosen_logits[order] - log_sum,
        found.ranks[order],
    )
    return Lens(
        trace.text,
        depths,
        where,
        tuple(trace.tokens[at] for at in where),
        tuple(trace.token_ids[at] for at in where),
        found.token_ids[order],
        shown,
        found.logits[order],
        found.logits[order] - log_sum,
        found.entropy[order],
        found.kl[order],
        paths,
    )


def token_paths(
    lm: LanguageModel,
    source: Trace | str,
    tokens: Iterable[Token],
    position: int | Sequence[int] = -1,
    *,
    halves: bool = False,
    layers: Iterable[int] | None = None,
) -> TokenPaths:
    """Rank and probability of chosen tokens after each layer, by the logit lens.

    Args:
        lm: the model.
        source: a text, or what ``lm.run`` gave for it.
        tokens: each the text of one token, with its space (``" Paris"``), or a token's id.
        position: of the text, or several.
        halves, layers: see `logit_lens`.

    Raises:
        ValueError, KeyError, IndexError: as `logit_lens`.
    """
    chosen = [tokens] if isinstance(tokens, str) else list(tokens)
    if not chosen:
        raise ValueError("there is no token to follow; give at least one, such as ' Paris'")
    positions = [position] if isinstance(position, int) else list(position)
    read = logit_lens(
        lm, source, k=1, halves=halves, positions=positions, layers=layers, tokens=chosen
    )
    return read.paths


def _traced(lm: LanguageModel, source: Trace | str, halves: bool) -> Trace:
    if isinstance(source, Trace):
        if source.model.weight_hash != lm.info.weight_hash:
            raise ValueError(
                f"the trace is of {source.model.id} and the model is {lm.info.id}; run the text "
                "on this model"
            )
        return source
    sites = ("resid_pre", "resid_final", *(["resid_mid"] if halves else []))
    return lm.run(source, sites=sites)


def _stream(trace: Trace, depth: Depth, rows: list[int]) -> Array:
    """(pos, d_model) of the residual stream; what leaves a block enters the next one."""
    if depth.part == "attention":
        return trace["resid_mid"][depth.layer, rows]
    if depth.layer == trace.dims.n_layers - 1:
        return trace["resid_final"][rows]
    return trace["resid_pre"][depth.layer + 1, rows]


def _depths(n_layers: int, layers: Iterable[int] | None, halves: bool) -> tuple[Depth, ...]:
    depths: list[Depth] = []
    if layers is None:
        depths.append(Depth(-1, "embedding"))
        layers = range(n_layers)
    for layer in layers:
        at = index_in(layer, n_layers, "layer")
        depths += [Depth(at, "attention"), Depth(at, "block")] if halves else [Depth(at, "block")]
    if not depths:
        raise ValueError("layers is empty; give at least one, or None for all")
    return tuple(depths)


def _positions(positions: Sequence[int] | None, length: int) -> tuple[int, ...]:
    if positions is None:
        return tuple(range(length))
    for position in positions:
        if not -length <= position < length:
            raise IndexError(
                f"position {position} is out of range; this text has positions 0 to {length - 1}"
            )
    if not len(positions):
        raise ValueError("positions is empty; give at least one, or None for all")
    return tuple(int(position) % length for position in positions)


def _place(position: int, positions: tuple[int, ...]) -> int:
    """Where a position stands among those that were read."""
    if position < 0 and -position <= len(positions):
        return len(positions) + position
    if position in positions:
        return positions.index(position)
    raise IndexError(f"position {position} was not read; read were {list(positions)}")
