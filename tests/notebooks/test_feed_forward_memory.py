"""The numbers that the chapter's prose states are those of the model and of the studies."""

from __future__ import annotations

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import PUBLISHED_MODELS, Window, WindowsOff, causal_trace
from llm_viz.model import LanguageModel
from llm_viz.studies import (
    causal_traces,
    facts_and_copies,
    knowing_copying,
    moved_vectors,
    neurons,
    switches,
    vector_arithmetic,
    word_pairs,
)
from llm_viz.studies.knowing_results import KnowingCopying

pytestmark = pytest.mark.real_model

CHINA = "Q: Say the country France. A: France Q: Say the country China. A:"


@pytest.fixture(scope="module")
def found(lm: LanguageModel) -> neurons.Neurons:
    return neurons.load(lm)


@pytest.fixture(scope="module")
def knowing() -> KnowingCopying:
    return knowing_copying.load()


@pytest.fixture(scope="module")
def arithmetic() -> vector_arithmetic.VectorArithmetic:
    return vector_arithmetic.load()


def test_ff1_no_exchange_between_words(lm: LanguageModel) -> None:
    bank = lm.run("The bank by the river was steep")
    other = "Her dog had never seen such waves"
    with lm.patch(bank, "resid_mid", layers=12, positions=[-1]):
        ffn = lm.run(other, ("mlp_out",))["mlp_out"][12, -1]
    with lm.patch(bank, "resid_pre", layers=12, positions=[-1]):
        attention = lm.run(other, ("attn_out",))["attn_out"][12, -1]
    assert len(ffn) == 576
    np.testing.assert_array_equal(ffn, bank["mlp_out"][12, -1])
    assert not (attention == bank["attn_out"][12, -1]).any()


def test_ff2_single_neurons(lm: LanguageModel, found: neurons.Neurons) -> None:
    trace = lm.run("They painted the old door blue and the roof red", ("mlp_post",))
    fires = dict(zip(trace.tokens, trace["mlp_post"][24, :, 659], strict=True))
    assert {token for token, value in fires.items() if value > 5} == {"·blue", "·red"}
    colours = found.find("L24N659").sides[0]
    assert {"·red", "·brown"} <= {token for token, _ in colours.suppressed}
    assert colours.score == pytest.approx(1)
    for label, side, seen, promoted in (
        ("L24N1191", 0, "broke", {"·down", "·free", "·record"}),
        ("L24N894", 0, "took", {"·care", "·advantage"}),
        ("L27N87", 0, "2", {"0"}),
        ("L26N1447", 1, ")", {")", "),"}),
    ):
        told = found.find(label).sides[side]
        assert seen in told.pattern
        assert promoted <= {token for token, _ in told.promoted[:4]}
        assert told.score > 0.9
    lot = [n for n, why in zip(found.neurons, found.chosen, strict=True) if why == "by lot"]
    nothing = [n for n in lot if not any(side.score >= 0.5 for side in n.sides)]
    assert (len(lot), len(nothing)) == (20, 13)
    assert "L2N394" in [n.label for n in lot]


def test_ff2_how_many_can_be_read(lm: LanguageModel, found: neurons.Neurons) -> None:
    assert round(found.n_tokens, -3) == 207_000
    assert lm.dims.n_layers * found.n_neurons == 46_080
    readable = found.layers.readable[..., 0].mean(axis=0)
    assert readable.mean() == pytest.approx(0.19, abs=0.005)
    assert found.layers.by_chance[..., 0].mean() == pytest.approx(0.006, abs=0.0005)
    shares = [readable[0], readable[3:6].mean(), readable[11], readable[20]]
    assert shares == pytest.approx([0.75, 0.1, 0.235, 0.28], abs=0.01)
    share = found.layers.explained[..., 0]
    assert share[6].max() < 0.002  # topics
    following = [i for i, kind in enumerate(found.layers.kinds) if "after" in kind]
    low, high = (
        share[following, part].sum(axis=0).mean() for part in (slice(1, 10), slice(20, 30))
    )
    assert (low, high) == pytest.approx((0.002, 0.017), abs=0.0005)


def test_ff2_neurons_that_were_named_before(found: neurons.Neurons) -> None:
    named = {each.label: each for each in found.named}
    assert len(named) == 7
    assert named["L24N659"].at == named["L20N882"].at == 1
    assert 24 * named["L0N1469"].at == pytest.approx(named["L0N1469"].windows, abs=0.01)
    assert named["L0N1469"].windows == 5
    assert named["L22N610"].at == named["L29N259"].at == 0
    assert (named["L22N610"].promoted, named["L29N259"].promoted) == (10, 4)


