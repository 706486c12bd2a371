"""Flies and bananas: plain sentences, and what the model makes of the two old ones."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz.analyses.occurrences import find_occurrence
from llm_viz.model import LanguageModel
from llm_viz.studies import banana


def test_the_plain_sentences_hold_the_word_once_and_differ() -> None:
    for word, ways in banana.PLAIN.items():
        sentences = [sentence for _, each in ways for sentence in each]
        assert len(set(sentences)) == 12
        assert [len(each) for _, each in ways] == [6, 6]
        assert all(find_occurrence(sentence, word).start > 0 for sentence in sentences)


def test_it_leans_by_depth(tiny: LanguageModel) -> None:
    found = banana.leanings(tiny, "flies")
    assert set(found) == set(banana.ASKED)
    for leaning in found.values():
        assert leaning.shape == (tiny.dims.n_layers + 1,)
        assert leaning[0] == 0  # one and the same embedding
        assert (np.abs(leaning) <= 2).all()
    with pytest.raises(KeyError, match="not for 'arrow'"):
        banana.leanings(tiny, "arrow")


@pytest.mark.real_model
def test_cx2_the_model_takes_both_words_as_people_do(lm: LanguageModel) -> None:
    fruit, time = banana.ASKED
    flies, like = (banana.leanings(lm, word) for word in ("flies", "like"))
    assert (flies[fruit][6:] > 0.3).all()
    assert (flies[time][6:] < -0.2).all()
    assert (like[fruit][2:] > 0.3).all()
    assert (like[time][13:] < -0.3).all()
    assert (like[time][2:9] > 0.1).all()  # at first it takes this one, too, for a verb
