"""The numbers that the prose of the chapter on word vectors states are those of the vectors."""

from __future__ import annotations

import pytest
from gensim.models import KeyedVectors

from llm_viz.analyses import (
    analogy,
    analogy_scores,
    direction,
    frequent_words,
    neighbours,
    positions,
    weat,
    without,
)
from llm_viz.analyses.projection import nearest_by_distance
from llm_viz.analyses.weat import PUBLISHED
from llm_viz.studies import word_layouts, word_learning
from llm_viz.widgets.direction import AXES

pytestmark = [pytest.mark.real_vectors, pytest.mark.real_model]


def answer(vectors: KeyedVectors, words: str) -> str:
    return analogy(vectors, *words.split()).answer


def test_wv3_and_wv8_the_neighbours(glove: KeyedVectors) -> None:
    near = neighbours(glove, "cat", 8).words
    assert near[:4] == ("dog", "rabbit", "monkey", "rat")
    assert near[7] == "pet"
    assert "kitten" not in near
    assert {"puppy", "chubby", "lipstick", "werewolf"} <= set(neighbours(glove, "kitten", 8).words)
    assert [glove.key_to_index[word] + 1 for word in ("cat", "kitten")] == [5451, 34699]
    assert glove.similarity("cat", "kitten") == pytest.approx(0.64, abs=0.005)
    assert glove.similarity("cat", "car") == pytest.approx(0.36, abs=0.005)


def test_wv4_and_wv5_the_sums(glove: KeyedVectors) -> None:
    assert answer(glove, "big biggest small") == "largest"
    assert answer(glove, "paris france berlin") == "germany"
    assert answer(glove, "swiss switzerland cambodian") == "cambodia"
    assert answer(glove, "man woman king") == "queen"
    assert analogy(glove, "man", "woman", "king").words[0] == "king"
    assert answer(glove, "ethical unethical possible") != "impossible"
    assert answer(glove, "mouse mice dollar") == "risen"
    assert analogy(glove, "dog", "puppy", "cat").top(2)[0][0] == "puppies"
    assert analogy(glove, "dog", "puppy", "cat").top(2)[1][0] == "kitten"
    scores = analogy_scores(glove, 30_000)
    share = {section.name: round(100 * section.accuracy) for section in scores.sections}
    assert share["gram6-nationality-adjective"] == 94 == max(share.values())
    assert share["capital-common-countries"] == 80
    assert share["family"] == 76
    assert share["gram8-plural"] == 64
    assert share["currency"] == 13
    assert share["gram2-opposite"] == 12 == min(share.values())
    assert scores.total.accuracy == pytest.approx(0.5, abs=0.005)
    assert scores.total.echo_rate == pytest.approx(0.5, abs=0.005)


def test_wv6_what_the_texts_assume(glove: KeyedVectors) -> None:
    assert answer(glove, "man woman doctor") == "nurse"
    gender = AXES[0]
    line = direction(glove, gender.low, gender.high)
    placed = dict(positions(glove, line, ["nurse", "doctor", "boss"]).top())
    assert placed["nurse"] > 0.25
    assert abs(placed["doctor"]) < 0.02
    assert placed["boss"] < -0.4
    sets = PUBLISHED[1]
    before = weat(glove, sets.x, sets.y, sets.a, sets.b)
    after = weat(without(glove, line), sets.x, sets.y, sets.a, sets.b)
    assert before.effect == pytest.approx(1.7, abs=0.05)
    assert before.p < 1e-4
    assert after.effect == pytest.approx(1.1, abs=0.05)


def test_wv7_words_find_their_company() -> None:
    learning = word_learning.load()  # tests/studies computes it again
    assert {"four", "two"} <= set(learning.near("three", 1))
    assert set(learning.near("three", 8)) <= {"four", "two", "five", "six", "seven", "eight", "ten"}
    assert "town" in learning.near("city", 3)
    assert "battle" in learning.near("war", 20)
    assert learning.analogies == pytest.approx(0.04, abs=0.005)
    bible = word_learning.load("king_james")
    assert {"solomon", "zedekiah", "jehoshaphat"} <= set(bible.near("king", 20))
    assert "drink" in bible.near("water", 20)
    assert {"oxygen", "liquid", "methane"} <= set(learning.near("water", 20))
    assert {"saul", "absalom"} <= set(bible.near("david", 20))
    assert {"george", "paul"} <= set(learning.near("david", 20))
    assert learning.wordsim[0] < 0.05
    assert learning.wordsim[14] == pytest.approx(0.5, abs=0.01)


def test_wv9_what_maps_keep(glove: KeyedVectors) -> None:
    kept = word_layouts.load().kept  # tests/studies computes a sample again
    assert kept["pca2"] < 0.01
    assert {"tigers", "woods", "ltte"} <= set(neighbours(glove, "tiger").words)
    layouts = word_layouts.load()
    words = frequent_words(glove, 20_000)
    near = nearest_by_distance(layouts.maps["umap2"], 10)[words.index("tiger")]
    assert {"devils", "flyers", "sabres"} <= {words[i] for i in near}
    assert [round(100 * kept[name]) for name in ("umap2", "umap3", "tsne2")] == [22, 30, 39]


def test_wv10_the_models_own_vectors(lm) -> None:
    own = lm.token_vectors()
    assert own.vector_size == 576
    assert neighbours(own, "cat").words[0] == "Cat"
    assert answer(own, "big biggest small") == "smallest"
    assert analogy_scores(own, None).total.accuracy == pytest.approx(0.62, abs=0.005)
