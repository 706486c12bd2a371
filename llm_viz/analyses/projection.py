"""Flat maps of many-dimensional points, and how far each can be trusted.

PCA turns the cloud of points so that it is seen from its widest side; UMAP and t-SNE try to keep
neighbours together and give up on distances. None can keep all: `kept` says how much is lost.
UMAP and t-SNE are imported when they are first asked for: UMAP's compiling takes most of a minute
of each process.
"""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from tqdm.auto import tqdm

Array = np.ndarray[Any, np.dtype[Any]]
Method = Literal["pca", "umap", "tsne"]

# UMAP's own 15 and 0.1 keep a quarter fewer neighbours of the book's words in 2-D.
UMAP_NEIGHBOURS = 10
UMAP_MIN_DIST = 0.0
TSNE_PERPLEXITY = 30
TSNE_STEPS = 1000
_FIRST_STEPS, _NEXT_STEPS = 500, 250  # of maps in turn; scikit-learn takes no fewer than 250
_ROWS = 1024  # rows compared with all others at once: bounds the memory


@dataclass(frozen=True, eq=False)
class Layout:
    """Points on a map.

    Attributes:
        method: ``"pca"``, ``"umap"`` or ``"tsne"``.
        points: (n, 2) or (n, 3) float32, in the order of the vectors.
        seed: what the random numbers came from; PCA uses none.
    """

    method: Method
    points: Array
    seed: int


def layout(
    vectors: Array, method: Method = "pca", dims: int = 2, *, seed: int = 0, progress: bool = True
) -> Layout:
    """Lay vectors out on a map.

    Only where a vector points counts: all are brought to length 1 first.

    Args:
        vectors: (n, d), such as `llm_viz.analyses.unit_vectors` gives.
        method: ``"pca"``, ``"umap"`` or ``"tsne"``.
        dims: 2 or 3.
        seed: the same seed gives the same map on the same machine.
        progress: show a progress bar.

    Raises:
        ValueError: the method or ``dims`` is unknown, there are too few vectors, or one of them has
            no direction.
    """
    if method not in get_args(Method):
        raise ValueError(f"method is {method!r}; expected one of {', '.join(get_args(Method))}")
    if dims not in (2, 3):
        raise ValueError(f"dims is {dims}; expected 2 or 3")
    rows = _unit(vectors)
    if len(rows) < dims + 3 or rows.shape[1] < dims:
        raise ValueError(
            f"there are {len(rows)} vectors of {rows.shape[1]} numbers; a map in {dims} dimensions "
            f"takes at least {dims + 3} vectors of {dims}"
        )
    if method == "pca":
        points = _pca(rows, dims)
    else:
        points = (_umap if method == "umap" else _tsne)(rows, dims, seed, progress)
    return Layout(method, points.astype(np.float32), seed)


def layouts_in_turn(
    frames: Sequence[Array], *, seed: int = 0, progress: bool = True
) -> tuple[Layout, ...]:
    """t-SNE maps of vectors that change, such as while they are learned: one map a frame.

    Each map begins where the one before it ended, so a point moves only as far as its neighbours
    have changed. A map knows nothing of the frames after its own.

    Args:
        frames: each (n, d): the same points in the same order.
        seed, progress: as for `layout`.

    Raises:
        ValueError: there are no frames, too few vectors, other numbers of them in other frames, or
            one of them has no direction.
    """
    rows = [_unit(frame) for frame in frames]
    if len(shapes := {frame.shape for frame in rows}) != 1:
        raise ValueError(
            f"the frames have {len(shapes)} shapes, {sorted(shapes)}; expected one for all of them"
        )
    if len(rows[0]) < 5:
        raise ValueError(f"there are {len(rows[0])} vectors; a map takes at least 5")
    from sklearn.manifold import TSNE

    maps: list[Layout] = []
    for i, frame in enumerate(tqdm(rows, "maps", unit="map", disable=not progress)):
        fit = TSNE(
            perplexity=min(TSNE_PERPLEXITY, (len(frame) - 1) / 3),
            init=maps[-1].points if maps else "pca",
            # Groups are pulled together while points begin to find them, and not again later: that
            # would set the whole map in motion.
            early_exaggeration=12 if i < 2 else 1,
            max_iter=_FIRST_STEPS if i < 2 else _NEXT_STEPS,
            random_state=seed,
        )
        maps.append(Layout("tsne", fit.fit_transform(frame).astype(np.float32), seed))
    return tuple(maps)


