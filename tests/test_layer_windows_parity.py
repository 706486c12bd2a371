"""The packed study that JavaScript is held to: up to date, and as exact as its module says."""

from __future__ import annotations

import json

import numpy as np

from llm_viz.studies.knowing_results import pack, unpack
from tests.fixtures import make_layer_windows as maker

HELD = json.loads((maker.FOLDER / "layer_windows.json").read_text(encoding="utf-8"))
CONTENT = (maker.FOLDER / "layer_windows.safetensors").read_bytes()


def test_the_fixture_is_up_to_date() -> None:
    assert maker.packed() == CONTENT, "run `python -m tests.fixtures.make_layer_windows`"
    fresh = json.loads(json.dumps(maker.expected()))
    assert fresh["regained"] == HELD["regained"]
    np.testing.assert_allclose(fresh["told"], HELD["told"], rtol=1e-12)
    for new, held in zip(fresh["windows"], HELD["windows"], strict=True):
        assert new["best"] == held["best"]
        assert new["kept"] == held["kept"]


def test_what_is_packed_is_what_was_made() -> None:
    made, held = maker.made_up(), unpack(CONTENT)
    for name in ("log_probs", "before", "zero_log_probs", "told_log_probs"):
        np.testing.assert_allclose(
            np.exp(getattr(held, name)), np.exp(getattr(made, name)), rtol=0.0005
        )
    for name in ("best", "zero_best", "told_best", "answers", "wrong"):
        np.testing.assert_array_equal(getattr(held, name), getattr(made, name))
    for name in ("items", "excluded", "told_windows", "chosen", "names", "provenance"):
        assert getattr(held, name) == getattr(made, name)
    assert pack(held) == CONTENT
