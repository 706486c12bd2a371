"""The study of words being learned: what is shipped is what learning gives."""

from __future__ import annotations

import math
from importlib.resources import files

import numpy as np
import pytest

from llm_viz.analyses import unit_vectors, wordsim
from llm_viz.analyses.projection import nearest_by_distance, overlap
from llm_viz.studies import word_learning
from llm_viz.studies.__main__ import main
from llm_viz.training import learn_words

# --- the results that the package ships ---------------------------------------------------------

each_corpus = pytest.mark.parametrize("corpus", word_learning.CORPORA)


@each_corpus
def test_it_holds_every_epoch_and_is_small(corpus) -> None:
    study = word_learning.load(corpus)
    epochs, words = word_learning.EPOCHS + 1, word_learning.WORDS
    assert study.places.shape == (epochs, words, 2)
    assert study.places.dtype == np.uint8
    assert study.neighbours.shape == (epochs, words, word_learning.NEIGHBOURS)
    assert study.neighbours.max() < len(study.words) == words
    assert len(study.loss) == len(study.wordsim) == epochs
    assert word_learning.file_of(corpus).stat().st_size < 400_000
    own = np.arange(words)[None, :, None]
    assert not (study.neighbours == own).any()


@each_corpus
def test_it_learns(corpus) -> None:
    study = word_learning.load(corpus)
    assert study.loss[0] == pytest.approx(6 * math.log(2), abs=1e-3)
    assert list(study.loss) == sorted(study.loss, reverse=True)
    # Before learning it is noise, which few pairs have more of.
    assert abs(study.wordsim[0]) < 2 / math.sqrt(study.pairs - 1)
    assert study.wordsim[-1] > 0.3
    assert study.analogies < 0.1  # the book says that analogies stay poor
    assert {"six", "five"} <= set(study.near("seven", 20))
    assert not set(study.near("seven", 0)) & set(study.near("seven", 20))


@each_corpus
def test_the_maps_show_who_is_near_and_come_to_rest(corpus) -> None:
    study = word_learning.load(corpus)
    for epoch in (1, 10, 20):
        seen = nearest_by_distance(study.places[epoch].astype(float), word_learning.NEIGHBOURS)
        assert overlap(study.neighbours[epoch], seen) > 0.25  # the widest plane keeps 0.05
    moved = np.linalg.norm(np.diff(study.places.astype(float), axis=0), axis=2)
    steps = np.median(moved, axis=1)
    assert steps[0] > 50  # of 255: from random places
    assert steps[-1] < 10


def test_it_learns_what_words_mean_in_its_own_text() -> None:
    study = word_learning.load("king_james")
    assert study.corpus == "the King James Bible"
    assert {"solomon", "david"} <= set(study.near("king", 20))
    assert {"drink", "bread"} <= set(study.near("water", 20))
    study = word_learning.load()
    assert study.corpus == "106 Wikipedia articles"
    assert study.wordsim[-1] > 0.45
    assert {"oxygen", "methane"} <= set(study.near("water", 20))
    assert study.near("war", 20)[0] == "civil"
    assert set(study.near("war", 0)) & set(study.near("war", 20)) == set()


def test_what_it_does_not_hold() -> None:
    study = word_learning.load()
    with pytest.raises(KeyError, match="follows 1,500 words, and not 'zebra'"):
        study.near("zebra", 1)
    with pytest.raises(IndexError, match="epoch is 21; expected 0 to 20"):
        study.near("war", 21)
    with pytest.raises(ValueError, match="corpus is 'poems'; expected one of wikipedia, king_jam"):
        word_learning.load("poems")


