"""The packed trace that JavaScript is held to: up to date, and as exact as its module says."""

from __future__ import annotations

import json

import numpy as np

from llm_viz.studies.tracing_file import unpack
from tests.fixtures import make_causal_trace

HELD = json.loads((make_causal_trace.FOLDER / "causal_trace.json").read_text(encoding="utf-8"))
CONTENT = (make_causal_trace.FOLDER / "causal_trace.safetensors").read_bytes()


def test_the_fixture_is_up_to_date() -> None:
    assert make_causal_trace.packed() == CONTENT, "run `python -m tests.fixtures.make_causal_trace`"
    fresh = json.loads(json.dumps(make_causal_trace.expected()))
    assert [cell["restored"] for cell in fresh["cells"]] == [
        cell["restored"] for cell in HELD["cells"]
    ]
    np.testing.assert_allclose(
        [cell["p"] for cell in fresh["cells"]], [cell["p"] for cell in HELD["cells"]], rtol=1e-12
    )


def test_what_is_packed_is_what_was_made() -> None:
    made, held = make_causal_trace.made_up(), unpack(CONTENT)
    for name in ("p", "low", "high", "top_probs"):
        wide = np.maximum(getattr(made, name), np.exp(-(2**16 - 1) / 1024))
        np.testing.assert_allclose(getattr(held, name), wide, rtol=0.0005)
    np.testing.assert_array_equal(held.top_ids, made.top_ids)
    assert (held.subject, held.answer, held.window) == (made.subject, made.answer, made.window)
