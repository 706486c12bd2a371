"""Knowing and copying: fair questions, honest halves, and what it holds is what the model gives."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_viz.analyses.layer_windows import KINDS, Window, WindowsOff, said
from llm_viz.model import Edits, LanguageModel
from llm_viz.studies import knowing_choice, knowing_results
from llm_viz.studies import knowing_copying as study
from llm_viz.studies.facts_and_copies import Candidate, candidates, typical_texts
from llm_viz.studies.knowing_results import GROUPS, HALVES, KnowingCopying
from llm_viz.studies.knowing_statistics import gap_told, halves, share_told, told


@pytest.fixture(scope="module")
def held() -> KnowingCopying:
    return study.load()


# --- the questions -------------------------------------------------------------------------


def test_a_copy_is_told_and_a_fact_is_not() -> None:
    for each in candidates():
        words = each.text.replace(",", " ").replace(".", " ").split()
        if each.group == "copy":
            assert each.answer.strip() in words
            assert each.told
        else:
            assert each.answer.strip() not in words, each.text
            assert not each.told
            assert each.wrong not in ("", each.answer)
        assert not each.text.endswith(" ")
        assert each.answer.startswith(" ")
    assert len({each.text for each in candidates()}) == len(candidates())


def test_something_wrong_is_the_answer_to_another_question_of_the_kind() -> None:
    facts = [each for each in candidates() if each.group == "fact"]
    for each in facts:
        assert each.wrong in {other.answer for other in facts if other.kind == each.kind}


def test_telling_a_fact() -> None:
    france = Candidate("fact", "capitals", "", "The capital of France is", " Paris", " Rome")
    assert france.after(france.answer) == "The capital of France is Paris. The capital of France is"
    assert france.after(france.wrong) == "The capital of France is Rome. The capital of France is"


# --- its statistics ------------------------------------------------------------------------


@given(st.lists(st.sampled_from("abc"), min_size=2), st.integers(0, 5))
def test_halves_are_even_in_every_stratum(strata: list[str], seed: int) -> None:
    strata = sorted(strata)
    half = halves(strata, seed)
    assert abs(2 * half.sum() - len(half)) <= 1
    for stratum in set(strata):
        members = half[np.array(strata) == stratum]
        assert abs(2 * members.sum() - len(members)) <= 1
    np.testing.assert_array_equal(half, halves(strata, seed))


def test_halves_are_drawn() -> None:
    assert len({tuple(halves(["a"] * 20, seed)) for seed in range(5)}) == 5


@given(st.integers(0, 60), st.integers(1, 60))
def test_a_share_lies_within_its_interval(right: int, of: int) -> None:
    right = min(right, of)
    share, low, high = share_told(right, of)
    assert -1e-4 <= low <= share <= high <= 1.0001
    assert low < high  # not even none of them, or all of them, is certain


def test_wilson_by_hand() -> None:
    # 5 of 10: (0.5 + z²/20 ± z √(0.025 + z²/400)) / (1 + z²/10) with z = 1.96
    assert share_told(5, 10) == (0.5, 0.2366, 0.7634)
    with pytest.raises(ValueError, match="0 of 0 is no share"):
        share_told(0, 0)
    with pytest.raises(ValueError, match="3 of 2"):
        share_told(3, 2)


def test_means_and_gaps_hold_their_value() -> None:
    values = np.arange(40) / 40
    mean, low, high = told(values)
    assert mean == pytest.approx(values.mean(), abs=1e-4)
    assert 0.05 < mean - low < 0.12
    assert 0.05 < high - mean < 0.12
    assert gap_told(values, values)[0] == 0
    assert gap_told(np.ones(5), np.zeros(5)) == (1, 1, 1)


# --- the study on a tiny model -------------------------------------------------------------

FEW = (
    Candidate("fact", "cats", "", "the cat sat on", " the", " and"),
    Candidate("fact", "cats", "", "the dog ran to", " the", " by"),
    Candidate("fact", "dogs", "", "and the dog sat", " by", " the"),
    Candidate("fact", "dogs", "", "by the river and", " the", " by"),
    Candidate("copy", "cats", "the cat ran. ", "the cat", " ran", ""),
    Candidate("copy", "cats", "the dog sat. ", "the dog", " sat", ""),
    Candidate("copy", "dogs", "the river and. ", "the river", " and", ""),
    Candidate("copy", "dogs", "the house and. ", "the house", " and", ""),
    Candidate("copy", "dogs", "the mat. ", "the", " mat", ""),
)


@pytest.fixture
def small(tiny: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(study, "FILE", tmp_path / "study.safetensors")
    monkeypatch.setattr(study, "load_model", lambda device: tiny)
    monkeypatch.setattr(study, "candidates", lambda: FEW)
    monkeypatch.setattr(study, "typical_texts", lambda: [each.text for each in FEW[::3]])
    # A random model knows nothing: let it count as known, but for one candidate.
    monkeypatch.setattr(study, "_is_known", lambda _lm, each, _row: each != FEW[-1])
    monkeypatch.setattr(knowing_choice, "WIDTHS", (1, 2))
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path / "cache"))
    return study.run()


def test_it_runs_and_is_kept(small: Path, tiny: LanguageModel) -> None:
    found = study.load(small)
    assert [item.text for item in found.items] == [each.text for each in FEW[:-1]]
    assert [each.candidate for each in found.excluded] == [FEW[-1]]
    assert found.best.shape == found.log_probs.shape == (8, 12)
    assert found.zero_best.shape == (8, 2, 3)
    assert len(found.chosen) == 2 * 2 * 2
    assert found.told_best.shape == (2, 4, 1 + len(found.told_windows))
    assert all(item.n_tokens == len(tiny.token_ids(item.text)) for item in found.items)
    off = WindowsOff(tiny, [each.text for each in FEW[::3]])
    for kind in KINDS:
        window = Window(kind, 1, 2)
        again = off.some(FEW[4].text, FEW[4].answer, [window])
        at = found.row(window)
        assert found.log_probs[4, at] == pytest.approx(again.log_probs[0], abs=1e-3)
        assert found.best[4, at] == again.best[0]
    before = small.stat().st_mtime_ns
    assert study.run() == small
    assert small.stat().st_mtime_ns == before
    assert knowing_results.pack(found) == small.read_bytes()


def test_what_is_asked_of_a_result(small: Path) -> None:
    found = study.load(small)
    assert sorted(found.halves["choosing"] + found.halves["reporting"]) == list(range(8))
    whole = found.kept(Window("mlp", 0, 1), "fact")
    parts = [found.kept(Window("mlp", 0, 1), "fact", half) for half in HALVES]
    assert whole.of == sum(part.of for part in parts) == 4
    assert whole.right == sum(part.right for part in parts)
    for each in found.chosen:
        assert found.choice(each.window.kind, each.window.width, each.lowers) == each
    assert len(found.regained) == 1 + len(found.told_windows)
    nothing, *others = found.regained
    assert nothing.window is None
    assert not nothing.lost
    for each in others:
        assert set(each.regained) <= set(each.lost) <= set(each.known)
        assert each.window is not None
        assert len(each.lost) == 4 - found.kept(each.window, "fact").right
    with pytest.raises(KeyError, match="its layers go to 2"):
        found.row(Window("mlp", 2, 2))
    with pytest.raises(KeyError, match="the widths are"):
        found.choice("mlp", 3, "fact")
    with pytest.raises(KeyError, match="nothing was told with FFNs 0-2 off"):
        found.regain(Window("mlp", 0, 3))


def test_choosing_sees_one_half_only(small: Path) -> None:
    found = study.load(small)
    elsewhere = list(found.halves["reporting"])
    best = found.best.copy()
    best[elsewhere] = -1  # all is lost on the reporting half
    spoilt = dataclasses.replace(found, best=best)
    for each, again in zip(found.chosen, knowing_choice.choose(spoilt), strict=True):
        assert each.window == again.window
        assert each.chosen_on == again.chosen_on
        assert again.kept["fact"].right == again.kept["copy"].right == 0


# --- the study as it is shipped ------------------------------------------------------------


def test_it_is_large_enough_and_fair(held: KnowingCopying) -> None:
    for group in GROUPS:
        assert len(held.places(group)) >= 60
        sizes = [len(held.places(group, half)) for half in HALVES]
        assert abs(sizes[0] - sizes[1]) <= 1
        assert len({held.items[i].kind for i in held.places(group)}) >= 8
    assert len(held.items) + len(held.excluded) == len(candidates())
    assert {item.text for item in held.items}.isdisjoint(
        each.candidate.text for each in held.excluded
    )
    # Half of each kind, but for one.
    for group in GROUPS:
        kinds = [Counter(held.items[i].kind for i in held.places(group, half)) for half in HALVES]
        assert max(abs(kinds[0][kind] - kinds[1][kind]) for kind in kinds[0] | kinds[1]) <= 1
    assert study.FILE.stat().st_size < 700_000


def test_what_was_chosen_follows_from_the_rest(held: KnowingCopying) -> None:
    assert knowing_choice.choose(held) == held.chosen


def test_some_windows_part_facts_from_copies_but_not_by_kind(held: KnowingCopying) -> None:
    """What the chapter says (FF6), in so many numbers: both kinds of layers hold both."""
    for kind in KINDS:
        facts, copies = (held.choice(kind, 4, group) for group in GROUPS)
        assert facts.gap[1] > 0.2  # facts go, copies stay: with FFNs off, and with attentions
        assert copies.gap[1] > 0  # and the reverse
        assert facts.gap[0] > facts.others_gap + 0.2
        for each in (facts, copies):
            assert each.beaten > 0.9


def test_a_lost_fact_is_regained_from_the_prompt_unless_copying_is_off(
    held: KnowingCopying,
) -> None:
    ffns = held.choice("mlp", 4, "fact").window
    copying = held.choice("attention", 4, "copy").window
    by_ffns, by_copying, whole = (held.regain(each, "reporting") for each in (ffns, copying, None))
    assert len(by_ffns.regained) / len(by_ffns.lost) > 0.6
    assert len(by_copying.regained) / len(by_copying.lost) < 0.5
    assert len(by_ffns.misled) > len(whole.misled) > len(by_copying.misled)


@pytest.mark.real_model
def test_a_random_sample_measured_again_gives_the_same(
    lm: LanguageModel, held: KnowingCopying
) -> None:
    assert held.provenance.weight_hash == lm.info.weight_hash
    assert held.provenance.settings == study.settings()
    chance = random.Random()
    off = WindowsOff(lm, typical_texts())
    for place in chance.sample(range(len(held.items)), 3):
        item = held.items[place]
        assert item.n_tokens == len(lm.token_ids(item.text))
        before = said(lm, item.text, item.answer, [Edits()])
        assert before.best[0] == held.answers[place] == lm.token_id(item.answer)
        assert before.log_probs[0] == pytest.approx(held.before[place], abs=2e-3)
        windows = chance.sample(held.windows, 4)
        again = off.some(item.text, item.answer, windows)
        for window, log_prob, best in zip(windows, again.log_probs, again.best, strict=True):
            at = held.row(window)
            assert held.log_probs[place, at] == pytest.approx(log_prob, abs=1e-2)
            # Two tokens may be as likely as each other but for rounding.
            assert held.best[place, at] == best or log_prob < -0.69
    fact = chance.choice(held.places("fact"))
    item = held.items[fact]
    row = held.places("fact").index(fact)
    window = chance.randrange(len(held.told_windows))
    again = off.some(item.after(item.answer), item.answer, [held.told_windows[window]])
    found = held.told_log_probs[0, row, 1 + window]
    assert found == pytest.approx(again.log_probs[0], abs=1e-2)


@pytest.mark.real_model
def test_excluded_candidates_are_not_known(lm: LanguageModel, held: KnowingCopying) -> None:
    for each in random.Random().sample(held.excluded, 5):
        untold = each.candidate.asked if each.untold else each.candidate.text
        found = said(lm, untold, each.candidate.answer, [Edits()])
        is_best = found.best[0] == lm.token_id(each.candidate.answer)
        assert is_best == each.untold
