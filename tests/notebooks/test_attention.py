"""The numbers that the chapter's prose states are those of the model and of the study."""

from __future__ import annotations

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import (
    PUBLISHED_MODELS,
    HeadScores,
    head_scores,
    logit_attribution,
    match,
    repeated_token_scores,
)
from llm_viz.model import LanguageModel
from llm_viz.studies import indirect_object, induction, pronoun_heads, switches

pytestmark = pytest.mark.real_model

MARY = "When Mary and John went to the store, John gave a drink to"
VALET = "When Mary and John went to the restaurant, John gave his keys to"
LAST, SECOND_JOHN, FIRST_JOHN, DRINK = 14, 10, 4, 13


@pytest.fixture(scope="module")
def scores(lm: LanguageModel) -> HeadScores:
    return repeated_token_scores(lm)


@pytest.fixture(scope="module")
def study() -> switches.Switches:
    return switches.load()


def test_at1_a_query_and_a_key(lm: LanguageModel) -> None:
    found = match(lm, MARY, 23, 3, LAST, SECOND_JOHN)
    assert found.products.sum() == pytest.approx(27.98, abs=0.006)
    assert found.score == pytest.approx(3.5, abs=0.005)
    assert found.share == pytest.approx(0.66, abs=0.005)
    assert found.pattern[2] == pytest.approx(0.09, abs=0.005)
    john = lm.token_id(" John")
    pushed = logit_of(found, john)
    assert found.share * pushed == pytest.approx(-2.33, abs=0.02)
    other = match(lm, MARY, 28, 1, LAST, 2)
    assert other.pattern.argmax() == 2
    assert logit_of(other, lm.token_id(" Mary")) > 0


def logit_of(found, token_id: int) -> float:
    """What the whole value would add to a token's logit."""
    place = list(found.moved_ids).index(token_id)
    return float(found.value_logits[found.key_position, place])


def test_at1_the_hands_of_the_first_clock(lm: LanguageModel) -> None:
    def apart(key: int) -> float:
        found = match(lm, MARY, 16, 0, LAST, key)
        pairs = [(v[0], v[32]) for v in (found.query_turned, found.key_turned)]
        turned = np.diff([np.degrees(np.arctan2(y, x)) for x, y in pairs])[0]
        return abs((turned + 180) % 360 - 180)

    assert apart(DRINK) == pytest.approx(3, abs=0.5)
    assert apart(DRINK - 1) == pytest.approx(60, abs=0.6)


def test_at2_jobs(lm: LanguageModel, scores: HeadScores) -> None:
    every = [(layer, head) for layer in range(30) for head in range(9)]
    jobs = [scores.job(*pair) for pair in every]
    counted = [jobs.count(job) for job in ("previous_token", "duplicate_token", "induction")]
    assert counted == [8, 4, 5]
    assert (jobs.count("first_token"), jobs.count(None)) == (168, 80)
    on_mary = head_scores(lm.run(MARY, sites=("pattern",)))
    assert 0.45 < (on_mary.first_token > 0.5).mean() < 0.55  # "in half of all heads"


def test_at2_pronouns_and_phrases(lm: LanguageModel) -> None:
    best, *_ = pronoun_heads.pronoun_heads(lm, 1)
    assert (best.layer, best.head) == (9, 2)
    assert (best.reported.right, best.reported.other) == pytest.approx((0.57, 0.11), abs=0.005)
    assert (best.reported.wins, best.reported.of) == (23, 24)
    phrase, *_ = pronoun_heads.phrase_heads(lm, 1)
    assert (phrase.layer, phrase.head) == (3, 4)
    assert (phrase.reported.right, phrase.reported.other) == pytest.approx((0.66, 0.21), abs=0.006)


def test_at3_one_head_holds_the_chain(lm: LanguageModel, scores: HeadScores) -> None:
    best = scores.top("induction", 4)
    assert best[0][2] == pytest.approx(0.92, abs=0.005)
    with lm.ablate(heads=[(16, 0)]):
        cut = repeated_token_scores(lm).induction
    with lm.ablate(heads=[(16, 2)]):
        other = repeated_token_scores(lm).induction
    assert cut[18, 6] == pytest.approx(0.25, abs=0.005)
    for layer, head, score in best[1:]:
        assert cut[layer, head] < 0.06
        assert other[layer, head] == pytest.approx(score, abs=0.05)


def test_at3_on_fresh_texts() -> None:
    held = induction.load()
    assert held.feeding.off[0] == (16, 0)
    assert len(held.feeding.fed) == 4
    assert held.feeding.summary(0)["best"][0] == pytest.approx(0.83, abs=0.005)
    assert held.feeding.summary(1)["best"][0] == pytest.approx(0.08, abs=0.005)


def test_at4_heads_of_gpt3(lm: LanguageModel) -> None:
    (gpt3,) = (model for model in PUBLISHED_MODELS if model.name == "GPT-3")
    assert gpt3.n_layers * gpt3.n_heads == 9216
    assert lm.dims.n_layers * lm.dims.n_heads == 270


def test_at5_two_heads_and_what_is_left_without_them(lm: LanguageModel, study) -> None:
    shares = logit_attribution(lm, MARY, " Mary", minus=" John")
    assert shares.logits[0] == pytest.approx(3.72, abs=0.01)
    best = dict(shares.top(4))
    assert list(best) == ["L23H3", "L28 FFN", "L29 FFN", "L29H1"]
    assert list(best.values()) == pytest.approx([2.66, 2.04, 1.45, 1.30], abs=0.01)
    assert shares.logits[0] - sum(best.values()) == pytest.approx(-3.7, abs=0.05)
    store = study.find("When Mary and John went to the store")
    without = store.row(study.groups["the two strongest writers"])
    assert store.p_answer[0] == pytest.approx(0.8, abs=0.006)
    assert store.p_answer[without] == pytest.approx(0.28, abs=0.006)
    assert store.logit_difference[without] == pytest.approx(-0.05, abs=0.01)
    assert store.losses[without] < store.losses[0]


