"""word2vec as it learns, on a made-up language whose company is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gensim.models import Word2Vec

from llm_viz.training import learn_words

BEASTS, TOOLS = ["cat", "dog", "cow", "pig"], ["saw", "axe", "awl", "jig"]


@pytest.fixture(scope="module")
def babble() -> list[list[str]]:
    """Sentences in which beasts keep company with beasts, and tools with tools."""
    rng = np.random.default_rng(0)
    return [list(rng.choice(rng.choice([BEASTS, TOOLS]), 12)) for _ in range(300)]


def own_kind(vectors) -> float:
    kinds = {word: kind for kind in (0, 1) for word in (BEASTS, TOOLS)[kind]}
    return float(
        np.mean([kinds[vectors.most_similar(word, topn=1)[0][0]] == kinds[word] for word in kinds])
    )


def test_company_becomes_likeness(babble) -> None:
    shots = list(learn_words(babble, 8, width=10, window=3, progress=False))
    assert [shot.epoch for shot in shots] == list(range(9))
    assert shots[0].loss == pytest.approx(6 * math.log(2))
    losses = [shot.loss for shot in shots]
    assert losses[-1] < losses[0] - 0.5
    assert own_kind(shots[-1].vectors) == 1
    seconds = [shot.seconds for shot in shots]
    assert seconds == sorted(seconds)
    assert {shot.vectors.vectors.shape for shot in shots} == {(8, 10)}


def test_snapshots_stay_as_they_were(babble) -> None:
    shots = learn_words(babble, 3, width=6, progress=False)
    first = next(shots)
    first.vectors.most_similar("cat")  # looking does not disturb what is learned after
    before = first.vectors.vectors.copy()
    looked_at = list(shots)
    np.testing.assert_array_equal(first.vectors.vectors, before)
    assert not np.array_equal(looked_at[0].vectors.vectors, before)
    again = list(learn_words(babble, 3, width=6, progress=False))
    np.testing.assert_array_equal(again[-1].vectors.vectors, looked_at[-1].vectors.vectors)
    other = list(learn_words(babble, 3, width=6, seed=2, progress=False))
    assert not np.array_equal(other[-1].vectors.vectors, again[-1].vectors.vectors)


def test_epoch_by_epoch_is_gensims_own_training(babble) -> None:
    shots = list(learn_words(babble, 1, width=6, progress=False))
    theirs = Word2Vec(babble, vector_size=6, sg=1, seed=1, workers=1, epochs=1)
    np.testing.assert_array_equal(shots[-1].vectors.vectors, theirs.wv.vectors)


def test_an_interrupt_keeps_what_was_learned(babble, monkeypatch) -> None:
    train, asked = Word2Vec.train, []

    def stop_at_the_third(self, *args, **kwargs):
        asked.append(1)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return train(self, *args, **kwargs)

    monkeypatch.setattr(Word2Vec, "train", stop_at_the_third)
    assert [shot.epoch for shot in learn_words(babble, 9, width=4)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("sentences", "asked", "said"),
    [
        ([["cat"] * 9], {"epochs": 0}, "epochs is 0 and width 50; expected at least 1"),
        ([["cat"] * 9], {"width": 0}, "width 0"),
        ([["cat"] * 10_001], {}, "10,001 words; gensim reads 10,000 at most"),
        ([], {}, "there are no words to learn from"),
        ([[]], {}, "there are no words to learn from"),
        ([["cat", "dog"]], {}, "no word comes 5 times"),
    ],
)
def test_bad_input(sentences, asked, said) -> None:
    with pytest.raises(ValueError, match=said):
        learn_words(sentences, **asked)
