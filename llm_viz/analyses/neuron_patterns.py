"""What the strongest places of a neuron have in common, and whether that holds on other texts.

A pattern is read from the k strongest places of one half of the texts and tried on the k strongest
of the other half. There are seven kinds, see `KINDS`: the same token at the place, before it or
after it; tokens like those that stand there; and texts like those before the place. A token is
like others if the cosine of its input embedding with the mean of theirs (unit vectors, with the
mean over all texts taken out) is at least `ALIKE`. A text is the mean of the embeddings of up to
`REACH` tokens before the place, frequent tokens weighing less (Arora et al., 2017), and is like
others from `ALIKE_TEXT` on. Both thresholds were set when a sixth of the texts was read, so that
the control below stays low.

**Which kind** is chosen on the first half alone: each place in turn is left out, the pattern is
read from the others, and tried on it. The share of places that match, less the share of ordinary
tokens that match, decides; of kinds that do about as well (within `ABOUT_AS_WELL`) the simplest
one is taken. **The score** is the share of the other half's places that match, less the share of
the other half's ordinary tokens that do; 0 if that is below 0. A pattern that everything matches
scores 0. **The control** is the same score for the pattern of another neuron of the layer.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_viz.analyses.text_windows import TextWindows
from llm_viz.model import LanguageModel

Array = np.ndarray[Any, np.dtype[Any]]

# From the simplest to the least simple, which is from the concrete to the abstract.
KINDS = (
    "the token",
    "the token before",
    "the token after",
    "tokens like",
    "before: tokens like",
    "after: tokens like",
    "texts like",
)
OFFSETS = (0, -1, 1)
ALIKE = 0.6
ALIKE_TEXT = 0.35
REACH = 12
ABOUT_AS_WELL = 0.1
LEAST = 0.25  # of a first half's places, less ordinary tokens: below, no pattern is named
ORDINARY = 2000  # tokens of each half that stand for all of them
RARE = 1e-3  # Arora's a: tokens much more frequent than this weigh little
SEED = 0


def settings() -> dict[str, float]:
    """What decides which patterns are found, for a study to keep with its result."""
    return {
        "alike": ALIKE,
        "alike_text": ALIKE_TEXT,
        "reach": REACH,
        "about_as_well": ABOUT_AS_WELL,
        "least": LEAST,
        "ordinary": ORDINARY,
        "rare": RARE,
        "seed": SEED,
    }


@dataclass(frozen=True, eq=False)
class Patterns:
    """The patterns of some neurons, both sides.

    Attributes:
        kind: (side, neuron) place in `KINDS`; -1 where no kind fits the first half.
        first: (side, neuron) how well it fits the first half, each place left out in turn.
        score: (side, neuron) how well it fits the other half; NaN where a half has no place.
        control: (side, neuron) the score of the pattern of the next of these neurons on the places
            of this one; NaN likewise.
        words: (side, neuron, 3) tokens to name the pattern by, -1 where there are fewer.
    """

    kind: Array
    first: Array
    score: Array
    control: Array
    words: Array


class PatternReader:
    """Reads the patterns of neurons over the same windows.

    Args:
        lm: gives the embeddings of tokens and cuts them.
        windows: that the places are in.
    """

    def __init__(self, lm: LanguageModel, windows: TextWindows) -> None:
        self.windows = windows
        flat = windows.token_ids.ravel().astype(np.int64)
        self._flat = flat
        counts = np.bincount(flat, minlength=lm.dims.d_vocab)
        share = counts / counts.sum()
        types = np.flatnonzero(counts)
        embeddings = lm.embeddings(types).astype(np.float32)
        embeddings -= share[types].astype(np.float32) @ embeddings
        vectors = np.zeros((lm.dims.d_vocab, embeddings.shape[1]), np.float32)
        vectors[types] = _unit(embeddings)
        self._vectors = vectors
        self._weight = (RARE / (RARE + share)).astype(np.float32)
        names = {int(i): lm.tokenizer.decode([int(i)]).strip().casefold() for i in types}
        forms = {form: number for number, form in enumerate(sorted(set(names.values())))}
        self._form = np.full(lm.dims.d_vocab, -1)
        for token, name in names.items():
            self._form[token] = forms[name] if name else len(forms) + token
        length = windows.token_ids.shape[1]
        random = np.random.default_rng(SEED)
        self._ordinary = []
        for half in (0, 1):
            rows = np.flatnonzero(windows.half == half)
            places = random.choice(rows, ORDINARY) * length + random.integers(0, length, ORDINARY)
            self._ordinary.append(places)
        self._text_mean = self._raw_texts(self._ordinary[0]).mean(axis=0)
        self._ordinary_tokens = [self._near(places, 0) for places in self._ordinary]
        self._ordinary_texts = [self._texts(places) for places in self._ordinary]

    def read(self, places: Array) -> Patterns:
        """The patterns of neurons from their strongest places.

        Args:
            places: (half, side, neuron, k) as `Peaks` keeps them, -1 where there is none.
        """
        n_neurons = places.shape[2]
        first, other = (places[half].reshape(-1, places.shape[-1]) for half in (0, 1))
        chance = np.roll(np.arange(2 * n_neurons).reshape(2, -1), -1, axis=1).ravel()
        # A place at the end of a window, which has no token beyond, counts as one that fails.
        n = tuple(np.maximum((half >= 0).sum(axis=1), 1) for half in (first, other))
        tried: list[tuple[Array, Array, Array, Array]] = []  # as `KINDS`
        for offset in OFFSETS:
            tokens = self._tokens(first, offset), self._tokens(other, offset)
            tried += [self._same(*tokens, n, chance)]
        for offset in OFFSETS:
            near = self._like(self._near(first, offset), self._near(other, offset), n, chance)
            tried += [(*near, self._nearest(first, offset))]
        near = self._like(self._texts(first), self._texts(other), n, chance, texts=True)
        tried += [(*near, self._telling(first))]
        fits, scores, controls, named = (np.stack(values) for values in zip(*tried, strict=True))
        good = fits >= np.maximum(fits.max(axis=0) - ABOUT_AS_WELL, LEAST)
        kind = np.where(good.any(axis=0), good.argmax(axis=0), -1)
        rows = np.arange(len(kind))
        missing = (first < 0).all(axis=1) | (other < 0).all(axis=1)

        def of_kind(values: Array) -> Array:
            chosen = np.where(kind >= 0, values[kind, rows], 0.0)
            return np.where(missing, np.nan, chosen).reshape(2, n_neurons)

        # The control is that of the neighbour's pattern: of the neighbour's kind.
        control_kind = kind[chance]
        borrowed = np.where(control_kind >= 0, controls[control_kind, rows], 0.0)
        words = np.where(kind[:, None] >= 0, named[kind, rows], -1)
        return Patterns(
            kind=kind.reshape(2, n_neurons),
            first=of_kind(fits),
            score=of_kind(scores),
            control=np.where(missing, np.nan, borrowed).reshape(2, n_neurons),
            words=words.reshape(2, n_neurons, -1),
        )

    # --- what stands at places ------------------------------------------------------------

    def _tokens(self, places: Array, offset: int) -> Array:
        """The tokens at an offset from places; -1 outside the window or where there is no place."""
        length = self.windows.token_ids.shape[1]
        at = places % length + offset
        inside = (places >= 0) & (at >= 0) & (at < length)
        return np.where(inside, self._flat[np.where(inside, places + offset, 0)], -1)

    def _near(self, places: Array, offset: int) -> Array:
        tokens = self._tokens(places, offset)
        return np.where(tokens[..., None] >= 0, self._vectors[tokens], 0)

    def _raw_texts(self, places: Array) -> Array:
        length = self.windows.token_ids.shape[1]
        total = np.zeros((*places.shape, self._vectors.shape[1]), np.float32)
        for back in range(1, REACH + 1):
            inside = (places >= 0) & (places % length >= back)
            tokens = self._flat[np.where(inside, places - back, 0)]
            weights = np.where(inside, self._weight[tokens], 0)
            total += weights[..., None] * self._vectors[tokens]
        return _unit(total)

    def _texts(self, places: Array) -> Array:
        raw = self._raw_texts(places)
        there = np.abs(raw).sum(axis=-1, keepdims=True) > 0
        return np.where(there, _unit(raw - self._text_mean), 0)

    # --- kinds ----------------------------------------------------------------------------

    def _same(
        self, first: Array, other: Array, n: tuple[Array, ...], chance: Array
    ) -> tuple[Array, Array, Array, Array]:
        """One token that is common to places: fit, score, control, and its id."""
        forms = np.where(first >= 0, self._form[first], -1)
        there = forms >= 0
        counts = ((forms[:, :, None] == forms[:, None, :]) & there[:, None, :]).sum(axis=-1)
        counts = np.where(there, counts, 0)
        rows = np.arange(len(forms))
        best = counts.argmax(axis=1)
        mode, most = forms[rows, best], counts[rows, best]
        second = np.where(forms == mode[:, None], 0, counts).max(axis=1)
        # Left out, a place still finds its token if the others hold it most often.
        fit = np.where(most - 1 >= np.maximum(second, 1), most / n[0], 0.0)
        fit -= self._share(mode, 0)
        score, control = (self._matched(other, pattern, n[1]) for pattern in (mode, mode[chance]))
        words = np.full((len(first), 3), -1)
        words[:, 0] = first[rows, best]
        return fit, score, control, words

    def _matched(self, other: Array, mode: Array, n: Array) -> Array:
        forms = np.where(other >= 0, self._form[other], -1)
        hits = ((forms == mode[:, None]) & (forms >= 0)).sum(axis=1) / n
        return np.clip(hits - self._share(mode, 1), 0, 1)

    def _share(self, forms: Array, half: int) -> Array:
        """How often tokens of these forms occur in a half."""
        tokens = self.windows.token_ids[self.windows.half == half].ravel()
        counts = np.bincount(self._form[tokens], minlength=self._form.max() + 1)
        shares: Array = np.where(forms >= 0, counts[forms] / counts.sum(), 0)
        return shares

    def _like(
        self,
        first: Array,
        other: Array,
        n: tuple[Array, ...],
        chance: Array,
        *,
        texts: bool = False,
    ) -> tuple[Array, Array, Array]:
        """Vectors (row, k, d) near their mean: fit, score, control."""
        alike, ordinary = (
            (ALIKE_TEXT, self._ordinary_texts) if texts else (ALIKE, self._ordinary_tokens)
        )
        total = first.sum(axis=1)
        left = _unit(total[:, None] - first)
        fit = ((left * first).sum(axis=-1) >= alike).sum(axis=1) / n[0]
        centre = _unit(total)
        base = [(centre @ half.T >= alike).mean(axis=1) for half in ordinary]
        hits = [
            ((other @ pattern[..., None])[..., 0] >= alike).sum(axis=1) / n[1]
            for pattern in (centre, centre[chance])
        ]
        score = np.clip(hits[0] - base[1], 0, 1)
        control = np.clip(hits[1] - base[1][chance], 0, 1)
        return fit - base[0], score, control

    # --- names ----------------------------------------------------------------------------

    def _nearest(self, places: Array, offset: int) -> Array:
        """The tokens at the places that lie nearest to the middle of them, each form once."""
        tokens = self._tokens(places, offset)
        vectors = self._near(places, offset)
        cosines = (vectors @ _unit(vectors.sum(axis=1))[..., None])[..., 0]
        return self._distinct(tokens, cosines)

    def _telling(self, places: Array) -> Array:
        """The tokens before the places that say most of what their texts are about."""
        centre = _unit(self._texts(places).sum(axis=1))
        tokens = np.concatenate([self._tokens(places, -back) for back in range(1, REACH + 1)], 1)
        pushes = np.stack(
            [
                np.einsum("rd,rd->r", self._vectors[column], centre) * self._weight[column]
                for column in tokens.T
            ],
            axis=1,
        )
        return self._distinct(tokens, pushes)

    def _distinct(self, tokens: Array, values: Array) -> Array:
        """(row, 3): of each row the tokens with the largest values, of different forms."""
        order = np.argsort(-np.where(tokens >= 0, values, -np.inf), axis=1, kind="stable")
        ranked = np.take_along_axis(tokens, order, axis=1)
        words = np.full((len(tokens), 3), -1)
        for row, candidates in enumerate(ranked):
            seen: dict[int, int] = {}
            for token in candidates:
                if token >= 0:
                    seen.setdefault(int(self._form[token]), int(token))
                if len(seen) == 3:
                    break
            words[row, : len(seen)] = list(seen.values())
        return words


def in_words(
    lm: LanguageModel, kind: int, tokens: Iterable[int], shown_tokens: Container[int]
) -> str:
    """A pattern in words.

    Args:
        lm: shows the tokens.
        kind: its place in `KINDS`; -1 gives an empty text.
        tokens: to name it by; -1 is none.
        shown_tokens: those that stand as whole words in the texts; others are bits of words.
    """
    there = [int(token) for token in tokens if token >= 0]
    if kind < 0 or not there:
        return ""
    decoded = [lm.tokenizer.decode([token]) for token in there]
    shown = [
        text.strip() or lm.tokenizer.show(token) for token, text in zip(there, decoded, strict=True)
    ]
    quoted = ", ".join(f"“{text}”" for text in shown)
    if KINDS[kind] == "texts like":
        return f"in texts with words like {quoted}"
    where = ("", "after ", "before ")[kind % len(OFFSETS)]
    if kind < len(OFFSETS):
        return f"{where}{_what_it_is(decoded[0], there[0] in shown_tokens)} {quoted}"
    whole = all(token in shown_tokens for token in there) and "".join(shown).isalpha()
    alike = "words" if whole else "tokens"
    return f"{where}{alike} like {quoted}"


def _what_it_is(text: str, shown: bool) -> str:
    if text.strip().isalpha():
        return "the word" if shown else "the letters"
    return "the figure" if text.strip().isdigit() else "the mark"


def _unit(vectors: Array) -> Array:
    """Vectors of length 1; those of length 0 stay."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Array = vectors / np.where(lengths > 0, lengths, 1)
    return unit
