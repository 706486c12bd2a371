"""Small models that learn before one's eyes."""

from llm_viz.training.corpora import (
    king_james_books,
    king_james_chapters,
    king_james_sentences,
    wikipedia_articles,
    wikipedia_sentences,
)
from llm_viz.training.word2vec import Snapshot, learn_words

__all__ = [
    "Snapshot",
    "king_james_books",
    "king_james_chapters",
    "king_james_sentences",
    "learn_words",
    "wikipedia_articles",
    "wikipedia_sentences",
]