def kept(vectors: Array, points: Array, k: int = 10) -> float:
    """Share of the ``k`` nearest neighbours that are neighbours on the map too, mean over all.

    Args:
        vectors: (n, d): neighbours by cosine.
        points: (n, dims): neighbours by distance.
        k: how many neighbours.

    Raises:
        ValueError: the two do not fit, or there are not more than ``k`` points.
    """
    if len(vectors) != len(points):
        raise ValueError(f"{len(vectors)} vectors and {len(points)} points; expected as many")
    if not 1 <= k < len(points):
        raise ValueError(f"k is {k}; expected 1 to {len(points) - 1}: there are {len(points)}")
    return overlap(nearest_by_cosine(vectors, k), nearest_by_distance(points, k))


def overlap(true: Array, seen: Array) -> float:
    """Share of the places in each row of ``true`` that are in the same row of ``seen`` too."""
    return float((true[:, :, None] == seen[:, None, :]).any(axis=2).mean())


def nearest_by_cosine(vectors: Array, k: int) -> Array:
    """(n, k): the places of the ``k`` vectors with the highest cosine, in no order."""
    rows = _unit(vectors)
    nearest = np.empty((len(rows), k), np.intp)
    for start in range(0, len(rows), _ROWS):
        cosines = rows[start : start + _ROWS] @ rows.T
        here = np.arange(len(cosines))
        cosines[here, start + here] = -np.inf  # nobody is a neighbour of himself
        nearest[start : start + _ROWS] = np.argpartition(cosines, -k, axis=1)[:, -k:]
    return nearest


def nearest_by_distance(points: Array, k: int) -> Array:
    """(n, k): the places of the ``k`` nearest points, nearest first."""
    from scipy.spatial import KDTree

    _, found = KDTree(points).query(points, k + 1)
    # Each point finds itself, unless more than k others lie on the very same spot.
    own = found == np.arange(len(points))[:, None]
    own[~own.any(axis=1), -1] = True
    places: Array = found[~own].reshape(len(points), k)
    return places


def nearest_to(points: Array, place: int, k: int) -> Array:
    """(k,): the places of the points nearest to one, nearest first; of equals the earlier one."""
    steps = points.astype(np.float64) - points[place]
    distances = (steps**2).sum(axis=1)
    distances[place] = np.inf
    return np.argsort(distances, kind="stable")[: min(k, len(points) - 1)]


def _unit(vectors: Array) -> Array:
    vectors = np.asarray(vectors, np.float32)
    if vectors.ndim != 2:
        raise ValueError(f"vectors have shape {vectors.shape}; expected (n, d)")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if len(bad := np.flatnonzero(~(np.isfinite(lengths) & (lengths > 0)))):
        raise ValueError(
            f"vector {bad[0]} has only zeros or a value that is no finite number, so it points "
            "nowhere; leave it out"
        )
    unit: Array = vectors / lengths
    return unit


def _pca(rows: Array, dims: int) -> Array:
    centred = (rows - rows.mean(axis=0)).astype(np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :dims]
    # An axis has no natural sign: let its largest value be positive, so that all machines agree.
    largest = np.abs(axes).argmax(axis=0)
    return centred @ (axes * np.sign(axes[largest, range(dims)]))


def _umap(rows: Array, dims: int, seed: int, progress: bool) -> Array:
    if progress:
        tqdm.write("UMAP: the first map of a process takes most of a minute longer (compiling)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)  # a part that is not used needs Tensorflow
        from umap import UMAP

    fit = UMAP(
        n_components=dims,
        n_neighbors=min(UMAP_NEIGHBOURS, len(rows) - 1),
        min_dist=UMAP_MIN_DIST,
        metric="cosine",
        random_state=seed,
        n_jobs=1,  # what a seed asks for
        # A spectral beginning needs many more points than dimensions.
        init="spectral" if len(rows) > 50 else "random",
        tqdm_kwds={"desc": "UMAP", "unit": "epoch", "disable": not progress},
    )
    points: Array = fit.fit_transform(rows)
    return points


def _tsne(rows: Array, dims: int, seed: int, progress: bool) -> Array:
    from sklearn.manifold import TSNE

    fit = TSNE(
        dims,
        perplexity=min(TSNE_PERPLEXITY, (len(rows) - 1) / 3),
        max_iter=TSNE_STEPS,
        init="pca",
        random_state=seed,
        verbose=2,  # it has no hook: its bar is read off what it says
    )
    with _told_steps(progress):
        points: Array = fit.fit_transform(rows)
    return points


@contextlib.contextmanager
def _told_steps(progress: bool) -> Iterator[None]:
    """Turn scikit-learn's printed lines into a progress bar."""
    with tqdm(total=TSNE_STEPS, desc="t-SNE", unit="step", disable=not progress) as bar:

        class Lines(io.StringIO):
            def write(self, text: str) -> int:
                if told := re.search(r"Iteration (\d+)", text):
                    bar.update(int(told[1]) - bar.n)
                return len(text)

        with contextlib.redirect_stdout(Lines()):
            yield
