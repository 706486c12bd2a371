"""Analogy: what it carries, what it refuses, and its still picture."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz.analyses.word_scores import AnalogyScores, SectionScore
from llm_viz.model.vector_files import keyed
from llm_viz.widgets import Analogy, page_words
from llm_viz.widgets.analogy import FAMILIES, Family
from llm_viz.widgets.page_words import page_vectors
from tests.fixtures import make_words

ROYAL = Family("Royals", (("man", "woman", "king", "queen"), ("man", "woman", "x", "y")), "family")
YOUNG = Family("Young", (("dog", "puppy", "cat", "kitten"), ("man", "woman", "duke", "")))


@pytest.fixture
def made_up():
    return keyed(make_words.WORDS, make_words.rows().astype(np.float32))


def test_it_carries_the_words_and_the_examples_that_have_them(made_up) -> None:
    widget = Analogy(made_up, families=[ROYAL, YOUNG, Family("None", (("a", "b", "c", "d"),))])
    assert (widget.a, widget.b, widget.c, widget.exclude) == ("man", "woman", "king", True)
    assert set(widget.linked) == {"a", "b", "c", "exclude"}
    assert [each["name"] for each in widget.families] == ["Royals", "Young"]
    assert widget.families[0]["presets"] == [["man", "woman", "king", "queen"]]
    assert len(widget.families[1]["presets"]) == 2
    assert set(widget.assets) == {"words"}


def test_words_are_found_as_they_are_typed(made_up) -> None:
    widget = Analogy(made_up, "Man", " woman", "KING", families=())
    assert (widget.a, widget.b, widget.c) == ("man", "woman", "king")


def test_rare_words_of_the_examples_come_along(made_up, monkeypatch) -> None:
    monkeypatch.setattr(page_words, "PUBLISHED", 20)
    widget = Analogy(made_up, "man", "woman", "puppy", families=[YOUNG])
    held = page_vectors(widget.assets)
    assert held.index_to_key[:20] == [w for w in make_words.WORDS if w.isalpha()][:20]
    assert held.index_to_key[20:] == ["dog", "puppy", "cat", "kitten"]
    for word in ("king", "puppy"):
        assert held[word] @ made_up[word] == pytest.approx(1, abs=1e-3)
        assert np.linalg.norm(held[word]) == pytest.approx(1)


def test_a_family_has_the_score_of_its_section(made_up) -> None:
    sections = (SectionScore("family", 40, 2, 30, 9, 20), SectionScore("currency", 0, 9, 0, 0, 0))
    scored = Analogy(made_up, families=[ROYAL, YOUNG], scores=AnalogyScores(sections, 43))
    assert [(each["right"], each["asked"]) for each in scored.families] == [(30, 40), (None, None)]
    plain = Analogy(made_up, families=[ROYAL])
    assert (plain.families[0]["right"], plain.families[0]["asked"]) == (None, None)


def test_every_section_of_the_families_is_one_of_the_test() -> None:
    from llm_viz.analyses.word_scores import questions

    names = {question.family for question in questions()}
    assert {family.section for family in FAMILIES if family.section} <= names


@pytest.mark.parametrize(
    ("words", "error", "sentence"),
    [
        (("man", "woman", "kign"), KeyError, "nearest spellings: 'king'"),
        (("man", "man", "Man"), ValueError, "all three words are 'man'"),
        (("man", "", "king"), ValueError, "empty"),
        (("the man", "woman", "king"), ValueError, "2 words"),
    ],
)
def test_words_that_make_no_question(made_up, words, error, sentence) -> None:
    with pytest.raises(error, match=sentence):
        Analogy(made_up, *words, families=())


def test_its_still_picture_ranks_as_the_page_does(made_up) -> None:
    widget = Analogy(made_up, families=())
    labels = [cell.text for cell in widget.still().iter("th") if cell.get("scope") == "row"]
    assert labels[:3] == ["duchess", "queen", "princess"]
    assert len(labels) == 10
    widget.exclude = False
    labels = [cell.text for cell in widget.still().iter("th") if cell.get("scope") == "row"]
    assert labels[:4] == ["duchess", "queen", "princess", "king"]
    html = widget._repr_mimebundle_()[0]["text/html"]
    assert "man is to woman as king is to duchess" in html


def test_its_still_picture_bears_what_a_reader_typed(made_up) -> None:
    widget = Analogy(made_up, families=())
    widget.a = "<b>"
    assert "&lt;b&gt;" in widget._repr_mimebundle_()[0]["text/html"]


@pytest.mark.real_vectors
def test_every_example_is_there_with_the_real_vectors(glove) -> None:
    widget = Analogy(glove)
    assert [len(each["presets"]) for each in widget.families] == [len(f.presets) for f in FAMILIES]
