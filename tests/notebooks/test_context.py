"""The numbers that the chapter's prose states are those of the model and of the studies."""

from __future__ import annotations

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import logit_attribution, logit_lens, sizes_of
from llm_viz.model import LanguageModel
from llm_viz.studies import ambiguities, grammar_first, story_facts, word_senses

pytestmark = pytest.mark.real_model

TOKYO = "The capital of Japan is the city of"
WARSAW = "Q: What is the capital of France? A: Paris Q: What is the capital of Poland? A:"


def probs(lm: LanguageModel, text: str, *words: str) -> list[float]:
    logits = lm.run(text, sites=("logits",), positions=[-1]).logits_at()
    found = llm_viz.next_token_distribution(logits).probs
    return [float(found[lm.token_id(f" {word}")]) for word in words]


def ranks(lm: LanguageModel, text: str, token: str) -> list[int]:
    """After each layer; the embedding left out."""
    return logit_lens(lm, text, tokens=[token]).paths.ranks[1:, -1, 0].tolist()


def test_cx1_homonyms_and_polysemes() -> None:
    ours, both = word_senses.load().models
    near = ours.closeness
    assert ours.best - 1 == 9
    assert near.first[ours.best][0] == pytest.approx(0.23, abs=0.005)
    assert near.second[ours.best][0] == pytest.approx(0.09, abs=0.005)
    np.testing.assert_allclose(near.difference[ours.best], [0.15, 0.06, 0.23], atol=0.006)
    assert both.closeness.difference[both.best][0] > 0
    assert -0.01 < both.closeness.difference[both.best][1] < 0
    own = ours.groups["before"]
    assert own.first[ours.best][0] == pytest.approx(0.74, abs=0.005)
    assert own.second[ours.best][0] == pytest.approx(0.49, abs=0.005)
    assert own.difference[ours.best][1] < 0


def test_cx3_twelve_banks() -> None:
    bank = word_senses.load().models[0].word("bank")
    depth = 8 + 1
    marks = np.array(bank.marks)
    assert (marks[bank.nearest[depth]] == marks).all()
    assert abs(bank.gap[4, 0]) < 0.2  # after layer 3 they have not parted yet


def test_cx5_cosine_one() -> None:
    ours, both = word_senses.load().models
    assert ours.apart.max() == 0
    assert ours.same.min() == pytest.approx(1)
    assert (both.same.min(), both.same.max()) == pytest.approx((0.78, 0.91), abs=0.005)


def test_cx2_whose_car_and_whose_homework(lm: LanguageModel) -> None:
    found = {each.text: (each.owner_prob, each.other_prob) for each in ambiguities.whose(lm)}
    car, homework = "to fix his car. The car belongs to the", "to do her homework. "
    told = found[f"The customer asked the mechanic {car}"]
    assert told == pytest.approx((0.65, 0.07), abs=0.006)
    swapped = found[f"The mechanic asked the customer {car}"]
    assert swapped[0] > told[0]
    assert swapped[1] < told[1]
    article, turned = (
        f"The {one} urged the {other} {homework}"
        for one, other in (("professor", "student"), ("student", "professor"))
    )
    belongs, words = "The homework belongs to the", "In other words, the homework of the"
    assert found[article + words] == pytest.approx((0.71, 0.06), abs=0.006)
    assert found[article + belongs] == pytest.approx((0.38, 0.20), abs=0.006)
    assert found[turned + words] == pytest.approx((0.85, 0.03), abs=0.006)
    assert found[turned + belongs] == pytest.approx((0.21, 0.54), abs=0.006)


def test_cx4_the_answer_appears_late(lm: LanguageModel) -> None:
    tokyo = ranks(lm, TOKYO, " Tokyo")
    # The places beyond 10,000 are far out in the tail: rounding may move them a little.
    assert min(tokyo[:23]) > 9_000
    assert tokyo[23:] == pytest.approx([986, 186, 185, 95, 43, 3, 1], rel=0.02)
    assert probs(lm, TOKYO, "Tokyo") == pytest.approx([0.81], abs=0.006)
    saw = ranks(lm, "Today he sees a bird. Yesterday he", " saw")
    assert saw[25] > 1
    assert set(saw[26:]) == {1}
    assert ranks(lm, WARSAW, " Poland")[-1] == 1
    assert ranks(lm, WARSAW, " Warsaw")[-1] == 2


def test_cx4_who_wrote_it(lm: LanguageModel) -> None:
    found = logit_attribution(lm, TOKYO, " Tokyo")
    parts = found.by_kind()
    assert parts["head"][0] == pytest.approx(5.9, abs=0.05)
    assert parts["mlp"][0] == pytest.approx(8.4, abs=0.05)
    assert found.logits[0] == pytest.approx(14.2, abs=0.05)
    running = found.contributions[:, 0].cumsum()
    layers = np.array([-1 if each.layer is None else each.layer for each in found.components])
    assert layers[running.argmin()] == 22
    assert found.where("head", 23)[:, 0].sum() > 4
    choice = logit_attribution(lm, TOKYO, " Tokyo", minus=" Paris")
    assert choice.top(1)[0] == ("L23H4", pytest.approx(3.5, abs=0.05))


def test_cx4_grammar_is_first() -> None:
    held = grammar_first.load()
    assert held.earlier == 1
    assert (held.grammar_depth[0] - 1, held.meaning_depth[0] - 1) == (1, 4)
    for curve in (held.grammar, held.meaning):
        assert np.argmax([gap for gap, _, _ in curve]) - 1 == 9


def test_cx6_what_rides_along() -> None:
    facts = story_facts.load()
    own, other = (facts.at_name[question].accuracy for question in ("own", "other"))
    assert (own[-1], other[-1]) == pytest.approx((0.6, 0.4), abs=0.005)
    assert facts.at_name["own"].low[-1] > facts.at_name["other"].high[-1]
    assert all(a - b > 0.1 for a, b in zip(own[-7:], other[-7:], strict=True))
    assert all(a - b < 0.07 for a, b in zip(own[:-7], other[:-7], strict=True))
    first = facts.before_name["first"].accuracy
    assert (round(max(first), 2), int(np.argmax(first)) - 1) == (0.97, 16)
    assert facts.answered == pytest.approx(0.63, abs=0.005)


def test_cx4_most_weights_are_in_the_feed_forward_layers(lm: LanguageModel) -> None:
    sizes = sizes_of(lm.weight_counts())
    assert sizes.share("mlp") == pytest.approx(0.59, abs=0.005)
    assert sizes.share("attention") == pytest.approx(0.2, abs=0.01)
    assert sizes.share("embedding") == pytest.approx(0.21, abs=0.01)
