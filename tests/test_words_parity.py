"""The word vectors that JavaScript is held to: up to date, and the package agrees with them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from llm_viz.analyses.directions import direction, positions, what_remains, without
from llm_viz.analyses.projection import nearest_to
from llm_viz.analyses.vectors import analogy, neighbours
from llm_viz.analyses.weat import weat
from llm_viz.model.vector_files import keyed
from tests.fixtures import make_words

HELD = json.loads((make_words.FOLDER / "words.json").read_text(encoding="utf-8"))
CONTENT = (make_words.FOLDER / "words.safetensors").read_bytes()


@pytest.fixture(scope="module")
def vectors():
    return keyed(make_words.WORDS, make_words.unit_rows(CONTENT).astype(np.float32))


def agree(found, wanted) -> None:
    assert [word for word, _ in found] == [word for word, _ in wanted]
    np.testing.assert_allclose([c for _, c in found], [c for _, c in wanted], atol=1e-6)


def test_the_fixture_is_up_to_date() -> None:
    assert make_words.packed() == CONTENT, "run `python -m tests.fixtures.make_words`"
    maps = (make_words.FOLDER / "layouts.safetensors").read_bytes()
    assert make_words.packed_maps() == maps, "run `python -m tests.fixtures.make_words`"
    assert make_words.expected(CONTENT) == HELD, "run `python -m tests.fixtures.make_words`"


def test_neighbours_and_analogies_agree(vectors) -> None:
    for word, wanted in HELD["neighbours"].items():
        agree(neighbours(vectors, word, 5).top(5), wanted)
    for case in HELD["analogies"]:
        made = analogy(vectors, *case["words"], k=5)
        agree(made.top(5), case["excluded"])
        agree(made.top(5, inputs=True), case["all"])


def test_directions_agree(vectors) -> None:
    held = HELD["direction"]
    along = direction(vectors, held["low"], held["high"])
    np.testing.assert_allclose(along.vector, held["vector"], atol=1e-6)
    agree(
        positions(vectors, along, held["positions"]).bottom(99),
        sorted(held["positions"].items(), key=lambda pair: pair[1]),
    )
    for word, wanted in held["without"].items():
        np.testing.assert_allclose(without(vectors, along)[word], wanted, atol=1e-6)
    n, k = HELD["remains"]["n"], HELD["remains"]["k"]
    remains = what_remains(vectors, along, n, k)
    assert (remains.before, remains.after) == (HELD["remains"]["before"], HELD["remains"]["after"])


def test_weat_agrees(vectors) -> None:
    held = HELD["weat"]
    along = direction(vectors, HELD["direction"]["low"], HELD["direction"]["high"])
    for given, when in ((vectors, "before"), (without(vectors, along), "after")):
        made = weat(given, held["x"], held["y"], held["a"], held["b"])
        assert made.effect == pytest.approx(held[when]["effect"], abs=1e-6)
        assert (made.p, made.ways) == (held[when]["p"], held[when]["ways"])
        assert made.exact


def test_neighbours_on_a_map_agree(vectors) -> None:
    for name, points in make_words.maps().items():
        for word, wanted in HELD["maps"][name].items():
            places = nearest_to(points, make_words.WORDS.index(word), 10)
            assert [make_words.WORDS[i] for i in places] == wanted["near"]
            assert list(neighbours(vectors, word, 10).words) == wanted["true"]
