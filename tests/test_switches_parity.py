"""The packed switches that JavaScript is held to: up to date, and as exact as their module says."""

from __future__ import annotations

import json

import numpy as np

from llm_viz.studies.switched_file import unpack
from tests.fixtures import make_switches

HELD = json.loads((make_switches.FOLDER / "switches.json").read_text(encoding="utf-8"))
CONTENT = (make_switches.FOLDER / "switches.safetensors").read_bytes()


def test_the_fixture_is_up_to_date() -> None:
    assert make_switches.packed() == CONTENT, "run `python -m tests.fixtures.make_switches`"
    fresh = json.loads(json.dumps(make_switches.expected()))
    assert [row["off"] for row in fresh["rows"]] == [row["off"] for row in HELD["rows"]]
    for new, held in zip(fresh["rows"], HELD["rows"], strict=True):
        np.testing.assert_allclose(new["difference"], held["difference"], rtol=1e-12)


def test_what_is_packed_is_what_was_made() -> None:
    made, held = make_switches.made_up(), unpack(CONTENT)
    np.testing.assert_allclose(held.logit_difference, made.logit_difference, atol=2e-5)
    np.testing.assert_allclose(np.exp(held.top_before), np.exp(made.top_before), rtol=0.0005)
    for row, told in enumerate(HELD["rows"]):
        assert told["p"] == np.exp(held.log_probs[row, held.followed.index(held.answer)])
        assert told["off"] == ("" if row == 0 else made.labels[row])
