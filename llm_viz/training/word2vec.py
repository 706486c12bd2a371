"""word2vec as it learns: word vectors from nothing but which words keep company.

Skip-gram with negative samples (Mikolov et al., "Distributed representations of words and phrases
and their compositionality", 2013), trained by gensim. What the vectors are worth after each epoch
is asked elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm.auto import tqdm

from llm_viz.model.vector_files import keyed

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

Array = np.ndarray[Any, np.dtype[Any]]
RATE, LAST_RATE = 0.025, 0.0001  # gensim's own; the rate falls in a straight line
_PAIRS = 20_000  # on which the loss is measured


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The vectors after one epoch.

    Attributes:
        epoch: how often the text was read; 0 is before, when all vectors are random.
        vectors: of every word, most frequent first; learning goes on in others.
        loss: how badly true company is told from five random words, in nats; mean over a sample
            of the text. 6 ln 2 = 4.16 is pure guessing.
        seconds: since learning began.
    """

    epoch: int
    vectors: KeyedVectors
    loss: float
    seconds: float


def learn_words(
    sentences: Sequence[Sequence[str]],
    epochs: int = 20,
    *,
    width: int = 50,
    window: int = 5,
    min_count: int = 5,
    seed: int = 1,
    progress: bool = True,
) -> Iterator[Snapshot]:
    """Learn word vectors, and give them as they are before the first epoch and after each.

    Stop whenever you like: an interrupt while it learns ends the loop quietly, and every snapshot
    that was given stays good.

    Args:
        sentences: lists of words, 10,000 at most in each.
        epochs: how often to read them all.
        width: how many numbers a word gets.
        window: company is up to so many words to each side.
        min_count: leave out words that come less often.
        seed: the same seed learns the same vectors.
        progress: show a progress bar.

    Raises:
        ValueError: ``epochs`` or ``width`` is below 1, a sentence is too long, or no word comes
            often enough.
    """
    from gensim.models import Word2Vec
    from gensim.models.word2vec import MAX_WORDS_IN_BATCH

    if epochs < 1 or width < 1:
        raise ValueError(f"epochs is {epochs} and width {width}; expected at least 1 of each")
    longest = max(map(len, sentences), default=0)
    if longest > MAX_WORDS_IN_BATCH:
        raise ValueError(
            f"a sentence has {longest:,} words; gensim reads {MAX_WORDS_IN_BATCH:,} at most and "
            "drops the rest: cut it into several"
        )
    if not any(sentences):
        raise ValueError("there are no words to learn from; give sentences as lists of words")
    # One worker: several would take turns at random, and learn otherwise each time.
    model = Word2Vec(
        vector_size=width, window=window, min_count=min_count, sg=1, seed=seed, workers=1
    )
    model.build_vocab(sentences)
    if not len(model.wv):
        raise ValueError(f"no word comes {min_count} times; give more text, or lower min_count")
    return _epochs(model, sentences, epochs, progress)


def _epochs(
    model: Any, sentences: Sequence[Sequence[str]], epochs: int, progress: bool
) -> Iterator[Snapshot]:
    began = time.monotonic()
    sample = _Sample(model, sentences)
    yield Snapshot(0, _copy(model.wv), sample.loss(model), 0.0)
    rates = np.linspace(RATE, LAST_RATE, epochs + 1)
    # Epoch by epoch, so that nothing learns while a snapshot is looked at.
    for epoch in tqdm(range(1, epochs + 1), "learning", unit="epoch", disable=not progress):
        try:
            model.train(
                sentences,
                total_examples=len(sentences),
                epochs=1,
                start_alpha=rates[epoch - 1],
                end_alpha=rates[epoch],
            )
        except KeyboardInterrupt:
            return
        seconds = time.monotonic() - began
        yield Snapshot(epoch, _copy(model.wv), sample.loss(model), seconds)


def _copy(learning: KeyedVectors) -> KeyedVectors:
    return keyed(learning.index_to_key, learning.vectors.copy())


class _Sample:
    """Pairs of neighbours in the text, always the same ones, to measure the loss on.

    The loss that gensim keeps is no measure: with skip-gram it rises while the true one falls.
    """

    def __init__(self, model: Any, sentences: Sequence[Sequence[str]]) -> None:
        rng = np.random.default_rng(model.seed)
        words = model.wv.index_to_key
        places = model.wv.key_to_index
        # Words are drawn as learning draws them: very frequent ones seldom ...
        chance = np.array([model.wv.get_vecattr(word, "sample_int") for word in words]) / 2**32
        pairs: list[Array] = []
        for sentence in sentences:
            at = np.array([places[word] for word in sentence if word in places], np.intp)
            at = at[rng.random(len(at)) < chance[at]]
            # ... and near ones more often than far ones.
            steps = rng.integers(1, rng.integers(1, model.window + 1, len(at)) + 1)
            here = np.flatnonzero(np.arange(len(at)) + steps < len(at))
            pairs.append(np.stack([at[here], at[here + steps[here]]], axis=1))
        found = np.concatenate(pairs)
        chosen = rng.permutation(len(found))[:_PAIRS]
        self._words, self._company = found[chosen].T
        counts = np.array([model.wv.get_vecattr(word, "count") for word in words], np.float64)
        share = counts**model.ns_exponent
        size = (len(chosen), model.negative)
        self._others = rng.choice(len(words), size, p=share / share.sum())

    def loss(self, model: Any) -> float:
        """What skip-gram makes small: mean over the pairs; NaN if the text has none."""
        if not len(self._words):
            return float("nan")
        of_words = model.wv.vectors[self._words]
        true = (of_words * model.syn1neg[self._company]).sum(axis=1)
        false = np.einsum("pd,pod->po", of_words, model.syn1neg[self._others])
        losses = np.logaddexp(0, -true) + np.logaddexp(0, false).sum(axis=1)
        return float(losses.mean())
