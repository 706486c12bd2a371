"""The study of pairs of words: what is off is off where the pair would be completed."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from llm_viz.model import LanguageModel
from llm_viz.studies import word_pairs as study

SMALL = (("cat", "mat"), ("dog", "red"), ("house", "ran"), ("river", "mat"))


@pytest.fixture(scope="module")
def held() -> study.WordPairs:
    return study.load()


@pytest.fixture(scope="module")
def small(tiny: LanguageModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of the tiny model, which is told that it knows all."""
    folder = tmp_path_factory.mktemp("pairs")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "PAIRS": SMALL,
            "CONTEXTS": {"alone": " {}", "in a sentence": "the red {}"},
            "FILE": folder / "pairs.safetensors",
            "load_model": lambda **_: tiny,
            "known_pairs": lambda _scores: SMALL,
        }.items():
            patch.setattr(study, name, value)
        patch.setenv("LLM_VIZ_CACHE", str(folder / "cache"))
        return study.run()


def test_pairs_are_two_words_and_none_is_there_twice() -> None:
    assert len(set(study.PAIRS)) == len(study.PAIRS) >= 60
    assert all(first and second for first, second in study.PAIRS)


def test_thirds_share_out_all_layers_and_the_first_is_told_without_its_first() -> None:
    names = study.edit_names(30)
    assert names[60:] == (
        *("FFNs 0-9", "FFNs 10-19", "FFNs 20-29", "FFNs 1-9"),
        *("attention 0-9", "attention 10-19", "attention 20-29", "attention 1-9"),
    )
    assert names[0] == "L0 FFN"
    assert names[59] == "L29 attention"


def test_the_study_runs_and_is_kept(
    small: Path, tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study, "known_pairs", lambda _scores: SMALL)
    found = study.load(small).contexts["in a sentence"]
    assert found.ranks.shape == (4, tiny.dims.n_layers + 1)
    assert found.pushes.shape == (4, 1 + 2 * tiny.dims.n_layers)
    assert found.components[:3] == ("embedding", "L0 attention", "L0 FFN")
    for off in found.off.values():
        assert off.shape == (4, len(found.edits), 2)
    assert found.edits[-6:] == (
        *("FFNs 0-0", "FFNs 1-1", "FFNs 2-2"),
        *("attention 0-0", "attention 1-1", "attention 2-2"),
    )
    # A model of three layers: a third of them is one layer.
    for off in found.off.values():
        np.testing.assert_allclose(off[:, -6:], off[:, :6], atol=1e-4)


def test_off_at_the_last_position_and_nowhere_else(tiny: LanguageModel) -> None:
    template = "the red {}"
    edits = study.edits_of(tiny, template, SMALL, "zero")
    with tiny.edit(edits[1]):
        trace = tiny.run("the red cat", ("mlp_out",))
    whole = tiny.run("the red cat", ("mlp_out",))
    assert not trace["mlp_out"][1, -1].any()
    np.testing.assert_array_equal(trace["mlp_out"][1, :-1], whole["mlp_out"][1, :-1])


def test_the_mean_is_that_of_the_known_pairs(tiny: LanguageModel) -> None:
    template = "the red {}"
    edits = study.edits_of(tiny, template, SMALL, "mean")
    texts = [template.format(first) for first, _ in SMALL]
    wanted = np.mean([tiny.run(text, ("mlp_out",))["mlp_out"][2, -1] for text in texts], axis=0)
    with tiny.edit(edits[2]):
        got = tiny.run(texts[0], ("mlp_out",))["mlp_out"][2, -1]
    np.testing.assert_allclose(got, wanted, atol=1e-5)


def test_pushes_add_up_and_a_shared_second_word_counts_once(tiny: LanguageModel) -> None:
    template = "the red {}"
    pushes = study.pair_pushes(tiny, template, SMALL)
    logits = tiny.run("the red cat", ("logits",))["logits"][-1]
    own, *others = (float(logits[tiny.token_id(f" {word}")]) for word in ("mat", "red", "ran"))
    assert pushes[0].sum() == pytest.approx(own - np.mean(others), abs=1e-4)


def test_what_was_not_switched_off_is_said(held: study.WordPairs) -> None:
    with pytest.raises(ValueError, match="was not switched off"):
        held.contexts["alone"].without("L30 FFN")


def test_a_model_without_the_words_says_which(tiny: LanguageModel) -> None:
    with pytest.raises(ValueError, match="is not one token"):
        study.pair_scores(tiny, " {}", study.PAIRS[:1])


@pytest.mark.real_model
def test_a_random_sample_measured_again_gives_the_same(
    lm: LanguageModel, held: study.WordPairs
) -> None:
    assert held.provenance.weight_hash == lm.info.weight_hash
    chance = random.Random()
    found = chance.choice(list(held.contexts.values()))
    at = chance.randrange(len(found.known))
    first, second = found.known[at]
    plan = study.edits_of(lm, found.template, found.known, "mean")
    some = chance.sample(range(len(plan)), 4)
    logits = lm.sweep(found.template.format(first), [plan[i] for i in some]).logits[:, 0]
    again = study.answer_scores(logits, [lm.token_id(f" {second}")])[:, 0, 0]
    np.testing.assert_allclose(again, found.off["mean"][at, some, 0], atol=2e-3)
    scores = study.pair_scores(lm, found.template, [found.known[at]])[0]
    np.testing.assert_allclose(
        scores[0], found.scores[study.PAIRS.index(found.known[at]), 0], atol=2e-3
    )


def test_at_least_twenty_pairs_are_known_and_the_others_counted(held: study.WordPairs) -> None:
    for found in held.contexts.values():
        assert len(found.known) >= 20
        assert len(found.scores) == len(study.PAIRS)
        assert (found.whole > 0.05).all()


def test_late_layers_complete_the_pair(held: study.WordPairs) -> None:
    """FF7: what the chapter says, in so many numbers."""
    for found in held.contexts.values():
        early, late = (found.pushed_by("FFN", range(i, i + 10)) for i in (0, 20))
        assert late.low > early.high
        assert found.pushed_by("FFN").low > found.pushed_by("attention").high
        assert found.without("L0 FFN")["probability"].high < 0.01