def test_ff3_where_the_weights_are(lm: LanguageModel) -> None:
    (gpt3,) = (model for model in PUBLISHED_MODELS if model.name == "GPT-3")
    each = 2 * gpt3.d_mlp * gpt3.d_model
    assert each == pytest.approx(1.2e9, rel=0.01)
    assert each * gpt3.n_layers == pytest.approx(116e9, rel=0.001)
    assert each * gpt3.n_layers / gpt3.published == pytest.approx(0.663, abs=0.0005)
    counts = lm.weight_counts()
    ours = sum(weights.count for weights in counts if weights.group == "mlp")
    rest = sum(weights.count for weights in counts if weights.group != "embedding")
    assert (ours, ours // lm.dims.n_layers) == (79_626_240, 2_654_208)
    assert ours / sum(weights.count for weights in counts) == pytest.approx(0.592, abs=0.0005)
    assert ours / rest == pytest.approx(0.75, abs=0.001)


def test_ff4_the_question_and_the_sentence(arithmetic) -> None:
    asked = {way.name: way for way in arithmetic.asked}
    sentence = asked["a sentence"]
    assert (sentence.template, sentence.told.items) == ("The capital of {} is", 39)
    assert sentence.told.first.value * sentence.told.items == pytest.approx(35)
    poland, warsaw = np.exp(arithmetic.ways["one example"][-1, :, 0])
    assert poland > warsaw
    on_lines = np.exp(arithmetic.ways["one example, on lines"][-1, :, 0])
    assert on_lines[0] == pytest.approx(0.97, abs=0.005)


def test_ff4_the_capital_on_its_way(arithmetic) -> None:
    capital = arithmetic.relations["capital"]
    assert len(capital.known) == 35
    ranks = capital.median_ranks  # the embedding first
    assert ranks[1:24].min() > 10_000
    assert (ranks[25:, 1] < ranks[25:, 0]).all()
    assert ranks[:, 0].min() > 1
    assert not (capital.ways[:, :, 0, 1] == 1).any()  # the country is never first
    ffn, attention = map(capital.pushed_by, ("FFN", "attention"))
    assert ffn.value == pytest.approx(5.2, abs=0.05)
    assert attention == pytest.approx((-0.1, -0.7, 0.5), abs=0.05)
    assert capital.pushes.sum(axis=1).mean() == pytest.approx(5.0, abs=0.06)
    assert capital.mean_pushes("FFN")["L24 FFN"].value == pytest.approx(3.3, abs=0.05)
    assert capital.without_told().answer.value == pytest.approx(0.53, abs=0.005)
    assert capital.without_told(24).answer.value == pytest.approx(0.09, abs=0.005)


def test_ff4_a_vector_turns_china_into_beijing(lm: LanguageModel, arithmetic) -> None:
    capital = arithmetic.relations["capital"]
    assert (capital.layer, capital.scale, len(capital.vector)) == (24, 4, 576)
    assert len(capital.known) - len(capital.reported) == 18
    (edit,) = moved_vectors.added(lm, CHINA, capital.layer, capital.scale * capital.vector)
    with lm.edit(edit):
        logits = lm.run(CHINA, ("logits",), positions=[-1]).logits_at()
    said = llm_viz.next_token_distribution(logits)
    assert lm.tokenizer.decode([int(said.order[0])]) == " Beijing"
    moved = capital.moved["said again"]
    assert "China" in dict(moved.items)
    after = moved.told()
    assert after.answer == pytest.approx((0.32, 0.22, 0.42), abs=0.006)
    assert (after.first.value * after.items, after.items) == (pytest.approx(11), 17)
    assert moved.told("nothing").answer.value == pytest.approx(0.001, abs=0.0005)
    assert moved.told("nothing").own.value == 1  # the stream knew already which capital
    for other in ("random", "that of past", "that of case"):
        assert moved.told(other).answer.value < 0.004
    assert capital.scale_told(1).answer_rank == 2
    failing = capital.moved["the question that fails"]
    assert failing.told().items == 5
    assert failing.rise().low < 0 < failing.rise().high


def test_ff5_went_and_apple(arithmetic) -> None:
    past, case = (arithmetic.relations[name] for name in ("past", "case"))
    assert (len(past.known), len(case.known)) == (37, 43)
    told = [relation.moved["said again"].told() for relation in (past, case)]
    firsts = [(each.first.value * each.items, each.items) for each in told]
    assert firsts == [(pytest.approx(14), 19), (pytest.approx(21), 21)]
    assert told[1].answer.value == pytest.approx(0.82, abs=0.005)
    for relation in (past, case):
        assert relation.pushed_by("FFN").low > 3.5
        assert relation.pushed_by("attention").value < 0
    assert past.layer_told(26).answer.value > 0.4
    assert min(case.layer_told(layer).answer.value for layer in (20, 22)) > 0.35
    without = [past.without_told().answer.value, past.without_told(past.layer).answer.value]
    assert without == pytest.approx([0.62, 0.59], abs=0.006)


def test_ff6_one_layer_off() -> None:
    france = switches.load().find("The capital of France")
    assert france.p_answer[0] == pytest.approx(0.81, abs=0.005)
    for part in ("L0 FFN", "L2 FFN", "L11 FFN"):
        assert france.p_answer[france.row([part])] < 0.002
    worse = [float(france.changes("loss")[france.row([f"L{layer} FFN"])]) for layer in (0, 2, 11)]
    assert worse == pytest.approx([9.1, 4.9, 4.5], abs=0.05)
    moved = france.changes("p_answer")
    assert all(moved[france.row([f"L{layer} FFN"])] > -0.05 for layer in (19, 23))
    assert all(moved[france.row([f"L{layer} FFN"])] > 0 for layer in (17, 25))


def test_ff6_knowing_and_copying(knowing: KnowingCopying) -> None:
    left_out = [each.candidate.group for each in knowing.excluded]
    counted = [len(knowing.places(group)) for group in ("fact", "copy")]
    assert counted == [65, 66]
    tried = [n + left_out.count(group) for n, group in zip(counted, ("fact", "copy"), strict=True)]
    assert tried == [77, 74]
    assert len(knowing.windows) == 930
    for kind, lowers, start, facts, copies in (
        ("mlp", "fact", 18, 11, 29),
        ("attention", "copy", 17, 21, 12),
        ("attention", "fact", 10, 10, 30),
        ("mlp", "copy", 26, 11, 3),
    ):
        chosen = knowing.choice(kind, 4, lowers)
        fact, copy = chosen.kept["fact"], chosen.kept["copy"]
        assert (chosen.window.start, fact.right, copy.right) == (start, facts, copies)
        assert (fact.of, copy.of) == (32, 33)
        assert chosen.others["fact"] < chosen.others["copy"]  # facts suffer more from any window


def test_ff6_lost_and_told_again(lm: LanguageModel, knowing: KnowingCopying) -> None:
    def counts(kind: str, start: int) -> tuple[int, int, int]:
        told = knowing.regain(Window(kind, start, 4), "reporting")
        return len(told.lost), len(told.regained), len(told.misled)

    assert counts("mlp", 18) == (21, 15, 21)
    assert counts("attention", 17)[:2] == (11, 4)
    assert counts("attention", 10)[:2] == (22, 22)
    assert counts("mlp", 26)[:2] == (21, 3)
    assert len(knowing.regain(None, "reporting").misled) == 12
    off = WindowsOff(lm, facts_and_copies.typical_texts())
    france = "The capital of France is"
    now = [
        float(np.exp(off.some(text, " Paris", [Window("mlp", 18, 4)]).log_probs[0]))
        for text in (france, f"{france} Paris. {france}")
    ]
    assert now == pytest.approx([0.21, 0.37], abs=0.006)


def test_ff7_pairs_of_words() -> None:
    alone, sentence = (word_pairs.load().contexts[name] for name in ("alone", "in a sentence"))
    assert len(alone.scores) == 80
    assert (len(alone.known), len(sentence.known)) == (23, 42)
    ffn, attention = (alone.pushed_by(kind).value for kind in ("FFN", "attention"))
    assert ffn == pytest.approx(10.2, abs=0.05)
    assert ffn + attention == pytest.approx(11.7, abs=0.05)
    assert alone.pushed_by("FFN", range(20, 30)).value / ffn == pytest.approx(0.75, abs=0.02)
    trump = sentence.ranks[list(sentence.known).index(("Donald", "Trump"))]
    assert list(trump[24:30]) == [262, 40, 12, 6, 3, 1]  # after layers 23 to 28
    assert alone.without("L0 FFN")["probability"].value < 0.003
    assert alone.without("FFNs 1-9")["probability"].value > 0.1


def test_ff8_one_fact_followed(lm: LanguageModel) -> None:
    traced = causal_traces.load()
    japan = traced.find("The capital of Japan").map("hidden")
    assert (japan[15, 4] > 0.4, japan[15, -1] < 0.1) == (True, True)  # at the subject
    assert (japan[22, 4] < 0.1, japan[23, -1] > 0.6) == (True, True)  # at the last word
    assert traced.n_excluded == 6
    assert (
        len({fact.kind for fact, known in zip(traced.facts, traced.known, strict=True) if known})
        == 8
    )
    assert traced.total_effect.mean == pytest.approx(0.68, abs=0.005)
    assert traced.total_effect.facts == 24
    layer, given_back = traced.best("mlp", "last subject")
    assert layer == 3
    assert given_back == pytest.approx((0.33, 0.18, 0.48, 12), abs=0.006)
    layer, given_back = traced.best("attention", "last")
    assert layer == 21
    assert given_back == pytest.approx((0.47, 0.34, 0.6, 12), abs=0.006)
    assert traced.best("mlp", "last")[1].mean == pytest.approx(0.04, abs=0.005)
    assert traced.best("attention", "last subject")[1].mean < 0.005
    ffn = traced.average("mlp", "last subject")
    assert traced.third("mlp", "last subject", 1).mean == pytest.approx(0.02, abs=0.005)
    assert all(0.285 < value < 0.335 for value in ffn.mean[:4])  # layer 0 is among these windows
    assert all(0.075 < value < 0.105 for value in ffn.mean[4:8])
    now = causal_trace(
        lm, "The capital of Japan is", "Japan", " Tokyo", kinds=("mlp",), seeds=[0, 1]
    )
    assert now.top(1, "mlp")[0][2] > 0.7