def test_at5_a_backup_and_those_who_notice(lm: LanguageModel) -> None:
    def push_of(head: str) -> float:
        found = logit_attribution(lm, MARY, " Mary", minus=" John")
        return dict(found.top(400))[head]

    before = push_of("L24H4")
    with lm.ablate(heads=[(23, 3)]):
        assert push_of("L24H4") > 2 * before
    trace = lm.run(MARY, sites=("pattern",))
    noticed = [trace.head("pattern", *pair)[SECOND_JOHN, FIRST_JOHN] for pair in [(2, 4), (14, 3)]]
    assert noticed == pytest.approx([0.85, 0.67], abs=0.006)


def test_at5_the_whole_team() -> None:
    team = indirect_object.load()
    reported = team.scores["reporting"]
    assert {len(each) for each in team.differences.values()} == {48}
    assert reported.right == 1
    assert len(team.circuit) == team.whole.heads == 24
    assert team.whole.share == pytest.approx((0.95, 0.71, 1.24), abs=0.005)
    assert len(team.whole.random) == 20
    assert abs(np.mean(team.whole.random)) < 0.05
    left = {name: kept.share[0] for name, kept in team.switched_off.items()}
    assert left["inhibition"] == pytest.approx(0.4, abs=0.005)
    assert left["giver suppressor"] == pytest.approx(0.48, abs=0.005)
    assert left["name mover"] == pytest.approx(0.95, abs=0.005)
    assert min(left, key=lambda name: left[name]) == "inhibition"
    count = {name: len(team.of_class(name)) for name in ("inhibition", "name mover")}
    assert count == {"inhibition": 4, "name mover": 3}
    (suppressor,) = team.of_class("giver suppressor")
    assert suppressor.label == "L23H3"
    both = team.of_class("negative name mover") + team.of_class("backup name mover")
    assert {found.label for found in both} == {"L24H4"}
    named = {"previous token": "L16H0", "induction": "L17H4", "inhibition": "L20H0"}
    for name, label in named.items():
        assert team.of_class(name)[0].label == label
    assert "L19H2" in [found.label for found in team.of_class("inhibition")]


def test_at6_the_valet(lm: LanguageModel) -> None:
    logits = lm.run(VALET, sites=("logits",), positions=[-1]).logits_at()
    found = llm_viz.next_token_distribution(logits)
    probs = [float(found.probs[lm.token_id(word)]) for word in (" Mary", " the")]
    assert probs == pytest.approx([0.81, 0.03], abs=0.006)
    place = list(found.order).index(lm.token_ids(" valet", add_start=False)[0]) + 1
    assert place == pytest.approx(2873, rel=0.01)


def test_at6_with_a_valet_at_the_door(lm: LanguageModel) -> None:
    plain, brought, alone = (indirect_object.load().valet[i] for i in (0, 5, 6))
    assert plain.text == VALET
    assert 1 / plain.words[" valet"][0] == pytest.approx(2.9e6, rel=0.02)
    assert "valet" in brought.text
    assert brought.best[0] == ("·Mary", pytest.approx(0.51, abs=0.005))
    assert 1 / brought.words[" valet"][0] == pytest.approx(350_000, rel=0.01)
    assert "Mary" not in alone.text
    assert alone.best[0][0] == "·his"
    assert indirect_object.go_on(lm, brought.text).best[0][1] == pytest.approx(0.51, abs=0.005)


def test_at7_on_many_lists(lm: LanguageModel) -> None:
    held = induction.load()
    off = [held.repeated.summary(k) for k in (0, 1, 6)]
    best = [found["best"][0] for found in off]
    assert best == pytest.approx([2.17, 4.23, 10.06], abs=0.005)
    assert off[2]["other"][0] == pytest.approx(2.75, abs=0.005)
    by_place = np.array(held.repeated.best.mean)
    assert by_place[0, :25].mean() == pytest.approx(14.0, abs=0.05)
    assert by_place[8, 26:].mean() == pytest.approx(10.3, abs=0.05)
    draws = [float(np.mean(draw[6])) for draw in held.repeated.each_other]
    assert len(draws) == 5
    assert max(draws) == pytest.approx(4.9, abs=0.05)
    verses = np.array(held.ordinary.each_best)
    moved = (verses[6] - verses[0]).reshape(-1)
    assert moved.mean() == pytest.approx(-0.005, abs=0.0006)
    assert 1.96 * moved.std(ddof=1) / np.sqrt(len(moved)) == pytest.approx(0.014, abs=0.002)
    text = induction.repeated_texts(lm, 1)
    now = induction.losses_without(lm, text, held.heads[:6])[0, 26:].mean()
    assert now == pytest.approx(9.95, abs=0.01)


def test_at7_copying_dies_and_ordinary_text_lives(study) -> None:
    seven, window = study.find("Seven lamp"), study.find("She opened the window")
    off, lot = (study.groups[name] for name in ("the induction heads", switches.BY_LOT))
    assert seven.p_answer[0] == pytest.approx(0.68, abs=0.006)
    assert seven.p_answer[seven.row(off)] == pytest.approx(0.013, abs=0.0006)
    assert seven.p_answer[seven.row(lot)] == pytest.approx(0.62, abs=0.006)
    assert window.losses[[0, window.row(off)]] == pytest.approx([4.69, 4.66], abs=0.006)
