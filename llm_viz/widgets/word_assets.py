"""What a page needs to know of words by itself: published once, shared by all views.

The vectors travel as 8-bit integers of their unit vectors with one scale for all. That is a quarter
of the size, and costs a tenth of a percentage point on the Google analogies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import safetensors.numpy

from llm_viz.analyses.projection import nearest_by_distance, overlap
from llm_viz.analyses.vectors import Array, unit_vectors
from llm_viz.analyses.words import frequent_words
from llm_viz.model.vectors import DEFAULT_VECTORS
from llm_viz.studies import word_layouts
from llm_viz.widgets.assets import publish_content

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

    from llm_viz.studies.word_learning import WordLearning

SCHEMA = 1


def publish_words(vectors: KeyedVectors, n: int = 20_000, *, name: str = DEFAULT_VECTORS) -> str:
    """Make an asset of the ``n`` most frequent words of letters; returns its file name.

    Safetensors: ``vectors`` I8 (n, d), ``scale`` F32 (1,); their product is the unit vectors up to
    rounding. Under ``llm_viz_words`` in the header: the schema, the name of the vectors, the words
    in order of frequency, and their digest, by which `publish_layouts` names them.

    Args:
        vectors: see `llm_viz.load_vectors`.
        n: how many words; fewer if there are no more.
        name: what the page calls these vectors.

    Raises:
        ValueError: there is no word to publish.
    """
    words = frequent_words(vectors, n)
    if not words:
        raise ValueError(f"n is {n} and {len(vectors):,} words are there; expected one or more")
    packed, scale = quantised(unit_vectors(vectors, words))
    told = {
        "schema": SCHEMA,
        "name": name,
        "words": words,
        "digest": word_layouts.words_digest(words),
    }
    tensors = {"vectors": packed, "scale": np.array([scale], np.float32)}
    return _publish("words", tensors, {"llm_viz_words": told})


def publish_layouts() -> str:
    """Make an asset of the maps of the book's words; returns its file name.

    They are ``pca2``, ``pca3``, ``umap2``, ``umap3`` and ``tsne2``, see `publish_maps`.
    """
    held = word_layouts.load()
    return publish_maps(held.maps, held.kept, held.words)


def publish_maps(maps: Mapping[str, Array], kept: Mapping[str, float], words: str) -> str:
    """Make an asset of maps of words; returns its file name.

    Safetensors: each map by its name, U16 (n, 2 or 3). Under ``llm_viz_layouts`` in the header:
    the schema, the digest of the words, and the share of the ten nearest neighbours that each map
    keeps.

    Args:
        maps: by name; see `llm_viz.studies.word_layouts.scaled`.
        kept: by the same names, see `llm_viz.analyses.kept`.
        words: the digest of the words, see `llm_viz.studies.word_layouts.words_digest`.
    """
    told = {"schema": SCHEMA, "words": words, "kept": dict(kept)}
    return _publish("layouts", dict(maps), {"llm_viz_layouts": told})


def publish_learning(study: WordLearning) -> str:
    """Make an asset of words that are being learned; returns its file name.

    Safetensors: ``places`` U8 (epoch, n, 2) and ``neighbours`` U16 (epoch, n, k). Under
    ``llm_viz_learning`` in the header: the schema, the words, and by epoch the loss, WordSim, and
    the share of the k nearest neighbours that the map keeps; and the number of WordSim's pairs.
    """
    k = study.neighbours.shape[2]
    pairs = zip(study.neighbours, study.places, strict=True)
    kept = [overlap(true, nearest_by_distance(places, k)) for true, places in pairs]
    told = {
        "schema": SCHEMA,
        "words": study.words,
        "loss": study.loss,
        "wordsim": study.wordsim,
        "pairs": study.pairs,
        "kept": [round(share, 4) for share in kept],
    }
    tensors = {"places": study.places, "neighbours": study.neighbours}
    return _publish("learning", tensors, {"llm_viz_learning": told})


def quantised(rows: Array) -> tuple[Array, float]:
    """Rows as 8-bit integers, and what to multiply them by to have the rows again."""
    scale = float(np.abs(rows).max()) / 127
    return np.rint(rows / scale).astype(np.int8), scale


def _publish(role: str, tensors: dict[str, Array], metadata: dict[str, Any]) -> str:
    told = {key: json.dumps(value, ensure_ascii=False) for key, value in metadata.items()}
    return publish_content(role, "safetensors", safetensors.numpy.save(tensors, told))
