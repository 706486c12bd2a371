"""Maps of the 20,000 most frequent words of GloVe: PCA, UMAP and t-SNE, and what each keeps.

UMAP and t-SNE take minutes, so no page ever lays out all words. The words are not in the file: they
are those of the vectors, which the digest in it names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses import projection
from llm_viz.analyses.projection import (
    Array,
    Layout,
    Method,
    layout,
    nearest_by_cosine,
    nearest_by_distance,
    overlap,
)
from llm_viz.analyses.vectors import unit_vectors
from llm_viz.analyses.words import frequent_words
from llm_viz.model import load_vectors
from llm_viz.model.assets import GLOVE_VECTORS
from llm_viz.model.vectors import DEFAULT_VECTORS
from llm_viz.studies.results import DATA, Parts, Provenance, read_arrays, write_arrays

STUDY = "word_layouts"
WORDS = 20_000
SEED = 0
NEIGHBOURS = 10
FILE = DATA / "word_layouts.safetensors"
# The slowest last, so that an interrupted study has most of its parts.
MAPS: dict[str, tuple[Method, int]] = {
    "pca2": ("pca", 2),
    "pca3": ("pca", 3),
    "umap2": ("umap", 2),
    "umap3": ("umap", 3),
    "tsne2": ("tsne", 2),
}


@dataclass(frozen=True, eq=False)
class WordLayouts:
    """The result of the study.

    Attributes:
        maps: by name (``pca2`` … ``tsne2``): (n, 2) or (n, 3) uint16 in the order of the words; 0
            to 65,535 spans the longest side.
        kept: by name: share of the ten nearest neighbours that are neighbours on the map too.
        words: digest of the words, see `words_digest`.
        provenance: where the numbers come from.
    """

    maps: Mapping[str, Array]
    kept: Mapping[str, float]
    words: str
    provenance: Provenance


def words_digest(words: Sequence[str]) -> str:
    """Names a list of words: other words, or another order, have another digest."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def load(path: Path = FILE) -> WordLayouts:
    """The result as it was computed last."""
    maps, held = read_arrays(path)
    return WordLayouts(maps, held["kept"], held["words"], Provenance(**held["provenance"]))


def run(afresh: bool = False) -> Path:
    """Compute the study, or go on with it, and write its file."""
    settings = {
        "words": WORDS,
        "seed": SEED,
        "neighbours": NEIGHBOURS,
        "maps": list(MAPS),
        "umap_neighbours": projection.UMAP_NEIGHBOURS,
        "umap_min_dist": projection.UMAP_MIN_DIST,
        "tsne_perplexity": projection.TSNE_PERPLEXITY,
        "tsne_steps": projection.TSNE_STEPS,
    }
    vectors = load_vectors()
    words = frequent_words(vectors, WORDS)
    rows = unit_vectors(vectors, words)
    digest = words_digest(words)
    if not afresh and FILE.exists():
        held = load(FILE)
        if held.words == digest and held.provenance.agrees(GLOVE_VECTORS.sha256, settings):
            return FILE
    parts = Parts(STUDY, digest, settings, afresh=afresh)
    true = nearest_by_cosine(rows, NEIGHBOURS)
    maps, scores = {}, {}
    for name, (method, dims) in tqdm(MAPS.items(), desc="word layouts", unit="map"):
        maps[name] = parts.array(name, partial(_map, rows, method, dims))
        # Measured on what is shipped: rounding may move a neighbour.
        scores[name] = round(overlap(true, nearest_by_distance(maps[name], NEIGHBOURS)), 4)
    source = f"{DEFAULT_VECTORS} ({GLOVE_VECTORS.requirement})"
    packages = ("numpy", "scikit-learn", "umap-learn")
    made = Provenance.of(STUDY, source, GLOVE_VECTORS.sha256, settings, packages)
    write_arrays(FILE, maps, {"words": digest, "kept": scores, "provenance": asdict(made)})
    parts.clear()
    return FILE


def _map(rows: Array, method: Method, dims: int) -> Array:
    return scaled(layout(rows, method, dims, seed=SEED))


def scaled(made: Layout) -> Array:
    """Points as uint16: all sides by the same factor, the longest from 0 to 65,535."""
    low = made.points.min(axis=0)
    spread = float((made.points - low).max())
    points: Array = np.rint((made.points - low) * (65_535 / spread)).astype(np.uint16)
    return points
