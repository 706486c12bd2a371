"""The study of maps of words: what is shipped belongs to the words, and is what can be computed."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz.analyses import Layout, frequent_words, kept, layout, unit_vectors
from llm_viz.analyses.projection import nearest_by_cosine, nearest_by_distance, overlap
from llm_viz.model.assets import GLOVE_VECTORS
from llm_viz.model.vector_files import keyed
from llm_viz.studies import word_layouts

SAMPLE = 500


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The study on a few made-up words, without the slow maps, into a folder of its own."""
    rng = np.random.default_rng(0)
    words = ["".join(chr(97 + digit) for digit in divmod(i, 26)) for i in range(60)]
    vectors = keyed(words, rng.normal(size=(60, 5)).astype(np.float32))
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(word_layouts, "load_vectors", lambda: vectors)
    monkeypatch.setattr(word_layouts, "FILE", tmp_path / "maps.safetensors")
    monkeypatch.setattr(word_layouts, "MAPS", {"pca2": ("pca", 2), "pca3": ("pca", 3)})
    monkeypatch.setattr(word_layouts, "WORDS", 50)
    return vectors, tmp_path / "maps.safetensors"


# --- the result that the package ships ----------------------------------------------------------


def test_it_holds_every_map_and_is_small() -> None:
    study = word_layouts.load()
    assert {name: m.shape for name, m in study.maps.items()} == {
        name: (word_layouts.WORDS, dims) for name, (_, dims) in word_layouts.MAPS.items()
    }
    for points in study.maps.values():
        assert points.dtype == np.uint16
        assert points.min() == 0
        assert points.max() == 65_535
    assert word_layouts.FILE.stat().st_size < 500_000
    assert study.provenance.weight_hash == GLOVE_VECTORS.sha256
    assert study.provenance.settings["seed"] == word_layouts.SEED
    assert study.kept["pca2"] < 0.02 < study.kept["umap2"] < study.kept["tsne2"]


@pytest.mark.real_vectors
def test_computed_again_it_is_the_same(glove) -> None:
    study = word_layouts.load()
    words = frequent_words(glove, word_layouts.WORDS)
    assert study.words == word_layouts.words_digest(words)
    rows = unit_vectors(glove, words)
    # The quick maps whole; of the slow ones the score, which a point out of place would lower.
    for name in ("pca2", "pca3"):
        again = word_layouts.scaled(layout(rows, *word_layouts.MAPS[name])).astype(int)
        assert np.abs(again - study.maps[name]).max() <= 2, name
    true = nearest_by_cosine(rows, 10)
    for name, points in study.maps.items():
        found = overlap(true, nearest_by_distance(points, 10))
        assert found == pytest.approx(study.kept[name], abs=1e-3), name


@pytest.mark.real_vectors
def test_near_words_are_near_on_the_maps(glove) -> None:
    study = word_layouts.load()
    place = {word: i for i, word in enumerate(frequent_words(glove, word_layouts.WORDS))}
    for name in ("umap2", "umap3", "tsne2"):
        points = study.maps[name].astype(float)
        typical = np.linalg.norm(points[:SAMPLE] - points[-SAMPLE:], axis=1).mean()
        for one, other in (("cat", "dog"), ("france", "germany"), ("seven", "eight")):
            apart = np.linalg.norm(points[place[one]] - points[place[other]])
            assert apart < typical / 5, (name, one, other)


# --- how it is made and kept --------------------------------------------------------------------


def test_it_is_written_once_and_made_again_on_request(small, monkeypatch) -> None:
    vectors, file = small
    assert word_layouts.run() == file
    study = word_layouts.load(file)
    words = frequent_words(vectors, 50)
    assert study.words == word_layouts.words_digest(words)
    assert study.words != word_layouts.words_digest(words[::-1])
    rows = unit_vectors(vectors, words)
    np.testing.assert_array_equal(study.maps["pca3"], word_layouts.scaled(layout(rows, dims=3)))
    assert study.kept["pca2"] == pytest.approx(kept(rows, study.maps["pca2"]), abs=1e-4)
    before = file.stat().st_mtime_ns
    with monkeypatch.context() as patched:
        patched.setattr(word_layouts, "layout", lambda *_, **__: pytest.fail("it was up to date"))
        word_layouts.run()
        assert file.stat().st_mtime_ns == before
    word_layouts.run(afresh=True)
    assert file.stat().st_mtime_ns > before
    monkeypatch.setattr(word_layouts, "WORDS", 40)  # other settings
    word_layouts.run()
    assert word_layouts.load(file).maps["pca2"].shape == (40, 2)


def test_an_interrupted_study_goes_on_where_it_stopped(small, monkeypatch) -> None:
    _, file = small
    asked = []

    def stop_at_the_second(rows, method, dims, *, seed) -> Layout:
        asked.append(dims)
        if asked == [2, 3]:
            raise KeyboardInterrupt
        return layout(rows, method, dims, seed=seed)

    monkeypatch.setattr(word_layouts, "layout", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        word_layouts.run()
    assert not file.exists()
    word_layouts.run()
    assert asked == [2, 3, 3]
    assert not list((file.parent / "cache" / "studies").iterdir())


def test_scaling_keeps_the_shape() -> None:
    points = np.array([[-1, 5], [3, 5], [1, 7]], np.float32)
    made = word_layouts.scaled(Layout("pca", points, 0))
    assert made.tolist() == [[0, 0], [65_535, 0], [32_768, 32_768]]
