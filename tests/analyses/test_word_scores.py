"""Scores: against gensim's own, which take many times as long, and the figures of the book."""

from __future__ import annotations

import math
from importlib.resources import files

import numpy as np
import pytest

from llm_viz.analyses import analogy_scores, wordsim
from llm_viz.analyses.word_scores import Question, questions
from llm_viz.model.vector_files import keyed

WORDSIM = str(files("gensim") / "test/test_data/wordsim353.tsv")


def lower_words() -> list[str]:
    words = {word.lower() for question in questions() for word in question.words}
    return sorted(words)


@pytest.fixture(scope="module")
def random_vectors():
    words = lower_words()
    rng = np.random.default_rng(0)
    # A few dimensions, so that some answers are right by chance.
    return keyed(words, rng.normal(size=(len(words), 2)).astype(np.float32))


def test_the_test_is_whole() -> None:
    asked = questions()
    assert len(asked) == 19_544
    assert len({question.family for question in asked}) == 14
    assert asked[0] == Question("capital-common-countries", ("Athens", "Greece", "Baghdad", "Iraq"))


def test_by_hand() -> None:
    made = keyed(
        ["man", "king", "woman", "queen", "Paris"],
        np.array([[0, -1, 1], [1, -1, 1], [0, 1, 1], [1, 1, 1], [-9, 0, 1]], np.float32),
    )
    royal = Question("royal", ("Man", "King", "Woman", "Queen"))
    asked = [
        royal,
        Question("royal", ("man", "king", "woman", "Paris")),
        Question("royal", ("man", "king", "woman", "duchess")),
        Question("none", ("a", "b", "c", "d")),
    ]
    scores = analogy_scores(made, asked=asked)
    first, second = scores.sections
    assert (first.name, first.asked, first.left_out, first.right) == ("royal", 2, 1, 1)
    assert first.accuracy == 0.5
    assert (second.asked, second.left_out) == (0, 1)
    assert math.isnan(second.accuracy)
    assert math.isnan(second.echo_rate)
    assert scores.top() == [("royal", 0.5)]
    assert (scores.total.asked, scores.total.left_out, scores.total.right) == (2, 2, 1)


def test_a_few_random_questions_as_gensim_scores_them(random_vectors) -> None:
    chosen = questions()[::211]
    found = analogy_scores(random_vectors, among=None, asked=chosen)
    right = 0
    for question in chosen:
        a, b, c, d = (word.lower() for word in question.words)
        best = random_vectors.most_similar(positive=[b, c], negative=[a], topn=1)
        right += best[0][0] == d
    assert found.total.right == right
    assert found.total.asked == len(chosen)


def test_capital_letters_are_kept_where_the_vocabulary_has_them() -> None:
    rows = np.array([[0, 1], [1, 1], [0, 1], [2, 1], [0, -1]], np.float32)
    made = keyed(["Athens", "Greece", "Oslo", "Norway", "athens"], rows)
    asked = [Question("capital", ("Athens", "Greece", "Oslo", "Norway"))]
    assert analogy_scores(made, asked=asked).total.asked == 1


def test_wordsim_is_gensims() -> None:
    lines = files("gensim").joinpath("test/test_data/wordsim353.tsv").read_text().splitlines()
    words = sorted({w.lower() for line in lines if line[0] != "#" for w in line.split("\t")[:2]})
    rng = np.random.default_rng(1)
    made = keyed(words[:-20], rng.normal(size=(len(words) - 20, 5)).astype(np.float32))
    found = wordsim(made)
    _, theirs, left_out = made.evaluate_word_pairs(WORDSIM)
    assert found.rank_correlation == pytest.approx(theirs.statistic, abs=1e-6)
    assert found.left_out / 353 * 100 == pytest.approx(left_out)
    assert found.pairs + found.left_out == 353


def test_vectors_of_another_language() -> None:
    with pytest.raises(ValueError, match="only 0 of the 353 pairs"):
        wordsim(keyed(["chat", "chien"], np.eye(2, dtype=np.float32)))


@pytest.mark.real_vectors
def test_the_figures_of_the_book(glove) -> None:
    scores = analogy_scores(glove)
    assert scores.among == 30_000
    total = scores.total
    assert total.accuracy == pytest.approx(0.497, abs=0.001)
    assert total.echo_rate == pytest.approx(0.501, abs=0.001)
    assert total.right_with_inputs < total.right
    best = dict(scores.top())
    assert next(iter(best)) == "gram6-nationality-adjective"
    assert best["gram2-opposite"] == pytest.approx(0.118, abs=0.005)
    assert wordsim(glove).rank_correlation == pytest.approx(0.503, abs=0.001)


@pytest.mark.real_vectors
def test_real_answers_are_gensims(glove) -> None:
    chosen = questions()[::199]
    places = {word: i for i, word in enumerate(glove.index_to_key[:30_000])}
    for question in chosen:
        words = [word.lower() for word in question.words]
        (found,) = analogy_scores(glove, asked=[question]).sections
        assert found.asked == all(word in places for word in words)
        if found.asked:
            a, b, c, d = words
            best = glove.most_similar([b, c], [a], topn=1, restrict_vocab=30_000)
            assert found.right == (best[0][0] == d), question
