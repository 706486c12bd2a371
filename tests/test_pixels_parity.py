"""The pixel network that JavaScript is held to: up to date, and torch computes the same."""

from __future__ import annotations

import json
from itertools import islice

import numpy as np
import pytest
import torch

from llm_viz.training import pixels
from tests.fixtures import make_pixels

HELD = json.loads(make_pixels.FILE.read_text(encoding="utf-8"))
CASES = pytest.mark.parametrize("case", HELD["cases"], ids=["eight", "five"])


def flat(tensors) -> np.ndarray:
    return torch.cat([tensor.detach().flatten() for tensor in tensors]).numpy()


def agree(found, wanted) -> None:
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-9)


def test_the_fixture_is_up_to_date() -> None:
    made, held = make_pixels.expected(), HELD
    for case, kept in zip(made["cases"], held["cases"], strict=True):
        agree(case["after"], kept["after"])  # the last digit hangs on the machine's exp and tanh
        agree(case["gradients"], kept["gradients"])
    assert made["tests"] == held["tests"], "run `python -m tests.fixtures.make_pixels`"


def test_the_symbols_are_the_same() -> None:
    assert [set(images) for images in pixels.IMAGES.values()] == [set(s) for s in HELD["sets"]]


@CASES
def test_forward_loss_and_gradients_agree(case) -> None:
    network = pixels.PixelNetwork(case["hidden"], case["seed"])
    agree(flat(network.parameters()), case["beginning"])
    example = pixels.Example(pixels.pixels_of(HELD["image"]), 1)
    agree(network.answer(example.pixels).detach(), case["outputs"])
    loss = pixels.loss_of(network, example)
    assert loss.item() == pytest.approx(case["loss"], abs=1e-9)
    loss.backward()
    agree(flat(weight.grad for weight in network.parameters()), case["gradients"])


@CASES
def test_ten_updates_agree(case) -> None:
    network = pixels.PixelNetwork(case["hidden"], case["seed"])
    shown = islice(pixels.examples(case["seed"]), len(case["examples"]))
    for example, wanted in zip(shown, case["examples"], strict=True):
        agree(example.pixels, wanted["pixels"])
        assert example.symbol == wanted["symbol"]
        loss = pixels.learn(network, example, case["rate"])
        assert loss == pytest.approx(wanted["loss"], abs=1e-9)
    agree(flat(network.parameters()), case["after"])


def test_the_noisy_test_symbols_agree() -> None:
    tests = pixels.noisy_symbols()
    held = HELD["tests"]
    assert len(tests) == held["count"]
    agree(tests[0].pixels, held["first"])
    agree(tests[-1].pixels, held["last"])
    assert np.bincount([example.symbol for example in tests]).tolist() == held["symbols"]
