"""Small models that learn before one's eyes."""

from llm_viz.training.word2vec import Snapshot, learn_words, wikipedia_sentences

__all__ = ["Snapshot", "learn_words", "wikipedia_sentences"]
