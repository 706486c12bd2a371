"""Flies, bananas, cars and homework: how the model takes what grammar does not settle."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz import next_token_distribution
from llm_viz.analyses.occurrences import find_occurrence
from llm_viz.model import LanguageModel
from llm_viz.studies import ambiguities


def test_the_plain_sentences_hold_the_word_once_and_differ() -> None:
    for word, ways in ambiguities.PLAIN.items():
        sentences = [sentence for _, each in ways for sentence in each]
        assert len(set(sentences)) == 12
        assert [len(each) for _, each in ways] == [6, 6]
        assert all(find_occurrence(sentence, word).start > 0 for sentence in sentences)


def test_it_leans_by_depth(tiny: LanguageModel) -> None:
    found = ambiguities.leanings(tiny, "flies")
    assert set(found) == set(ambiguities.ASKED)
    for leaning in found.values():
        assert leaning.shape == (tiny.dims.n_layers + 1,)
        assert leaning[0] == 0  # one and the same embedding
        assert (np.abs(leaning) <= 2).all()
    with pytest.raises(KeyError, match="not for 'arrow'"):
        ambiguities.leanings(tiny, "arrow")


@pytest.mark.real_model
def test_cx2_the_model_takes_both_words_as_people_do(lm: LanguageModel) -> None:
    fruit, time = ambiguities.ASKED
    flies, like = (ambiguities.leanings(lm, word) for word in ("flies", "like"))
    assert (flies[fruit][6:] > 0.3).all()
    assert (flies[time][6:] < -0.2).all()
    assert (like[fruit][2:] > 0.3).all()
    assert (like[time][13:] < -0.3).all()
    assert (like[time][2:9] > 0.1).all()  # at first it takes this one, too, for a verb


@pytest.mark.real_model
def test_cx2_whose_it_is_does_not_change_with_who_asks(lm: LanguageModel) -> None:
    told = ambiguities.whose(lm)
    assert len({each.text for each in told}) == 8
    cars = [each for each in told if "car" in each.text]
    assert all(each.owner == "customer" for each in cars)
    assert all(each.owner_prob > 5 * each.other_prob for each in cars)
    (direct,) = (
        each for each in cars if each.text.startswith("The customer") and "belongs" in each.text
    )
    logits = lm.run(direct.text, sites=("logits",), positions=[-1]).logits_at()
    probs = next_token_distribution(logits).probs
    assert direct.owner_prob == pytest.approx(float(probs[lm.token_id(" customer")]), abs=1e-4)