@pytest.mark.slow
@pytest.mark.parametrize(
    "corpus", ["wikipedia", pytest.param("king_james", marks=pytest.mark.real_text)]
)
def test_the_first_epochs_learned_again_are_the_same(corpus) -> None:
    study = word_learning.load(corpus)
    sentences = word_learning.CORPORA[corpus].sentences()
    shots = learn_words(sentences, word_learning.EPOCHS, seed=word_learning.SEED, progress=False)
    for shot in shots:
        assert shot.loss == pytest.approx(study.loss[shot.epoch], abs=0.01)
        assert wordsim(shot.vectors).pairs == study.pairs
        assert word_learning.followed(shot) == study.words
        # Another processor rounds otherwise, which may change places of words about as near.
        again = word_learning.nearest_words(unit_vectors(shot.vectors, study.words))
        same = (again[:, :, None] == study.neighbours[shot.epoch][:, None, :]).any(axis=2)
        assert same.mean() > 0.9
        if shot.epoch == 2:
            break


# --- how it is made and kept --------------------------------------------------------------------


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The study on two made-up texts of words that WordSim-353 has, into a folder of its own."""
    scored = (files("gensim") / "test/test_data/wordsim353.tsv").read_text().lower().splitlines()
    words = [word for line in scored[2:17] for word in line.split("\t")[:2]]

    def made_up(seed: int) -> word_learning.Corpus:
        rng = np.random.default_rng(seed)
        text = tuple(tuple(rng.choice(words, 30)) for _ in range(30))
        return word_learning.Corpus(f"text {seed}", "made up", lambda: text)

    corpora = {"wikipedia": made_up(0), "other": made_up(1)}
    monkeypatch.setattr(word_learning, "DATA", tmp_path)
    monkeypatch.setattr(word_learning, "EPOCHS", 2)
    monkeypatch.setattr(word_learning, "CORPORA", corpora)
    return tuple(tmp_path / f"word_learning_{corpus}.safetensors" for corpus in corpora)


def test_it_is_written_once_and_made_again_on_request(small, monkeypatch) -> None:
    assert word_learning.run() == small
    first, second = word_learning.load(), word_learning.load("other")
    assert (first.corpus, second.corpus) == ("text 0", "text 1")
    assert first.provenance.weight_hash != second.provenance.weight_hash
    assert first.places.shape[0] == 3
    assert len(first.near("tiger", 2)) == word_learning.NEIGHBOURS
    with monkeypatch.context() as patched:
        patched.setattr(
            word_learning, "learn_words", lambda *_, **__: pytest.fail("it was up to date")
        )
        word_learning.run()
    before = [path.stat().st_mtime_ns for path in small]
    word_learning.run(afresh=True)
    assert all(path.stat().st_mtime_ns > time for path, time in zip(small, before, strict=True))
    monkeypatch.setattr(word_learning, "EPOCHS", 3)  # other settings
    word_learning.run()
    assert word_learning.load("other").places.shape[0] == 4


def test_half_a_text_is_not_written_and_the_one_before_is_kept(small, monkeypatch) -> None:
    second = word_learning.CORPORA["other"].sentences()

    def stop_early(sentences, epochs, **asked):
        learned = list(learn_words(sentences, epochs, **asked))
        return learned[:-1] if sentences is second else learned

    monkeypatch.setattr(word_learning, "learn_words", stop_early)
    with pytest.raises(KeyboardInterrupt):
        word_learning.run()
    assert [path.exists() for path in small] == [True, False]


def test_the_command_names_every_file(small, monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.argv", ["studies", "word_learning"])
    main()
    said = capsys.readouterr().out
    assert all(f"word_learning: {path.name}, " in said for path in small)


def test_neighbours_by_hand() -> None:
    rows = np.array([[1, 0], [0.8, 0.6], [0, 1], [-1, 0], [0, -1], [-0.6, -0.8]], np.float32)
    assert word_learning.nearest_words(rows)[0].tolist() == [1, 2, 4, 5, 3]


def test_places_by_hand() -> None:
    points = np.array([[-2, 1], [2, 2], [0, 1.5]], np.float32)
    assert word_learning.places(points).tolist() == [[0, 96], [255, 159], [128, 128]]
