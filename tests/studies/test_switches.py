"""The study of switches: what is shipped is what the model does, and how it is made and kept."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz.analyses import logit_attribution, switched_off
from llm_viz.analyses.attention import repeated_token_scores
from llm_viz.analyses.switched import label
from llm_viz.model import LanguageModel
from llm_viz.studies import switches
from llm_viz.studies.switched_file import pack, unpack

TEXT = "the cat sat on the mat"
SAMPLE = 6


@pytest.fixture
def small(tiny: LanguageModel, tmp_path, monkeypatch):
    """The study of a tiny model, into a folder of its own."""
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(switches, "load_model", lambda **_: tiny)
    monkeypatch.setattr(switches, "FILE", tmp_path / "switches.safetensors")
    monkeypatch.setattr(
        switches,
        "PROMPTS",
        (switches.Prompt(TEXT, " the", " mat"), switches.Prompt("the dog", None, None)),
    )
    monkeypatch.setattr(switches, "GROUPS", {"the induction heads": ("L1H2", "L0H1")})
    return tmp_path / "switches.safetensors"


# --- the result that the package ships ----------------------------------------------------------


def test_it_holds_every_part_and_is_small() -> None:
    study = switches.load()
    assert [result.text for result in study.results] == [text for text, _, _ in switches.PROMPTS]
    for result in study.results:
        labels = set(result.labels)
        assert {f"L{i}H{j}" for i in range(30) for j in range(9)} <= labels
        assert {f"L{i} {kind}" for i in range(30) for kind in ("attention", "FFN")} <= labels
        assert all(result.row(parts) for parts in study.groups.values())
        assert len(result.edits) == 1 + 270 + 60 + 3 + len(study.groups)
    assert switches.FILE.stat().st_size < 200_000
    assert study.provenance.command == "python -m llm_viz.studies switches"
    assert study.groups.items() >= switches.GROUPS.items()
    with pytest.raises(KeyError, match="2 texts of the study begin with"):
        study.find("When Mary")


def test_what_a_chapter_may_say() -> None:
    study = switches.load()
    store, valet, repeated = study.results[:3]
    assert store.p_answer[0] == pytest.approx(0.80, abs=0.01)
    heads = [name for name, _ in store.top(400) if "H" in name and "," not in name]
    assert heads[:2] == ["L0H5", "L23H3"]
    movers = store.row(study.groups["the two strongest writers"])
    assert store.logit_difference[movers] < 0 < store.logit_difference[0]
    assert valet.p_answer[0] > 0.75  # the pattern alone
    copying = repeated.row(study.groups["the induction heads"])
    by_lot = repeated.row(study.groups[switches.BY_LOT])
    assert repeated.p_answer[copying] < 0.02
    assert repeated.p_answer[by_lot] > 0.6
    ordinary = study.find("She opened")
    rise = ordinary.changes("loss")[ordinary.row(study.groups["the induction heads"])]
    assert abs(rise) < 0.05
    assert repeated.changes("loss")[copying] > 0.9


@pytest.mark.real_model
def test_computed_again_it_is_the_same(lm: LanguageModel) -> None:
    study = switches.load()
    rng = np.random.default_rng()
    held = study.results[rng.integers(len(study.results))]
    rows = [*rng.choice(np.arange(1, 331), SAMPLE, replace=False), *range(331, len(held.edits))]
    prompt = next(each for each in switches.PROMPTS if each.text == held.text)
    edits = [held.edits[row] for row in rows]
    again = switched_off(lm, held.text, edits, answer=prompt.answer, rival=prompt.rival)
    where = [0, *rows]
    assert (again.answer, again.rival, again.followed) == (held.answer, held.rival, held.followed)
    np.testing.assert_allclose(again.log_probs, held.log_probs[where], rtol=1e-3, atol=0.005)
    np.testing.assert_allclose(again.losses, held.losses[where], rtol=1e-3)
    np.testing.assert_allclose(
        np.exp(again.top_log_probs), np.exp(held.top_log_probs[where]), atol=0.002
    )


@pytest.mark.real_model
def test_the_groups_are_the_heads_that_do_their_job_best(lm: LanguageModel) -> None:
    scores = repeated_token_scores(lm)
    for name, score in (
        ("the induction heads", "induction"),
        ("the previous-token heads", "previous_token"),
        ("the duplicate-token heads", "duplicate_token"),
    ):
        group = switches.GROUPS[name]
        best = {f"L{layer}H{head}" for layer, head, _ in scores.top(score, len(group))}
        assert best == set(group), name
    text, answer, rival = switches.PROMPTS[0]
    pushes = logit_attribution(lm, text, answer, minus=rival).top(20)
    heads = [name for name, push in pushes if "H" in name and push > 0]
    assert tuple(heads[:2]) == switches.GROUPS["the two strongest writers"]


# --- how it is made and kept --------------------------------------------------------------------


def test_it_is_written_once_and_made_again_on_request(small, monkeypatch) -> None:
    assert switches.run() == small
    study = switches.load(small)
    assert [result.text for result in study.results] == [TEXT, "the dog"]
    assert study.find("the dog").edits == study.results[0].edits
    by_lot = study.groups[switches.BY_LOT]
    assert len(set(by_lot)) == 2
    assert not {"L1H2", "L0H1"} & set(by_lot)
    before = small.stat().st_mtime_ns
    with monkeypatch.context() as patched:
        patched.setattr(switches, "switched_off", lambda *_, **__: pytest.fail("up to date"))
        switches.run()
    assert small.stat().st_mtime_ns == before
    switches.run(afresh=True)
    assert small.stat().st_mtime_ns > before


def test_an_interrupted_study_goes_on_where_it_stopped(small, monkeypatch) -> None:
    asked = []

    def stop_at_the_second(lm, text, *rest, **how):
        asked.append(text)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return switched_off(lm, text, *rest, **how)

    monkeypatch.setattr(switches, "switched_off", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        switches.run()
    assert not small.exists()
    switches.run()
    assert asked == [TEXT, "the dog", "the dog"]


def test_what_is_packed_is_within_its_error(tiny: LanguageModel) -> None:
    made = switched_off(tiny, TEXT, [["L0H0"], ["L1 attention", "L2 FFN"]], answer=7, rival=9)
    held = unpack(pack(made))
    same = ("text", "tokens", "token_ids", "n_layers", "n_heads", "answer", "rival", "edits")
    for name in (*same, "followed", "shown", "labels"):
        assert getattr(held, name) == getattr(made, name), name
    np.testing.assert_array_equal(held.top_ids, made.top_ids)
    np.testing.assert_allclose(held.logit_difference, made.logit_difference, atol=1e-5)
    np.testing.assert_allclose(held.losses, made.losses, rtol=1e-6)
    for name in ("top_log_probs", "top_before"):
        probs = np.exp(getattr(held, name))
        np.testing.assert_allclose(probs, np.exp(getattr(made, name)), rtol=0.0005)
    assert label(held.edits[2]) == "L1 attention, L2 FFN"
