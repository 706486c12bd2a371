"""The packed text that JavaScript is held to: up to date, and as exact as its module says."""

from __future__ import annotations

import json

import numpy as np
import safetensors.numpy

from llm_viz.widgets.stack_file import SHARES
from tests.fixtures import make_stack

HELD = json.loads((make_stack.FOLDER / "stack.json").read_text(encoding="utf-8"))
CONTENT = (make_stack.FOLDER / "stack.safetensors").read_bytes()


def test_the_fixture_is_up_to_date() -> None:
    made = make_stack.made_up()
    assert make_stack.packed() == CONTENT, "run `python -m tests.fixtures.make_stack`"
    assert json.loads(json.dumps(make_stack.expected(made))) == HELD


def test_what_is_packed_is_what_was_made() -> None:
    arrays = safetensors.numpy.load(CONTENT)
    shares = arrays.pop("top_shares") / SHARES
    assert np.abs(shares - HELD["top_shares"]).max() <= 8e-6
    for name, array in arrays.items():
        assert array.tolist() == HELD[name], name
