"""word2vec learning, epoch by epoch: where words stand, who is near, and what it is worth.

It learns from two texts, each by itself, because what a word means is the company that it keeps
there: a king of Wikipedia is not a king of the Bible.

All frames together would be 1.6 MB of vectors. So of each epoch there are the places of the most
frequent words on a flat map, which goes on from the map before it, and their nearest neighbours in
all dimensions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses import projection
from llm_viz.analyses.projection import Array, layouts_in_turn
from llm_viz.analyses.vectors import unit_vectors
from llm_viz.analyses.word_scores import analogy_scores, wordsim
from llm_viz.model.assets import KING_JAMES
from llm_viz.studies.results import DATA, Provenance, read_arrays, write_arrays
from llm_viz.training import Snapshot, king_james_sentences, learn_words, wikipedia_sentences

STUDY = "word_learning"
EPOCHS = 20
WORDS = 1_500
NEIGHBOURS = 5
SEED = 1


@dataclass(frozen=True)
class Corpus:
    """A text that the study learns from.

    Attributes:
        name: for people.
        source: where it is from, for the provenance.
        sentences: reads it.
    """

    name: str
    source: str
    sentences: Callable[[], Sequence[Sequence[str]]]


CORPORA: Mapping[str, Corpus] = {
    "wikipedia": Corpus(
        "106 Wikipedia articles",
        "the Wikipedia articles that come with gensim",
        wikipedia_sentences,
    ),
    "king_james": Corpus(
        "the King James Bible",
        f"the King James Bible ({KING_JAMES.requirement})",
        king_james_sentences,
    ),
}


@dataclass(frozen=True, eq=False)
class WordLearning:
    """The result of the study for one text. Epoch 0 is before learning.

    Attributes:
        corpus: the text's name for people.
        words: the most frequent ones of two letters or more, most frequent first.
        places: (epoch, word, 2) uint8: where each is on the map of that epoch, a t-SNE that begins
            with the map before it. The longer side of every map is 0 to 255.
        neighbours: (epoch, word, k) uint16: the places in ``words`` of the nearest of these words,
            nearest first.
        loss: by epoch, see `llm_viz.training.Snapshot`.
        wordsim: by epoch, see `llm_viz.analyses.wordsim`.
        pairs: of WordSim-353, how many have vectors here.
        analogies: share of the Google analogies that the last epoch answers rightly, of those that
            it has all words for.
        seconds: how long all of it took to learn.
        provenance: where the numbers come from.
    """

    corpus: str
    words: tuple[str, ...]
    places: Array
    neighbours: Array
    loss: tuple[float, ...]
    wordsim: tuple[float, ...]
    pairs: int
    analogies: float
    seconds: float
    provenance: Provenance

    def near(self, word: str, epoch: int) -> tuple[str, ...]:
        """The nearest words of a word after an epoch, nearest first.

        Raises:
            KeyError: the study does not follow this word.
            IndexError: there is no such epoch.
        """
        if word not in self.words:
            raise KeyError(f"the study follows {len(self.words):,} words, and not {word!r}")
        if not 0 <= epoch < len(self.loss):
            raise IndexError(f"epoch is {epoch}; expected 0 to {len(self.loss) - 1}")
        return tuple(self.words[i] for i in self.neighbours[epoch, self.words.index(word)])


def file_of(corpus: str) -> Path:
    """Where the result for a text lies.

    Raises:
        ValueError: the study does not learn from such a text.
    """
    if corpus not in CORPORA:
        raise ValueError(f"corpus is {corpus!r}; expected one of {', '.join(CORPORA)}")
    return DATA / f"{STUDY}_{corpus}.safetensors"


def load(corpus: str = "wikipedia") -> WordLearning:
    """The result for a text as it was computed last.

    Args:
        corpus: ``wikipedia`` or ``king_james``.

    Raises:
        ValueError: the study does not learn from such a text.
    """
    arrays, held = read_arrays(file_of(corpus))
    return WordLearning(
        corpus=CORPORA[corpus].name,
        words=tuple(held["words"]),
        places=arrays["places"],
        neighbours=arrays["neighbours"],
        loss=tuple(held["loss"]),
        wordsim=tuple(held["wordsim"]),
        pairs=held["pairs"],
        analogies=held["analogies"],
        seconds=held["seconds"],
        provenance=Provenance(**held["provenance"]),
    )


def run(afresh: bool = False) -> tuple[Path, ...]:
    """Compute the study and write its files, one a text.

    A text takes a minute or two, so an interrupted one begins anew; those before it are kept.
    """
    return tuple([_run(corpus, afresh) for corpus in CORPORA])


def _run(corpus: str, afresh: bool) -> Path:
    path = file_of(corpus)
    sentences = CORPORA[corpus].sentences()
    settings: dict[str, Any] = {
        "epochs": EPOCHS,
        "words": WORDS,
        "neighbours": NEIGHBOURS,
        "seed": SEED,
        "tsne_perplexity": projection.TSNE_PERPLEXITY,
    }
    text = hashlib.sha256("\n".join(map(" ".join, sentences)).encode()).hexdigest()
    if not afresh and path.exists() and load(corpus).provenance.agrees(text, settings):
        return path
    snapshots = list(learn_words(sentences, EPOCHS, seed=SEED))
    if len(snapshots) <= EPOCHS:
        raise KeyboardInterrupt  # half a study is no result
    words = followed(snapshots[-1])
    rows = [unit_vectors(snapshot.vectors, words) for snapshot in snapshots]
    nearest = [nearest_words(each) for each in tqdm(rows, "neighbours", unit="epoch")]
    maps = [places(made.points) for made in layouts_in_turn(rows, seed=SEED)]
    tensors = {"places": np.stack(maps), "neighbours": np.stack(nearest)}
    scores = [wordsim(snapshot.vectors) for snapshot in snapshots]
    model = f"word2vec (skip-gram, 50-d) of {CORPORA[corpus].source}"
    packages = ("numpy", "gensim", "scikit-learn")
    made = Provenance.of(STUDY, model, text, settings, packages)
    told = {
        "words": words,
        "loss": [round(snapshot.loss, 4) for snapshot in snapshots],
        "wordsim": [round(score.rank_correlation, 4) for score in scores],
        "pairs": scores[-1].pairs,
        "analogies": round(analogy_scores(snapshots[-1].vectors, None).total.accuracy, 4),
        "seconds": round(snapshots[-1].seconds, 1),
        "provenance": asdict(made),
    }
    write_arrays(path, tensors, told)
    return path


def followed(snapshot: Snapshot) -> tuple[str, ...]:
    """The words whose way is kept: the most frequent, without lone letters."""
    return tuple([word for word in snapshot.vectors.index_to_key if len(word) > 1][:WORDS])


def nearest_words(rows: Array) -> Array:
    """(word, k) uint16: the rows nearest to each row of length 1, nearest first."""
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -np.inf)
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :NEIGHBOURS]
    return order.astype(np.uint16)


def places(points: Array) -> Array:
    """(word, 2) uint8: a map in the middle of a square, its longer side from 0 to 255."""
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (points - (low + high) / 2) * (255 / (high - low).max())
    return np.rint(middle + 127.5).astype(np.uint8)
