"""The words that a view computes with in a page: which are published, and how Python sees them.

A page has the most frequent words only. A view whose examples need rarer ones (*puppy*,
*unethical*) brings them along in a small second file. Stills are computed from these files, so they
show what the page shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import safetensors

from llm_viz.analyses.words import frequent_words
from llm_viz.model.vector_files import keyed
from llm_viz.widgets.assets import asset_path
from llm_viz.widgets.word_assets import publish_words

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

PUBLISHED = 20_000


def publish_with(vectors: KeyedVectors, needed: Iterable[str]) -> dict[str, str]:
    """Publish the most frequent words, and those of ``needed`` that are not among them.

    Words of ``needed`` that have no vector are passed over.

    Returns:
        File names by role: ``words``, and ``more`` if rarer words are needed.
    """
    common = set(frequent_words(vectors, PUBLISHED))
    places = vectors.key_to_index
    rare = {word for word in needed if word in places and word not in common}
    assets = {"words": publish_words(vectors, PUBLISHED)}
    if chosen := sorted(filter(str.isalpha, rare), key=places.__getitem__):
        few = keyed(chosen, vectors.vectors[[places[word] for word in chosen]])
        assets["more"] = publish_words(few, len(chosen))
    return assets


def page_vectors(assets: Mapping[str, str]) -> KeyedVectors:
    """The vectors as a page has them, from the files that `publish_with` named."""
    return _read(assets["words"], assets.get("more"))


@lru_cache(maxsize=4)
def _read(words: str, more: str | None) -> KeyedVectors:
    names: list[str] = []
    rows = []
    for asset in filter(None, (words, more)):
        with safetensors.safe_open(asset_path(asset), framework="numpy") as file:
            names += json.loads(file.metadata()["llm_viz_words"])["words"]
            rows.append(file.get_tensor("vectors").astype(np.float32))
    table = np.concatenate(rows)
    return keyed(names, table / np.linalg.norm(table, axis=1, keepdims=True))
