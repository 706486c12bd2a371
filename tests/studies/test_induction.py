"""The study of induction heads: fair beside chance, and what it holds is what the model gives."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest
import torch

from llm_viz.model import LanguageModel
from llm_viz.studies import induction as study
from llm_viz.trace import Trace


@pytest.fixture(scope="module")
def held() -> study.Induction:
    return study.load()


def test_a_loss_is_what_torch_says(tiny: LanguageModel) -> None:
    trace = tiny.run("the cat sat on the mat", ("logits",))
    wanted = torch.nn.functional.cross_entropy(
        torch.tensor(trace["logits"][:-1]), torch.tensor(trace.token_ids[1:]), reduction="none"
    )
    np.testing.assert_allclose(study.token_losses(trace), wanted.numpy(), rtol=1e-5)


def test_drawn_heads_are_others_and_their_number_grows_by_one() -> None:
    every = [(layer, head) for layer in range(4) for head in range(5)]
    best = every[3:6]
    draws = study.drawn(every, best, 6)
    assert len(draws) == len(set(draws)) == study.DRAWS
    for draw in draws:
        assert len(set(draw)) == 6
        assert not set(draw) & set(best)

    def measure(name: str, off: study.Sequence[study.Head]) -> np.ndarray:
        return np.array([len(off), float(set(off) <= set(best))])

    found, others = study._nested(measure, best, [draw[:3] for draw in draws])
    assert found[:, 0].tolist() == [0, 1, 2, 3]
    assert found[:, 1].tolist() == [1, 1, 1, 1]
    assert others[:, :, 1].tolist() == [[1, 0, 0, 0]] * study.DRAWS


def test_the_study_runs_and_is_kept(tiny, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "N_TOKENS": 5,
        "RANKED_ON": 2,
        "TEXTS": 3,
        "MOST_OFF": 2,
        "DRAWS": 2,
        "PREVIOUS_OFF": 1,
        "FED": 2,
        "FILE": tmp_path / "induction.json",
        "load_model": lambda: tiny,
        "ordinary_texts": lambda lm: study.repeated_texts(lm, 3),
        "repeated_texts": lambda lm, count=3: [study.repeated_text(lm, 5, i) for i in range(count)],
        "EXAMPLE": 0,
    }.items():
        monkeypatch.setattr(study, name, value)
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path / "cache"))
    # The tiny model's best induction heads may stand in its first layer: nothing lies below that.
    monkeypatch.setattr(study, "feeders", lambda _lm, _scores: (((2, 0),), ((0, 1),), (((1, 1),),)))
    path = study.run()
    held = study.load(path)
    assert np.array(held.repeated.best.mean).shape == (3, 10)
    assert np.array(held.ordinary.each_other).shape == (2, 3, 3)
    assert np.array(held.feeding.best).shape == (2, 1)
    for losses in (held.repeated, held.ordinary):
        for curve in (losses.best, losses.other):
            assert (np.array(curve.low) <= np.array(curve.mean)).all()
            assert (np.array(curve.mean) <= np.array(curve.high)).all()
        assert losses.best.mean[0] == losses.other.mean[0]
    assert study.load(path) == dataclasses.replace(held)
    before = path.stat().st_mtime_ns
    assert study.run() == path
    assert path.stat().st_mtime_ns == before


def test_no_text_ranks_the_heads_and_is_reported() -> None:
    assert study.FIRST_SEED >= study.RANKED_ON


@pytest.mark.real_model
def test_a_random_sample_measured_again_gives_the_same(
    lm: LanguageModel, held: study.Induction
) -> None:
    assert held.provenance.weight_hash == lm.info.weight_hash
    chance = random.Random()
    text, off = chance.randrange(study.TEXTS), chance.randrange(1, study.MOST_OFF + 1)
    draw = chance.randrange(study.DRAWS)
    texts = [study.repeated_texts(lm)[text]]
    known = slice(study.N_TOKENS + 1, None)
    best = study.losses_without(lm, texts, held.heads[:off])[0, known].mean()
    other = study.losses_without(lm, texts, held.draws[draw][:off])[0, known].mean()
    assert best == pytest.approx(held.repeated.each_best[off][text], abs=2e-3)
    assert other == pytest.approx(held.repeated.each_other[draw][off][text], abs=2e-3)
    fed = study.induction_without(lm, texts, held.feeding.fed, held.feeding.off[:2])[0].mean()
    assert fed == pytest.approx(held.feeding.each_best[2][text], abs=2e-3)


@pytest.mark.real_model
@pytest.mark.real_text
def test_ordinary_text_measured_again_gives_the_same(
    lm: LanguageModel, held: study.Induction
) -> None:
    texts = study.ordinary_texts(lm)
    assert len(set(texts)) == study.TEXTS
    assert {len(lm.token_ids(text)) for text in texts} == {2 * study.N_TOKENS + 1}
    assert texts[0].startswith("In the beginning God created")
    text = random.Random().randrange(study.TEXTS)
    again = study.losses_without(lm, [texts[text]], held.heads[:6])[0, study.N_TOKENS + 1 :].mean()
    assert again == pytest.approx(held.ordinary.each_best[6][text], abs=2e-3)


def test_copying_dies_and_ordinary_text_survives(held: study.Induction) -> None:
    """What the chapter says (AT7), in so many numbers."""
    whole, now = (held.repeated.summary(off) for off in (0, 6))
    assert whole["best"] == whole["other"]
    assert now["best"][1] > now["other"][2] + 3  # far beyond both intervals
    before, after = (held.ordinary.summary(off)["best"][0] for off in (0, 6))
    assert abs(after - before) < 0.3
    assert held.heads[0] == (18, 6)


def test_induction_heads_live_on_heads_below(held: study.Induction) -> None:
    """AT3: without previous-token heads below, the induction score falls; by chance it does not."""
    feeding = held.feeding
    lowest = min(layer for layer, _ in feeding.fed)
    assert all(layer < lowest for layer, _ in feeding.off)
    whole, last = feeding.summary(0)["best"][0], feeding.summary(study.PREVIOUS_OFF)
    assert last["best"][2] < last["other"][1]
    assert last["best"][0] < whole - 0.2


def test_it_needs_logits(tiny: LanguageModel) -> None:
    trace: Trace = tiny.run("the cat", ("pattern",))
    with pytest.raises(KeyError, match="no 'logits'"):
        study.token_losses(trace)
