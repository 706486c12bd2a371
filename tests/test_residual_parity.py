"""The attribution that JavaScript is held to: up to date, and agreed by an independent reading."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from llm_viz.widgets.pushes import steps_of
from tests.fixtures import make_residual

HELD = json.loads((make_residual.FOLDER / "residual.json").read_text(encoding="utf-8"))
REFRESH = "run `python -m tests.fixtures.make_residual`"


def numbers(prompt: dict, name: str, dtype: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(prompt[f"{name}_base64"]), dtype)


def test_the_fixture_is_up_to_date() -> None:
    fresh = make_residual.make()
    for family, held in HELD.items():
        new = fresh[family]
        assert new["shape"] == held["shape"], REFRESH
        for part in ("text", "tokens", "token_ids", "positions", "candidates", "names"):
            assert new["prompt"][part] == held["prompt"][part], REFRESH
        steps = [numbers(each["prompt"], "steps", "<i4") for each in (new, held)]
        np.testing.assert_allclose(*steps, atol=1, err_msg=REFRESH)  # a total on the very edge
        chances = [numbers(each["prompt"], "chances", "<f4") for each in (new, held)]
        np.testing.assert_allclose(*chances, rtol=1e-4, err_msg=REFRESH)


@pytest.mark.parametrize("family", HELD)
def test_the_steps_follow_the_stream_between_the_layers(family: str) -> None:
    shape, prompt = HELD[family]["shape"], dict(HELD[family]["prompt"])
    for name in ("steps", "chances"):
        prompt[name] = base64.b64decode(prompt[f"{name}_base64"])
    of_layer = shape["heads"] + shape["bias"]
    for position, held in zip(prompt["positions"], HELD[family]["expected"], strict=True):
        steps = np.array(list(steps_of(prompt, position)[0].values()))
        np.testing.assert_allclose(steps.sum(axis=1) / 100, held["logits"], atol=0.00501)
        ends = [0]
        for _ in range(shape["layers"]):
            ends += [ends[-1] + of_layer, ends[-1] + of_layer + 1]
        totals = steps.cumsum(axis=1)[:, ends].T / 100
        np.testing.assert_allclose(totals, held["totals"], atol=0.00501)
