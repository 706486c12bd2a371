"""The fixture that JavaScript is held to: up to date, and agreed by an independent computation."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy as np
import pytest

from llm_viz import Trace
from tests.fixtures import make_parity

PARITY = json.loads((make_parity.FOLDER / "parity.json").read_text(encoding="utf-8"))
REFRESH = "run `python -m tests.fixtures.make_parity`"


def test_the_fixture_is_up_to_date(tmp_path) -> None:
    make_parity.make(tmp_path)
    fresh = json.loads((tmp_path / "parity.json").read_text(encoding="utf-8"))
    assert fresh["show"] == PARITY["show"], REFRESH
    for new, held in zip(fresh["rows"], PARITY["rows"], strict=True):
        assert new["logits"] == held["logits"], REFRESH
        for case, old in zip(new["cases"], held["cases"], strict=True):
            assert case["kept"] == old["kept"], REFRESH
            np.testing.assert_allclose(case["probs"], old["probs"], rtol=1e-12, err_msg=REFRESH)
    for described in PARITY["traces"]:
        held = Trace.load(make_parity.FOLDER / described["file"])
        new = Trace.load(tmp_path / described["file"])
        assert held.tokens == new.tokens
        for site in held.arrays:
            np.testing.assert_allclose(held[site], new[site], atol=4e-3, err_msg=REFRESH)


@pytest.mark.parametrize("row", PARITY["rows"])
def test_an_independent_computation_agrees(row: dict) -> None:
    """Plain Python, token by token, with exact sums: nothing shared with the implementation."""
    for case in row["cases"]:
        ranked = sorted(enumerate(row["logits"]), key=lambda pair: (-pair[1], pair[0]))
        best = ranked[0][1]
        if case["temperature"] == 0:
            kept = {ranked[0][0]: Fraction(1)}
        else:
            kept = {
                i: Fraction(math.exp((value - best) / case["temperature"])) for i, value in ranked
            }
        kept = dict(list(kept.items())[: case["top_k"] or len(kept)])
        if case["top_p"] is not None:
            total, share, nucleus = sum(kept.values()), Fraction(0), {}
            for i, weight in kept.items():
                nucleus[i] = weight
                share += weight / total
                if case["top_p"] < 1 and share >= Fraction(case["top_p"]):
                    break
            kept = nucleus
        if case["min_p"] is not None:
            most = max(kept.values())
            kept = {i: w for i, w in kept.items() if w >= Fraction(case["min_p"]) * most}
        total = sum(kept.values())
        probs = [float(kept.get(i, 0) / total) for i in range(len(row["logits"]))]
        np.testing.assert_allclose(case["probs"], probs, rtol=1e-9, atol=1e-300)
        assert case["kept"] == [i in kept for i in range(len(probs))]
        entropy = -sum(p * math.log2(p) for p in probs if p > 0)
        assert case["entropy"] == pytest.approx(entropy, abs=1e-9)


def test_the_traces_in_the_fixture_are_what_torch_computed() -> None:
    for described in PARITY["traces"]:
        trace = Trace.load(make_parity.FOLDER / described["file"])
        for site, expected in described["expected"].items():
            assert list(trace[site].shape) == expected["shape"]
            np.testing.assert_allclose(
                trace[site].ravel()[:50], expected["values"], atol=expected["max_error"] or 1e-7
            )
