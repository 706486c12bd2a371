"""Small models that learn before one's eyes."""

from llm_viz.training.bpe import train_bpe
from llm_viz.training.checkpoints import CheckpointError
from llm_viz.training.corpora import (
    king_james_books,
    king_james_chapters,
    king_james_sentences,
    wikipedia_articles,
    wikipedia_sentences,
)
from llm_viz.training.gpt import GPT, GPTConfig
from llm_viz.training.gpt_folder import save_gpt
from llm_viz.training.learner import Plan
from llm_viz.training.trainer import ExplodedError, Moment, Run, train
from llm_viz.training.word2vec import Snapshot, learn_words

__all__ = [
    "GPT",
    "CheckpointError",
    "ExplodedError",
    "GPTConfig",
    "Moment",
    "Plan",
    "Run",
    "Snapshot",
    "king_james_books",
    "king_james_chapters",
    "king_james_sentences",
    "learn_words",
    "save_gpt",
    "train",
    "train_bpe",
    "wikipedia_articles",
    "wikipedia_sentences",
]
