"""The study of causal traces: what is shipped is what the model does; how it is made and kept."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz.analyses import causal_trace
from llm_viz.model import LanguageModel
from llm_viz.studies import causal_traces
from llm_viz.studies.causal_traces import KINDS, PLACES, Fact, by_place, estimate, places
from llm_viz.studies.tracing_file import unpack

TEXT = "the cat sat on the mat"


@pytest.fixture
def small(tiny: LanguageModel, tmp_path, monkeypatch):
    """The study of a tiny model, into a folder of its own; it knows two facts of three."""
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(causal_traces, "load_model", lambda **_: tiny)
    monkeypatch.setattr(causal_traces, "FILE", tmp_path / "causal_traces.safetensors")
    facts = []
    for text, subject in ((TEXT, "cat"), ("the dog ran", "dog"), ("a red house", "red")):
        logits = tiny.run(text, ("logits",))["logits"][-1]
        token = logits.argmin() if subject == "dog" else logits.argmax()
        facts.append(Fact("any", text, subject, int(token)))
    monkeypatch.setattr(causal_traces, "FACTS", tuple(facts))
    monkeypatch.setattr(causal_traces, "SHOWN", ("a red house",))
    return tmp_path / "causal_traces.safetensors"


# --- the result that the package ships ----------------------------------------------------------


def test_it_holds_enough_facts_and_is_small() -> None:
    study = causal_traces.load()
    assert study.facts == causal_traces.FACTS
    assert study.known.sum() >= 24
    assert study.n_excluded == (~study.known).sum() == 6
    assert len({fact.kind for fact in study.facts}) >= 5
    assert len(study.provenance.settings["seeds"]) >= 5
    assert [traced.text for traced in study.traces] == list(causal_traces.SHOWN)
    assert all(traced.known for traced in study.traces)
    assert causal_traces.FILE.stat().st_size < 300_000
    assert np.isnan(study.p_corrupted[~study.known]).all()
    assert np.isfinite(study.p_corrupted[study.known]).all()
    assert study.find("The capital of Japan").answer == study.traces[0].answer
    with pytest.raises(KeyError, match="texts of the study begin with 'The'"):
        study.find("The")


def test_what_a_chapter_may_say() -> None:
    """Early at the subject, late at the last token, attention between; no FFN peak half-way."""
    study = causal_traces.load()
    assert study.total_effect.mean == pytest.approx(0.68, abs=0.01)
    subject, last = (study.average("hidden", place) for place in ("last subject", "last"))
    assert min(subject.low[3:10]) > 0.25
    assert max(subject.high[24:]) < 0.05
    assert max(last.high[:15]) < 0.05
    assert min(last.low[24:]) > 0.5
    carried = study.average("attention", "last")
    assert study.best("attention", "last")[0] == 21
    assert carried.low[21] > 0.35
    assert max(study.average("attention", "last subject").high) < 0.05
    best, gives = study.best("mlp", "last subject")
    assert 0 in study.traces[0].restored("mlp", best)
    assert gives.mean > 0.3
    assert study.middle_over_early("mlp", "last subject").high < -0.1
    assert study.third("mlp", "last subject", 1).high < 0.04
    for place in ("next", "further"):  # the control: no part of the subject, nor the last token
        assert max(study.average("hidden", place).high[:15]) < 0.05
    means = study.other_effects[:, PLACES.index("last subject")][study.known].mean(axis=0)
    np.testing.assert_allclose(means, subject.mean, atol=0.04)  # at half the noise


@pytest.mark.real_model
def test_computed_again_it_is_the_same(lm: LanguageModel) -> None:
    """A whole trace by lot, of one noise that is drawn again; and by place."""
    study = causal_traces.load()
    held = study.traces[np.random.default_rng().integers(len(study.traces))]
    fact = next(fact for fact in study.facts if fact.text == held.text)
    again = causal_trace(
        lm, fact.text, fact.subject, fact.answer, seeds=held.seeds, kinds=("hidden",)
    )
    np.testing.assert_allclose(again.map("hidden"), held.map("hidden"), rtol=0.01, atol=2e-4)
    assert again.p_corrupted == pytest.approx(held.p_corrupted, rel=0.01)
    which = study.facts.index(fact)
    effects = by_place(again)[:, 0]
    np.testing.assert_allclose(effects, study.effects[which, :, 0], rtol=0.01, atol=1e-3)


@pytest.mark.real_model
def test_what_the_model_knows_it_says_first(lm: LanguageModel) -> None:
    study = causal_traces.load()
    texts = [fact.text for fact in study.facts]
    for fact, trace, known in zip(
        study.facts, lm.run_many(texts, ("logits",), positions=[-1]), study.known, strict=True
    ):
        assert (trace["logits"][-1].argmax() == lm.token_id(fact.answer)) == known, fact.text


# --- how it is made and kept --------------------------------------------------------------------


def test_it_is_made_kept_and_made_again_on_request(small, monkeypatch) -> None:
    assert causal_traces.run() == small
    study = causal_traces.load(small)
    assert study.known.tolist() == [True, False, True]
    assert study.n_excluded == 1
    assert study.effects.shape == (3, len(PLACES), len(KINDS), 3)
    assert np.isnan(study.effects[1]).all()
    (shown,) = study.traces
    np.testing.assert_allclose(by_place(shown), study.effects[2], rtol=1e-5, atol=1e-6)
    assert study.average("mlp", "last").facts == 2
    made = []
    monkeypatch.setattr(causal_traces, "_packed", lambda *args: made.append(args))
    causal_traces.run()
    assert not made  # up to date


def test_an_interrupted_study_goes_on_where_it_stopped(small, monkeypatch) -> None:
    whole, made = causal_traces._packed, []

    def breaks(*args):
        made.append(args)
        if len(made) == 3:
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(causal_traces, "_packed", breaks)
    with pytest.raises(KeyboardInterrupt):
        causal_traces.run()
    assert not small.exists()
    causal_traces.run()
    assert len(made) == 3 + 2  # two facts, two noises each: the two that were done are not redone


def test_places(tiny: LanguageModel) -> None:
    traced = causal_trace(tiny, "the red dog sat on the mat", "red dog", seeds=[0])
    *before, end = traced.subject
    last = len(traced.tokens) - 1
    found = places(traced)
    assert tuple(found) == PLACES
    assert found["last subject"] == (end,)
    assert found["first subject"] == tuple(before[:1])
    assert found["middle subject"] == tuple(before[1:])
    assert found["next"] == (end + 1,)
    assert found["further"] == tuple(range(end + 2, last))
    assert found["last"] == (last,)
    effects = by_place(traced)
    np.testing.assert_allclose(
        effects[PLACES.index("further")],
        traced.effect[:, :, end + 2 : last].mean(axis=-1),
    )
    short = places(causal_trace(tiny, "the", "the", seeds=[0]))
    assert short["last"] == short["last subject"] or not short["next"]


def test_an_estimate_is_a_mean_with_its_interval() -> None:
    found = estimate(np.array([[0.0, 1.0], [1.0, 1.0], [0.5, 1.0]]))
    np.testing.assert_allclose(found.mean, [0.5, 1])
    assert found.low[0] < 0.5 < found.high[0]
    assert found.low[1] == found.high[1] == 1
    assert found.facts == 3


def test_the_best_layer_is_chosen_on_other_facts_than_it_is_reported_on() -> None:
    study = causal_traces.load()
    all_facts = study.average("hidden", "last subject")
    effects = study.effects[study.known, PLACES.index("last subject"), 0]
    best, gives = study.best("hidden", "last subject")
    assert best == effects[::2].mean(axis=0).argmax()
    assert gives.mean == pytest.approx(effects[1::2, best].mean(), abs=1e-6)
    assert gives.facts == all_facts.facts // 2 == 12


def test_thirds() -> None:
    study = causal_traces.load()
    early, middle = (study.third("mlp", "last subject", number) for number in (0, 1))
    difference = study.middle_over_early("mlp", "last subject")
    assert difference.mean == pytest.approx(middle.mean - early.mean, abs=1e-6)


def test_the_traces_are_packed_as_the_analysis_gives_them(tiny: LanguageModel) -> None:
    fact = Fact("any", TEXT, "cat", 7)
    packed = causal_traces._packed(tiny, fact, 3.0, ("mlp",))
    again = unpack(packed.tobytes())
    assert (again.kinds, again.seeds, again.answer) == (("mlp",), causal_traces.SEEDS, 7)
