"""The words of a page: what is published can be read back, and answers as the vectors do."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from llm_viz.analyses import analogy_scores, frequent_words, unit_vectors
from llm_viz.model.vector_files import keyed
from llm_viz.studies import word_layouts
from llm_viz.widgets.assets import asset_path
from llm_viz.widgets.word_assets import publish_layouts, publish_words, quantised


def read(path: Path, key: str) -> tuple[dict[str, np.ndarray], Any]:
    with safetensors.safe_open(path, framework="np") as file:
        told = json.loads(file.metadata()[key])
    return safetensors.numpy.load_file(path), told


SOME = keyed(["the", ",", "café", "猫", "dog"], np.array([[3, 4], [1, 1], [-5, 0], [0, 2], [1, 2]]))


def test_words_are_published_by_their_content() -> None:
    name = publish_words(SOME, 3, name="some")
    assert name.startswith("words-")
    assert name.endswith(".safetensors")
    tensors, told = read(asset_path(name), "llm_viz_words")
    words = ["the", "café", "猫"]
    assert told == {
        "schema": 1,
        "name": "some",
        "words": words,
        "digest": word_layouts.words_digest(words),
    }
    assert tensors["vectors"].dtype == np.int8
    assert tensors["scale"].dtype == np.float32
    assert tensors["scale"].shape == (1,)
    np.testing.assert_allclose(
        tensors["vectors"] * tensors["scale"], [[0.6, 0.8], [-1, 0], [0, 1]], atol=1 / 254
    )
    assert publish_words(SOME, 3, name="some") == name
    assert publish_words(SOME, 4, name="some") != name
    assert publish_words(SOME, 99) == publish_words(SOME, 4)


def test_nothing_to_publish() -> None:
    with pytest.raises(ValueError, match="n is 0 and 5 words are there"):
        publish_words(SOME, 0)


@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 9), st.integers(1, 5)),
        elements=st.floats(-1, 1, width=32),
    )
)
def test_rounding_is_at_most_half_a_step(rows) -> None:
    rows[0, 0] = 1
    packed, scale = quantised(rows)
    assert packed.dtype == np.int8
    assert np.abs(packed * scale - rows).max() <= scale * 0.5001
    assert np.abs(packed).max() == 127


def test_layouts_are_those_of_the_study() -> None:
    name = publish_layouts()
    assert name.startswith("layouts-")
    tensors, told = read(asset_path(name), "llm_viz_layouts")
    study = word_layouts.load()
    assert told == {"schema": 1, "words": study.words, "kept": study.kept}
    assert list(told["kept"]) == ["pca2", "pca3", "umap2", "umap3", "tsne2"]
    for key, points in tensors.items():
        assert points.dtype == np.uint16
        np.testing.assert_array_equal(points, study.maps[key])


@pytest.mark.real_vectors
def test_the_words_of_the_book(glove) -> None:
    path = asset_path(publish_words(glove))
    tensors, told = read(path, "llm_viz_words")
    assert told["name"] == "glove-50d"
    assert told["digest"] == word_layouts.load().words
    assert len(gzip.compress(path.read_bytes())) < 1_000_000
    words = frequent_words(glove, 20_000)
    assert tuple(told["words"]) == words
    exact = keyed(words, unit_vectors(glove, words))
    rounded = keyed(words, tensors["vectors"] * tensors["scale"])
    one, other = (analogy_scores(each, among=None).total for each in (exact, rounded))
    assert one.asked == other.asked > 10_000
    assert abs(one.accuracy - other.accuracy) <= 0.005
