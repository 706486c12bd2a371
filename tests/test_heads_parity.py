"""The packed attention that JavaScript is held to: up to date, and as exact as its module says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from llm_viz.widgets.heads_file import spread, unpack
from tests.fixtures import make_heads

HELD = json.loads((make_heads.FOLDER / "heads.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", make_heads.KINDS)
def test_the_fixture_is_up_to_date(kind: str) -> None:
    """To within a step of the packing: another processor may round the last digit otherwise."""
    told, arrays = unpack((make_heads.FOLDER / f"heads_{kind}.safetensors").read_bytes())
    fresh_told, fresh = unpack(make_heads.packed(kind))
    assert (told, arrays.keys()) == (fresh_told, fresh.keys())
    for name, array in arrays.items():
        step = 1e-4 if name == "scores" else 1
        np.testing.assert_allclose(fresh[name].astype(float), array.astype(float), atol=step)
    made = make_heads.expected(kind)
    assert made["small"] == HELD[kind]["small"], "run `python -m tests.fixtures.make_heads`"


@pytest.mark.parametrize("kind", make_heads.KINDS)
def test_a_share_is_off_by_at_most_what_is_said(kind: str) -> None:
    told, arrays = unpack(make_heads.packed(kind))
    n = len(told["tokens"])
    held = HELD[kind]["patterns"].values()
    for packed, exact in zip(arrays["patterns"], held, strict=True):
        found = (spread(packed, n, causal=told["causal"]) / 255.0) ** 2
        wanted = np.asarray(exact)
        allowed = np.maximum(0.004 * np.sqrt(wanted) + 4e-6, (found == 0) * min(0.001, 0.1 / n))
        assert (np.abs(found - wanted) <= allowed).all()


def test_small_pictures_are_numpys() -> None:
    told, arrays = unpack(make_heads.packed("some"))
    masked = np.asarray(HELD["some"]["small_masked"])
    np.testing.assert_array_equal(arrays["small"].reshape(masked.shape), masked)
    whole = arrays["small"].copy()
    whole[..., 0] = np.maximum(whole[..., 0], arrays["small_first"])
    np.testing.assert_array_equal(whole.reshape(masked.shape), HELD["some"]["small"])
    assert told["block"] == HELD["some"]["block"] == 2
