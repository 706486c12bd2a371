"""Maps: what each method promises, what is kept by hand, and bad input."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_viz.analyses import kept, layout, layouts_in_turn
from llm_viz.analyses.projection import nearest_by_cosine, nearest_by_distance, nearest_to


@pytest.fixture(scope="module")
def clumps() -> np.ndarray:
    """Four clumps of directions in eight dimensions."""
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(4, 8)) * 4
    return (np.repeat(centres, 30, axis=0) + rng.normal(size=(120, 8))).astype(np.float32)


def clumped(points: np.ndarray) -> float:
    """Share of points whose nearest point is of the same clump."""
    nearest = nearest_by_distance(points, 1)[:, 0]
    return float((nearest // 30 == np.arange(120) // 30).mean())


@pytest.mark.parametrize("dims", [2, 3])
def test_pca_is_the_widest_view(clumps, dims) -> None:
    made = layout(clumps, "pca", dims)
    unit = clumps / np.linalg.norm(clumps, axis=1, keepdims=True)
    centred = unit - unit.mean(axis=0)
    widths = np.linalg.svd(centred.astype(np.float64), compute_uv=False)[:dims]
    np.testing.assert_allclose(np.linalg.norm(made.points, axis=0), widths, rtol=1e-4)
    assert made.points.shape == (120, dims)
    assert made.points.dtype == np.float32
    again = layout(clumps * 8, "pca", dims, seed=3)  # neither lengths nor the seed play a part
    np.testing.assert_allclose(made.points, again.points, atol=1e-6)


def test_pca_has_one_sign_on_all_machines(clumps) -> None:
    flipped = clumps.copy()
    flipped[:, 0] *= -1
    one, other = layout(clumps).points, layout(flipped).points
    same = np.minimum(np.abs(one - other), np.abs(one + other))
    np.testing.assert_allclose(same, 0, atol=1e-5)


def test_tsne_keeps_clumps_together_and_shows_its_steps(clumps, capfd) -> None:
    made = layout(clumps, "tsne", seed=1)
    assert made.points.shape == (120, 2)
    assert clumped(made.points) > 0.9
    assert kept(clumps, made.points) > kept(clumps, layout(clumps).points)
    out, err = capfd.readouterr()
    assert out == ""  # scikit-learn's own lines became the bar
    assert "t-SNE: 100%" in err


@pytest.mark.slow
@pytest.mark.parametrize("dims", [2, 3])
def test_umap_keeps_clumps_together(clumps, dims, capfd) -> None:
    made = layout(clumps, "umap", dims, seed=1, progress=False)
    assert made.points.shape == (120, dims)
    assert clumped(made.points) > 0.9
    again = layout(clumps, "umap", dims, seed=1)
    np.testing.assert_array_equal(made.points, again.points)
    assert "UMAP" in capfd.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("method", ["pca", "tsne", "umap"])
def test_as_few_words_as_there_may_be(method) -> None:
    rows = np.random.default_rng(0).normal(size=(6, 5))
    assert np.isfinite(layout(rows, method, 3, progress=False).points).all()


def test_nearest_by_hand() -> None:
    rows = np.array([[1, 0], [10, 1], [0, 3], [1, 9]], np.float32)
    assert nearest_by_cosine(rows, 1)[:, 0].tolist() == [1, 0, 3, 2]
    assert nearest_by_distance(rows, 1)[:, 0].tolist() == [2, 0, 0, 2]
    assert kept(rows, rows, k=1) == 0.5
    assert nearest_to(rows, 1, 2).tolist() == [0, 2]
    assert nearest_to(np.zeros((4, 2), np.uint16), 1, 9).tolist() == [0, 2, 3]


@given(st.integers(2, 40), st.integers(0, 99))
def test_one_point_has_the_neighbours_that_all_have(n, seed) -> None:
    points = np.random.default_rng(seed).normal(size=(n, 3))  # no two are equally far
    every = nearest_by_distance(points, n - 1)
    assert nearest_to(points, n // 2, n - 1).tolist() == every[n // 2].tolist()


@given(st.integers(11, 40), st.integers(1, 10), st.integers(0, 99))
def test_kept_is_a_share(n, k, seed) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, 3))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    assert kept(rows, unit, k) == 1  # on the unit sphere nearness by cosine is nearness
    assert 0 <= kept(rows, rng.normal(size=(n, 2)), k) <= 1
    assert kept(rows, rng.normal(size=(n, 2)), n - 1) == 1  # all are neighbours


def test_points_on_one_spot_are_not_their_own_neighbours() -> None:
    found = nearest_by_distance(np.zeros((9, 2)), 4)
    assert found.shape == (9, 4)
    assert len(set(found[0])) == 4


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda v: layout(v, "mds"), "method is 'mds'; expected one of pca, umap, tsne"),
        (lambda v: layout(v, dims=4), "dims is 4; expected 2 or 3"),
        (lambda v: layout(v[:4]), "there are 4 vectors of 8 numbers"),
        (lambda v: layout(v[:, :1]), "vectors of 1 numbers"),
        (lambda v: layout(v[0]), r"shape \(8,\); expected \(n, d\)"),
        (lambda v: layout(v * 0), "vector 0 has only zeros"),
        (lambda v: layout(np.where(v == v[2, 3], np.nan, v)), "vector 2 has"),
        (lambda v: kept(v, v[:5]), "120 vectors and 5 points"),
        (lambda v: kept(v, v, 120), "k is 120; expected 1 to 119"),
    ],
)
def test_bad_input(clumps, ask, said) -> None:
    with pytest.raises(ValueError, match=said):
        ask(clumps)


def test_maps_in_turn_go_on_from_one_another(clumps, capsys) -> None:
    rng = np.random.default_rng(6)
    random = rng.normal(size=clumps.shape).astype(np.float32)
    maps = layouts_in_turn([random, clumps, clumps * 3, clumps], seed=1)
    assert [made.points.shape for made in maps] == [(120, 2)] * 4
    assert clumped(maps[0].points) < 0.5
    assert clumped(maps[1].points) > 0.9
    assert maps[0].points.dtype == np.float32
    # The vectors stay as they are, so the clumps stay where they are.
    middles = [made.points.reshape(4, 30, 2).mean(axis=1) for made in maps[1:]]
    apart = np.linalg.norm(middles[0][0] - middles[0][1])
    for one, other in itertools.pairwise(middles):
        assert np.linalg.norm(other - one, axis=1).max() < apart
    assert "maps: 100%" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        ([], "the frames have 0 shapes"),
        ([np.ones((6, 3)), np.ones((7, 3))], r"2 shapes, \[\(6, 3\), \(7, 3\)\]; expected one"),
        ([np.ones((4, 3))], "there are 4 vectors; a map takes at least 5"),
        ([np.ones((6, 3)), np.zeros((6, 3))], "vector 0 has only zeros"),
    ],
)
def test_frames_that_cannot_be_maps(frames, said) -> None:
    with pytest.raises(ValueError, match=said):
        layouts_in_turn(frames)
