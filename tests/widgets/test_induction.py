"""Induction: what the front end draws is what the study holds."""

from __future__ import annotations

import numpy as np
import pytest
from traitlets import TraitError

from llm_viz.studies import induction as studied
from llm_viz.widgets import Induction


@pytest.fixture(scope="module")
def study() -> studied.Induction:
    return studied.load()


def test_every_figure_is_the_studys(study) -> None:
    packed = Induction(study).study
    offs, n = len(study.heads) + 1, packed["n_tokens"]
    curves = np.frombuffer(packed["curves"], "<f2").reshape(2, 2, 3, offs, 2 * n)
    np.testing.assert_allclose(curves[0, 0, 0], study.repeated.best.mean, rtol=1e-3)
    np.testing.assert_allclose(curves[0, 1, 1], study.repeated.other.low, rtol=1e-3)
    np.testing.assert_allclose(curves[1, 0, 2], study.ordinary.best.high, rtol=1e-3)
    totals = np.frombuffer(packed["totals"], "<f2").reshape(2, 2, offs, 3)
    for off in range(offs):
        for kind, losses in enumerate((study.repeated, study.ordinary)):
            for by, name in enumerate(("best", "other")):
                wanted = losses.summary(off)[name]
                np.testing.assert_allclose(totals[kind, by, off], wanted, rtol=1e-3)
    steps = len(study.feeding.off) + 1
    shares = np.frombuffer(packed["shares"], "<f2").reshape(2, steps, 3)
    np.testing.assert_allclose(shares[1, 2], study.feeding.summary(2)["other"], rtol=1e-3)
    assert packed["heads"][0] == "L18H6"
    assert packed["example"][:n] == packed["example"][n:]
    assert sum(len(packed[name]) for name in ("curves", "totals", "shares")) < 12_000


def test_it_loads_the_study_itself(study) -> None:
    assert Induction(off=6, line="other").study == Induction(study).study


def test_bad_input(study, tmp_path) -> None:
    with pytest.raises(ValueError, match="off is 9; the study has 8 heads"):
        Induction(study, off=9)
    with pytest.raises(TraitError, match="off"):
        Induction(study, off=-1)
    with pytest.raises(TraitError, match="line"):
        Induction(study, line="none")
    with pytest.raises(FileNotFoundError):
        Induction(tmp_path / "none.json")


def test_its_still_picture(study) -> None:
    text = Induction(study)._repr_mimebundle_()[0]["text/html"]
    whole, six = (study.repeated.summary(off)["best"] for off in (0, 6))
    assert f"{whole[0]:.2f} ({whole[1]:.2f} to {whole[2]:.2f})" in text
    assert f"{six[0]:.2f}" in text
    assert "the best 8" in text
