"""Windows of layers: every one of them gives what switching it off by itself would give."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz.analyses.layer_windows import KINDS, Kind, Window, WindowsOff, every_window, said
from llm_viz.model import Edits, LanguageModel

TEXT = "the cat sat on the"
REFERENCE = ["the dog ran to the red house", "the cat", "by the river and the mat"]


@pytest.fixture(scope="module")
def off(tiny: LanguageModel) -> WindowsOff:
    return WindowsOff(tiny, REFERENCE)


@pytest.mark.parametrize("kind", KINDS)
def test_all_windows_at_once_are_the_windows_one_by_one(
    tiny: LanguageModel, off: WindowsOff, kind: Kind
) -> None:
    windows = every_window(kind, tiny.dims.n_layers)
    together = off.every(TEXT, " the", kind)
    apart = off.some(TEXT, " the", windows)
    np.testing.assert_allclose(together.log_probs, apart.log_probs, atol=1e-5)
    np.testing.assert_array_equal(together.best, apart.best)
    assert len(set(np.round(together.log_probs, 6))) == len(windows)  # each does something else


@pytest.mark.parametrize("kind", KINDS)
def test_a_window_is_what_ablate_switches_off(
    tiny: LanguageModel, off: WindowsOff, kind: Kind
) -> None:
    layers = {"mlps" if kind == "mlp" else "attns": [1, 2]}
    with tiny.ablate(**layers, by="mean", reference=REFERENCE):
        logits = tiny.run(TEXT, ("logits",), positions=[-1]).logits_at().astype(np.float64)
    wanted = logits - np.log(np.exp(logits).sum())
    found = off.some(TEXT, " the", [Window(kind, 1, 2)])
    assert found.log_probs[0] == pytest.approx(wanted[tiny.token_id(" the")], abs=1e-5)
    assert found.best[0] == wanted.argmax()


def test_a_window_leaves_nothing_off_behind(tiny: LanguageModel, off: WindowsOff) -> None:
    before = said(tiny, TEXT, " the", [Edits()])
    off.every(TEXT, " the", "mlp")
    after = said(tiny, TEXT, " the", [Edits()])
    assert before.log_probs == after.log_probs
    assert not tiny.edits


def test_windows_stand_by_start_and_then_by_width() -> None:
    windows = every_window("mlp", 3)
    places = [(window.start, window.width) for window in windows]
    assert places == [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (2, 1)]
    assert len(every_window("attention", 30)) == 465


def test_their_names() -> None:
    assert Window("mlp", 9, 1).label == "L9 FFN"
    assert Window("mlp", 9, 2).label == "FFNs 9-10"
    assert Window("attention", 16, 4).label == "attentions 16-19"


@pytest.mark.parametrize("window", [(2, 2), (-1, 1), (3, 1), (0, 0), (1, -1)])
def test_a_window_lies_within_the_model(off: WindowsOff, window: tuple[int, int]) -> None:
    with pytest.raises(IndexError, match="the layers go from 0 to 2"):
        off.ablation(Window("mlp", *window))


def test_an_answer_is_one_token(off: WindowsOff) -> None:
    with pytest.raises(ValueError, match="token"):
        off.some(TEXT, " the cat", [Window("mlp", 0, 1)])
    with pytest.raises(ValueError, match="one text or more"):
        WindowsOff(off.lm, [])
