"""What the induction heads do: loss with the best of them off, and what they themselves live on.

Random tokens are said twice; nothing but repetition can tell what comes next. The heads are ranked
by their induction score on some such texts. On others, the best of them are switched off, one more
each time, and so are as many heads drawn from all the rest. The same heads are off while the model
reads ordinary text, passages of the King James Bible. Last, previous-token heads of the layers
below are switched off: an induction head can only find what came after a token if another head has
told each token what stands before it (Elhage et al., 2021; Olsson et al., 2022).

"Off" is zero ablation. Intervals are bootstraps over texts, not over draws of heads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.attention import HeadScores, repeated_text, repeated_token_scores
from llm_viz.analyses.resampling import interval, resampled_means
from llm_viz.model import LanguageModel, load_model
from llm_viz.sampling import log_softmax
from llm_viz.studies.results import DATA, Array, Parts, Provenance, read_json, write_json
from llm_viz.trace import Trace
from llm_viz.training import king_james_chapters

STUDY = "induction"
FILE = DATA / "induction.json"
N_TOKENS = 25  # in a block, which is said twice
RANKED_ON = 8  # texts, of seeds 0 to 7
TEXTS = 32  # that are reported, of seeds from FIRST_SEED on
FIRST_SEED = 100
MOST_OFF = 8
DRAWS = 5  # of as many other heads
PREVIOUS_OFF = 4
FED = 4  # induction heads whose score is followed while previous-token heads go
DRAWS_SEED = 0
EXAMPLE = 2  # of the reported texts, one to show: its words suit readers of any age
BATCH = 8

Head = tuple[int, int]


@dataclass(frozen=True)
class Curve:
    """A loss by position, for each number of heads off.

    Attributes:
        mean, low, high: (number off, position) in nats a token, and the 95 % interval over texts.
            The first position is that of the first token after the start token.
    """

    mean: tuple[tuple[float, ...], ...]
    low: tuple[tuple[float, ...], ...]
    high: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Losses:
    """Losses on one kind of text.

    Attributes:
        best: with the best induction heads off.
        other: with as many other heads off, the mean over the draws.
        each_best: (number off, text) mean loss of each text from the second token of its second
            half on. The first one of a second block cannot be known.
        each_other: (draw, number off, text) likewise.
    """

    best: Curve
    other: Curve
    each_best: tuple[tuple[float, ...], ...]
    each_other: tuple[tuple[tuple[float, ...], ...], ...]

    def summary(self, off: int) -> dict[str, tuple[float, float, float]]:
        """Mean loss of the second half with so many heads off: value, low, high.

        Args:
            off: 0 to `MOST_OFF`.

        Returns:
            ``"best"`` for the induction heads, ``"other"`` for the mean of the draws.
        """
        return _summary(self.each_best, self.each_other, off)


@dataclass(frozen=True)
class Feeding:
    """How induction heads fare without the heads below that tell each token what stands before it.

    Attributes:
        fed: the induction heads, (layer, head).
        off: the previous-token heads, in the order in which they go.
        best: (number off, fed head) mean induction score.
        other: likewise, with as many other heads of the same span of layers off: mean of the draws.
        each_best: (number off, text) mean over the fed heads.
        each_other: (draw, number off, text) likewise.
    """

    fed: tuple[Head, ...]
    off: tuple[Head, ...]
    best: tuple[tuple[float, ...], ...]
    other: tuple[tuple[float, ...], ...]
    each_best: tuple[tuple[float, ...], ...]
    each_other: tuple[tuple[tuple[float, ...], ...], ...]

    def summary(self, off: int) -> dict[str, tuple[float, float, float]]:
        """Mean induction score of the fed heads with so many off: value, low, high."""
        return _summary(self.each_best, self.each_other, off)


@dataclass(frozen=True)
class Induction:
    """The result of the study.

    Attributes:
        heads: the best induction heads, best first, as they are switched off.
        scores: their induction scores on the texts that ranked them.
        draws: the other heads of each draw, as they are switched off.
        repeated, ordinary: the losses on random tokens said twice, and on ordinary text.
        feeding: what the induction heads live on.
        example: one of the reported texts of random tokens, as its tokens are shown to people,
            without the start token.
        provenance: where the numbers come from.
    """

    heads: tuple[Head, ...]
    scores: tuple[float, ...]
    draws: tuple[tuple[Head, ...], ...]
    repeated: Losses
    ordinary: Losses
    feeding: Feeding
    example: tuple[str, ...]
    provenance: Provenance


def repeated_texts(lm: LanguageModel, count: int = TEXTS) -> list[str]:
    """The reported texts of random tokens said twice; none of those that ranked the heads."""
    return [repeated_text(lm, N_TOKENS, FIRST_SEED + i) for i in range(count)]


def ordinary_texts(lm: LanguageModel, count: int = TEXTS) -> list[str]:
    """Beginnings of chapters of the King James Bible, spread over it, each as many tokens."""
    wanted = 2 * N_TOKENS
    chapters = king_james_chapters()
    step = len(chapters) // count
    texts = []
    for number in range(count):
        for chapter in chapters[number * step : (number + 1) * step]:
            spans = lm.tokenizer.spans(chapter, add_start=False)
            text = chapter[: spans[wanted - 1][1]] if len(spans) > wanted else ""
            # A few cuts fall within a word that is then cut otherwise: the next chapter will do.
            if len(lm.token_ids(text, add_start=False)) == wanted:
                texts.append(text)
                break
    return texts


def token_losses(trace: Trace) -> Array:
    """(pos - 1,) the loss of each token but the first, given those before it, in nats."""
    came = trace.token_ids[1:]
    rows = zip(trace["logits"][:-1], came, strict=True)
    return np.array([-log_softmax(logits)[token] for logits, token in rows])


def losses_without(lm: LanguageModel, texts: Sequence[str], heads: Iterable[Head]) -> Array:
    """(text, pos) the losses with some heads off; the texts are of one length."""
    found = []
    with lm.ablate(heads=heads):
        for start in range(0, len(texts), BATCH):  # the logits of all would take half a gigabyte
            traces = lm.run_many(texts[start : start + BATCH], ("logits",), batch_size=BATCH)
            found += [token_losses(trace) for trace in traces]
    return np.stack(found)


def induction_without(
    lm: LanguageModel, texts: Sequence[str], fed: Sequence[Head], heads: Iterable[Head]
) -> Array:
    """(text, fed head) induction scores of some heads with other heads off."""
    with lm.ablate(heads=heads):
        traces = lm.run_many(texts, ("pattern",))
    second = np.arange(N_TOKENS + 1, 2 * N_TOKENS + 1)  # after the start token and a block
    return np.array(
        [
            [
                trace.head("pattern", *head)[second, second - N_TOKENS + 1].mean(dtype=np.float64)
                for head in fed
            ]
            for trace in traces
        ]
    )


def load(path: Path = FILE) -> Induction:
    """The result as it was computed last."""
    held = read_json(path)
    feeding = {name: _tuples(part) for name, part in held["feeding"].items()}
    return Induction(
        heads=_tuples(held["heads"]),
        scores=_tuples(held["scores"]),
        draws=_tuples(held["draws"]),
        repeated=_losses_from(held["repeated"]),
        ordinary=_losses_from(held["ordinary"]),
        feeding=Feeding(**feeding),
        example=_tuples(held["example"]),
        provenance=Provenance(**held["provenance"]),
    )


def run(afresh: bool = False) -> Path:
    """Compute the study and write its file. What an interrupted run has done is kept."""
    lm = load_model()
    settings: dict[str, Any] = {
        "n_tokens": N_TOKENS,
        "ranked_on": RANKED_ON,
        "texts": TEXTS,
        "first_seed": FIRST_SEED,
        "most_off": MOST_OFF,
        "draws": DRAWS,
        "draws_seed": DRAWS_SEED,
        "previous_off": PREVIOUS_OFF,
        "fed": FED,
    }
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(lm.info.weight_hash, settings):
        return FILE
    parts = Parts(STUDY, lm.info.weight_hash, settings, afresh=afresh)
    scores = repeated_token_scores(lm, n_tokens=N_TOKENS, sequences=RANKED_ON)
    best = scores.top("induction", MOST_OFF)
    heads: tuple[Head, ...] = tuple((layer, head) for layer, head, _ in best)
    draws = drawn(lm.dims.heads, heads, MOST_OFF)
    repeated, ordinary = repeated_texts(lm), ordinary_texts(lm)
    plans = 1 + MOST_OFF * (1 + DRAWS)
    with tqdm(
        total=2 * plans + 1 + PREVIOUS_OFF * (1 + DRAWS), desc="induction", unit="run"
    ) as bar:

        def measured(kind: str, texts: Sequence[str]) -> Losses:
            def losses(name: str, off: Sequence[Head]) -> Array:
                bar.update()
                return parts.array(f"{kind}-{name}", lambda: losses_without(lm, texts, off))

            return _losses(*_nested(losses, heads, draws))

        on_repeated = measured("repeated", repeated)
        on_ordinary = measured("ordinary", ordinary)
        fed, off, others = feeders(lm, scores)

        def fed_scores(name: str, gone: Sequence[Head]) -> Array:
            bar.update()
            return parts.array(
                f"feeding-{name}", lambda: induction_without(lm, repeated, fed, gone)
            )

        feeding = _feeding(fed, off, *_nested(fed_scores, off, others))
    packages = ("numpy", "torch")
    made = Provenance.of(
        STUDY, lm.info.id, lm.info.weight_hash, settings, packages, device=str(lm.device)
    )
    shares = tuple(round(score, 4) for _, _, score in best)
    example = tuple(lm.tokens(repeated[EXAMPLE], add_start=False))
    result = Induction(heads, shares, draws, on_repeated, on_ordinary, feeding, example, made)
    write_json(FILE, asdict(result))
    parts.clear()
    return FILE


def feeders(
    lm: LanguageModel, scores: HeadScores
) -> tuple[tuple[Head, ...], tuple[Head, ...], tuple[tuple[Head, ...], ...]]:
    """The induction heads that are followed, previous-token heads below, and draws of others."""
    fed = tuple((layer, head) for layer, head, _ in scores.top("induction", FED))
    lowest = min(layer for layer, _ in fed)
    below = [head for head in lm.dims.heads if head[0] < lowest]
    ranked = scores.top("previous_token", scores.previous_token.size)
    previous = tuple((layer, head) for layer, head, _ in ranked if (layer, head) in below)
    off = previous[:PREVIOUS_OFF]
    return fed, off, drawn(below, off, PREVIOUS_OFF)


def drawn(
    heads: Sequence[Head], without: Iterable[Head], count: int
) -> tuple[tuple[Head, ...], ...]:
    """`DRAWS` times so many heads, drawn from all but some."""
    rest = [head for head in heads if head not in set(without)]
    random = np.random.default_rng(DRAWS_SEED)
    return tuple(
        tuple(rest[i] for i in random.permutation(len(rest))[:count]) for _ in range(DRAWS)
    )


def _nested(
    measure: Callable[[str, Sequence[Head]], Array],
    heads: Sequence[Head],
    draws: Sequence[Sequence[Head]],
) -> tuple[Array, Array]:
    """With ever more heads off: (number off, text, …), and for each draw (draw, number off, …)."""
    whole = measure("whole", ())
    best = [whole, *(measure(f"best-{n}", heads[:n]) for n in range(1, len(heads) + 1))]
    others = [
        [whole, *(measure(f"draw-{i}-{n}", draw[:n]) for n in range(1, len(heads) + 1))]
        for i, draw in enumerate(draws)
    ]
    return np.array(best), np.array(others)


def _losses(best: Array, others: Array) -> Losses:
    known = slice(N_TOKENS + 1, None)
    return Losses(
        best=_curve(best),
        other=_curve(others.mean(axis=0)),
        each_best=_rounded(best[..., known].mean(axis=-1)),
        each_other=_rounded(others[..., known].mean(axis=-1)),
    )


def _curve(losses: Array) -> Curve:
    """From (number off, text, pos)."""
    low, high = interval(resampled_means(losses.swapaxes(0, 1)))
    return Curve(_rounded(losses.mean(axis=1)), _rounded(low), _rounded(high))


def _feeding(fed: tuple[Head, ...], off: tuple[Head, ...], best: Array, others: Array) -> Feeding:
    return Feeding(
        fed=fed,
        off=off,
        best=_rounded(best.mean(axis=1)),
        other=_rounded(others.mean(axis=(0, 2))),
        each_best=_rounded(best.mean(axis=-1)),
        each_other=_rounded(others.mean(axis=-1)),
    )


def _summary(
    each_best: Sequence[Sequence[float]], each_other: Sequence[Sequence[Sequence[float]]], off: int
) -> dict[str, tuple[float, float, float]]:
    """The mean over texts with so many off, and over draws of the others: value, low, high."""
    found = {"best": np.array(each_best)[off], "other": np.array(each_other)[:, off].mean(axis=0)}
    return {name: _with_interval(each) for name, each in found.items()}


def _with_interval(each: Array) -> tuple[float, float, float]:
    low, high = interval(resampled_means(each))
    return float(each.mean()), float(low), float(high)


def _rounded(values: Array) -> Any:
    return _tuples(np.round(values, 4).tolist())


def _losses_from(held: Mapping[str, Any]) -> Losses:
    best, other = (
        Curve(**{end: _tuples(values) for end, values in held[name].items()})
        for name in ("best", "other")
    )
    return Losses(best, other, _tuples(held["each_best"]), _tuples(held["each_other"]))


def _tuples(held: Any) -> Any:
    """Lists within lists, as tuples."""
    return tuple(map(_tuples, held)) if isinstance(held, list | tuple) else held
