"""The indirect-object study: its prompts, its statistics, how it is made, and what is shipped."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import fields, replace

import numpy as np
import pytest

from llm_viz.analyses import logit_attribution
from llm_viz.analyses.attention import ranked_heads
from llm_viz.model import LanguageModel
from llm_viz.sampling import next_token_distribution
from llm_viz.studies import indirect_circuit, indirect_object, indirect_prompts
from llm_viz.studies.indirect_classes import CLASSES, LEAST_EFFECT, Evidence, classes
from llm_viz.studies.indirect_heads import (
    LOOKS,
    answers,
    effects,
    measure,
    measure_many,
    places,
    restored,
)
from llm_viz.studies.indirect_prompts import EXAMPLE, HALVES, MATERIAL, Material, Prompt, prompts
from llm_viz.studies.indirect_statistics import share_of, with_interval

TINY = Prompt(
    "and {first} and {second} ran to the house by {giver}", "cat", "dog", "red", giver_first=False
)

# --- the prompts --------------------------------------------------------------------------------


@pytest.mark.parametrize("half", HALVES)
def test_a_half_is_balanced(half) -> None:
    told = prompts(half)
    assert len(told) == len({prompt.text for prompt in told}) == 48
    assert sum(prompt.giver_first for prompt in told) == 24
    for one, other in zip(told[::2], told[1::2], strict=True):
        assert other == replace(one, giver_first=True)
    for role in ("to", "giver"):
        assert set(Counter(getattr(prompt, role) for prompt in told).values()) == {6}, role
    for prompt in told:
        assert len({prompt.to, prompt.giver, prompt.third}) == 3


def test_the_halves_share_no_template_name_place_or_thing() -> None:
    one, other = (MATERIAL[half] for half in HALVES)
    for part in ("templates", "names", "places", "things"):
        first, second = getattr(one, part), getattr(other, part)
        assert len(set(first)) == len(first)
        assert not set(first) & set(second), part


def test_the_changed_prompts_differ_in_one_name_only() -> None:
    assert EXAMPLE.text == "When Mary and John went to the store, John gave a drink to"
    assert EXAMPLE.swapped == "When Mary and John went to the store, Mary gave a drink to"
    assert EXAMPLE.third_gives == "When Mary and John went to the store, Anna gave a drink to"
    assert EXAMPLE.third_named == "When Mary and Anna went to the store, John gave a drink to"
    turned = replace(EXAMPLE, giver_first=True)
    assert turned.text == "When John and Mary went to the store, John gave a drink to"


@pytest.mark.parametrize("half", HALVES)
def test_no_name_comes_twice_in_a_reference(half) -> None:
    for template, texts in indirect_prompts.references(half).items():
        assert template in MATERIAL[half].templates
        assert len(set(texts)) == len(texts) == indirect_prompts.REFERENCES
        for text in texts:
            assert [text.split().count(f"{name}") for name in MATERIAL[half].names].count(2) == 0


def test_the_patched_prompts_are_one_pair_of_each_template() -> None:
    told = prompts("finding")
    some = indirect_object.patched(told)
    assert len(some) == 12
    assert [told.index(prompt) // 8 for prompt in some] == [i // 2 for i in range(12)]
    assert sum(prompt.giver_first for prompt in some) == 6


@pytest.mark.real_model
def test_all_texts_of_a_template_have_their_names_at_the_same_places(lm: LanguageModel) -> None:
    for half in HALVES:
        told, texts = prompts(half), list(indirect_prompts.references(half).values())
        for number, references in enumerate(texts):
            of_template = told[8 * number : 8 * number + 8]
            every = [*references, *(text for p in of_template for text in (p.text, p.swapped))]
            assert len({len(lm.token_ids(text)) for text in every}) == 1
            for giver_first in (False, True):
                spots = {places(lm, p) for p in of_template if p.giver_first == giver_first}
                assert len(spots) == 1


# --- statistics ---------------------------------------------------------------------------------


def test_equal_prompts_leave_no_doubt() -> None:
    np.testing.assert_allclose(with_interval(np.full((24, 3), 2.5), 3), np.full((3, 3), 2.5))


def test_templates_that_differ_widen_the_interval() -> None:
    within = np.tile([0.0, 0, 1, 1] * 2, 6)  # each template has both
    between = np.repeat([0.0, 1], 24)  # the same values, but by template
    (mean, low, high), (same, lowest, highest) = (with_interval(v, 6) for v in (within, between))
    assert mean == same == 0.5
    assert lowest < low < mean < high < highest


def test_a_share_is_drawn_together_with_what_it_is_a_share_of() -> None:
    whole = np.random.default_rng(0).uniform(1, 5, 24)
    np.testing.assert_allclose(share_of(0.5 * whole, whole, 3), [0.5, 0.5, 0.5])


@pytest.mark.parametrize("n_prompts", [0, 10, 25])
def test_prompts_that_cannot_be_shared_out_are_refused(n_prompts) -> None:
    with pytest.raises(ValueError, match="expected as many pairs"):
        with_interval(np.zeros(n_prompts), 6)


# --- which heads earn a name --------------------------------------------------------------------


def _nothing() -> Evidence:
    effects = {each.name: np.zeros((3, 2, 4)) for each in fields(Evidence) if each.name != "looks"}
    return Evidence(**effects, looks=np.zeros((len(LOOKS), 2, 4)))


@pytest.mark.parametrize(
    ("effect", "sign", "look", "name"),
    [
        ("direct", 1, "end to", "name mover"),
        ("direct", -1, "end to", "negative name mover"),
        ("end_indirect", 1, "end giver", "inhibition"),
        ("giver", 1, "giver giver first", "duplicate token"),
        ("giver", 1, "giver next", "induction"),
        ("next", 1, "next giver first", "previous token"),
        ("backup", 1, None, "backup name mover"),
        ("direct", 1, None, "other"),
        ("direct", 1, "end giver", "other"),
    ],
)
def test_a_head_is_named_by_its_effect_and_its_look(effect, sign, look, name) -> None:
    evidence = _nothing()
    value = sign * 3 * LEAST_EFFECT
    getattr(evidence, effect)[:, 1, 2] = (value, value - 0.1, value + 0.1)
    if look is not None:
        evidence.looks[LOOKS.index(look), 1, 2] = 0.5
    assert classes(evidence) == {(1, 2): (name,)}


def test_a_head_that_writes_against_the_giver_is_told_from_one_that_only_looks_there() -> None:
    evidence = _nothing()
    evidence.looks[LOOKS.index("end giver")] = 0.5
    evidence.direct[:, 1, 2:] = np.array([2.0, 1.9, 2.1])[:, None]
    evidence.giver_share[:, 1, 2] = (-2, -2.1, -1.9)
    assert classes(evidence) == {(1, 2): ("giver suppressor",), (1, 3): ("other",)}


def test_a_head_that_only_pushes_less_the_other_way_is_no_backup() -> None:
    evidence = _nothing()
    evidence.backup[:, 0, 1:3] = np.array([0.5, 0.4, 0.6])[:, None]
    evidence.direct[:, 0, 1] = (-0.8, -0.9, -0.7)
    evidence.direct[:, 0, 2] = (-0.3, -0.4, -0.2)
    assert classes(evidence) == {(0, 1): ("other",), (0, 2): ("backup name mover",)}


def test_a_doubtful_or_small_effect_earns_no_name() -> None:
    evidence = _nothing()
    evidence.looks[0] = 0.5
    evidence.direct[:, 0, 1] = (1.0, -0.1, 2.1)  # the interval holds 0
    evidence.direct[:, 0, 2] = (LEAST_EFFECT / 2, 0.01, LEAST_EFFECT)
    assert classes(evidence) == {}


def test_heads_are_ranked_by_strength_up_or_down() -> None:
    evidence = _nothing()
    evidence.direct[0, 1, 3], evidence.next[0, 0, 1] = -3, 2
    assert ranked_heads(evidence.strength)[:3] == [(1, 3), (0, 1), (0, 0)]


# --- measuring, on a tiny model -----------------------------------------------------------------


def test_places(tiny: LanguageModel) -> None:
    tokens = tiny.tokens(TINY.text)
    spots = places(tiny, TINY)
    assert (tokens[spots.to], tokens[spots.giver_first]) == ("·cat", "·dog")
    assert (spots.next, spots.giver, spots.end) == (
        spots.giver_first + 1,
        len(tokens) - 1,
        len(tokens) - 1,
    )


def test_a_name_of_several_tokens_and_one_that_is_missing_are_refused(tiny: LanguageModel) -> None:
    with pytest.raises(ValueError, match="one token"):
        measure(tiny, replace(TINY, to="Zanzibar"))
    with pytest.raises(ValueError, match="stands 1 times"):
        measure(tiny, replace(TINY, template="and {first} and {second} ran"))


def test_a_reading_is_what_the_model_computes(tiny: LanguageModel) -> None:
    found = measure(tiny, TINY)
    logits = tiny.run(TINY.text, ("logits",)).logits_at()
    to, giver = answers(tiny, TINY)
    assert found.difference == pytest.approx(logits[to] - logits[giver], abs=1e-4)
    probs = np.exp(logits) / np.exp(logits).sum()
    assert (found.prob_to, found.prob_giver) == pytest.approx((probs[to], probs[giver]), rel=1e-4)
    assert found.best == tiny.tokenizer.show(int(logits.argmax()))
    whole = logit_attribution(tiny, TINY.text, to, minus=giver).where("head")[:, 0]
    np.testing.assert_allclose(found.direct.ravel(), whole, atol=1e-5)
    layer, head, share = found.top(1)[0]
    assert share == found.direct[layer, head]
    assert abs(share) == np.abs(found.direct).max()
    pattern, spots = tiny.run(TINY.text, ("pattern",))["pattern"], places(tiny, TINY)
    np.testing.assert_allclose(found.looks[0], pattern[:, :, spots.end, spots.to], atol=1e-6)


def test_an_effect_is_what_one_patched_run_shows(tiny: LanguageModel) -> None:
    found = effects(tiny, [TINY])
    spots = places(tiny, TINY)
    base = measure(tiny, TINY).difference
    to, giver = answers(tiny, TINY)
    for rows, text, at in (
        (found.end, TINY.swapped, spots.end),
        (found.giver, TINY.third_named, spots.giver),
        (found.next, TINY.third_named, spots.next),
    ):
        source = tiny.run(text, ("z",))
        with tiny.patch(source, "z", layers=1, heads=[2], positions=[at]):
            logits = tiny.run(TINY.text, ("logits",)).logits_at()
        assert rows[0, 1, 2] == pytest.approx(base - (logits[to] - logits[giver]), abs=1e-4)


def test_a_head_of_the_last_layer_has_little_but_its_own_share(tiny: LanguageModel) -> None:
    """What is left after it is the last feed-forward part and the norm."""
    found = effects(tiny, [TINY])
    assert found.end.shape == (1, tiny.dims.n_layers, tiny.dims.n_heads)
    last, first = np.abs(found.end_indirect[0, -1]).mean(), np.abs(found.end_indirect[0, 0]).mean()
    assert last < first


def test_what_is_restored_is_what_one_patched_run_shows(tiny: LanguageModel) -> None:
    back = restored(tiny, TINY, [(0, 1), (2, 3)])
    assert back.shape == (2, 3)
    clean, (to, giver) = tiny.run(TINY.text, ("z",)), answers(tiny, TINY)
    before = tiny.run(TINY.swapped, ("logits",)).logits_at()
    with tiny.patch(clean, "z", layers=2, heads=[3], positions=[places(tiny, TINY).end]):
        after = tiny.run(TINY.swapped, ("logits",)).logits_at()
    rise = (after[to] - after[giver]) - (before[to] - before[giver])
    assert back[1, 0] == pytest.approx(rise, abs=1e-4)


def test_differences_with_heads_off(tiny: LanguageModel) -> None:
    pair = [TINY, replace(TINY, giver_first=True)]
    texts = {TINY.template: (TINY.third_gives, TINY.third_named)}
    off = [(0, 1), (2, 3)]
    none, some = indirect_circuit.differences(tiny, pair, texts, [[], off])
    np.testing.assert_allclose(
        none, [reading.difference for reading in measure_many(tiny, pair)], atol=1e-4
    )
    with tiny.ablate(heads=off, by="mean", reference=texts[TINY.template], per_position=True):
        again = [reading.difference for reading in measure_many(tiny, pair)]
    np.testing.assert_allclose(some, again, atol=1e-4)
    with pytest.raises(ValueError, match="3 prompts for 2 templates"):
        indirect_circuit.differences(tiny, [TINY] * 3, {"a": (), "b": ()}, [])


def test_a_word_of_several_tokens_has_the_probability_of_them_all(
    tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indirect_object, "VALET_WORDS", (" catx", " cat"))
    found = indirect_object.go_on(tiny, "the dog").words
    cat, x = tiny.token_ids(" catx", add_start=False)
    one, both = (
        next_token_distribution(tiny.run(text, ("logits",)).logits_at()).probs
        for text in ("the dog", "the dog cat")
    )
    assert found[" cat"][0] == pytest.approx(one[cat], abs=1e-6)
    assert found[" catx"][0] == pytest.approx(one[cat] * both[x], abs=1e-6)
    assert found[" catx"][1] == found[" cat"][1] == (one > one[cat]).sum() + 1


def test_random_heads_leave_the_circuit_out(tiny: LanguageModel) -> None:
    drawn = indirect_circuit.random_heads(tiny, 5, 4, without=[(0, 1), (1, 1)])
    assert len(drawn) == 4
    for heads in drawn:
        assert len(set(heads)) == 5
        assert not set(heads) & {(0, 1), (1, 1)}
    assert drawn == indirect_circuit.random_heads(tiny, 5, 4, without=[(0, 1), (1, 1)])
    with pytest.raises(ValueError, match="there are 18"):
        indirect_circuit.random_heads(tiny, 19, 1)


def test_the_study_runs_and_is_kept(
    tiny: LanguageModel, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("cat", "dog", "mat", "house", "river", "red", "the", "on")
    templates = ("{first} and {second} by {giver}", "and {first} {second} ran {giver} to")
    material = Material(tuple(f"a{text}" for text in templates), names, ("x",), ("y",))
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path))
    monkeypatch.setattr(indirect_object, "FILE", tmp_path / "indirect_object.safetensors")
    monkeypatch.setattr(indirect_object, "load_model", lambda **_: tiny)
    monkeypatch.setattr(indirect_object, "VALET_PROMPTS", ("the cat sat on",))
    monkeypatch.setattr(indirect_object, "VALET_WORDS", (" the", " dog"))
    monkeypatch.setattr(indirect_object, "DRAWS", 2)
    material = replace(material, templates=tuple(f"so {text}" for text in templates))
    monkeypatch.setitem(indirect_prompts.MATERIAL, "finding", material)
    monkeypatch.setitem(indirect_prompts.MATERIAL, "reporting", material)
    path = indirect_object.run()
    held = indirect_object.load(path)
    assert held.scores["finding"] == held.scores["reporting"]
    assert held.evidence.direct.shape == (3, tiny.dims.n_layers, tiny.dims.n_heads)
    assert held.whole.heads == len(held.circuit)
    assert [kept.heads for kept in held.curve] == sorted(kept.heads for kept in held.curve)
    assert all(found.classes and set(found.classes) <= set(CLASSES) for found in held.circuit)
    assert held.valet[0].words[" the"][1] >= 1
    before = path.stat().st_mtime_ns
    assert indirect_object.run().stat().st_mtime_ns == before


# --- the result that the package ships ----------------------------------------------------------


def test_it_belongs_to_the_prompts_and_to_its_own_evidence() -> None:
    held = indirect_object.load()
    assert held.provenance.settings["prompts"] == indirect_object.digest()
    assert indirect_object.FILE.stat().st_size < 100_000
    named = classes(held.evidence)
    assert {(each.layer, each.head): each.classes for each in held.circuit} == dict(named)
    assert held.whole.heads == len(held.circuit)
    for half in HALVES:
        rows = held.differences[half]
        np.testing.assert_allclose(held.scores[half].difference, with_interval(rows, 6), atol=1e-3)
        assert held.scores[half].right == pytest.approx((rows > 0).mean(), abs=1e-4)
    assert tuple(each.text for each in held.valet) == indirect_prompts.VALET_PROMPTS


def test_what_it_says_of_the_claims() -> None:
    """The chapter's sentences rest on these; a change of model or prompts must be noticed."""
    held = indirect_object.load()
    labels = {name: [each.label for each in held.of_class(name)] for name in CLASSES}
    assert labels["giver suppressor"] == ["L23H3"]
    assert labels["name mover"] == ["L23H0", "L23H2", "L23H7"]
    assert labels["inhibition"][:2] == ["L20H0", "L19H2"]
    assert labels["induction"][0] == "L17H4"
    assert labels["previous token"] == ["L16H0"]
    assert all(scores.right == 1 for scores in held.scores.values())
    # Few heads keep most of it, as many others none: but the interval is wide.
    assert held.whole.heads == 24
    assert 0.7 < held.whole.share[1] < held.whole.share[0] < held.whole.share[2] < 1.3
    assert max(held.whole.random) < held.whole.difference[1]
    # Those that write against the giver matter more than those that write the answer.
    off = held.switched_off
    assert off["giver suppressor"].share[2] < off["name mover"].share[1]
    # Wherever the two are named, the pattern wins: no valet, not even when he was mentioned.
    for each in held.valet[:6]:
        assert each.best[0][0] in ("·Mary", "·John")
    assert all(each.words[" valet"][0] < 0.001 for each in held.valet)


@pytest.mark.real_model
def test_a_random_sample_measured_again_is_the_same(lm: LanguageModel) -> None:
    held = indirect_object.load()
    assert held.provenance.weight_hash == lm.info.weight_hash
    for half in HALVES:
        at = random.Random().randrange(48)
        found = measure(lm, prompts(half)[at])
        assert found.difference == pytest.approx(held.differences[half][at], abs=5e-3)
    kept = random.Random().choice(held.valet)
    again = indirect_object.go_on(lm, kept.text)
    assert again.best[0][0] == kept.best[0][0]
    for word, (prob, _) in kept.words.items():
        assert again.words[word][0] == pytest.approx(prob, abs=1e-3)


@pytest.mark.slow
@pytest.mark.real_model
def test_the_circuit_tried_again_keeps_as_much(lm: LanguageModel) -> None:
    held = indirect_object.load()
    told, texts = prompts("reporting"), indirect_prompts.references("reporting")
    circuit = [(each.layer, each.head) for each in held.circuit]
    (rows,) = indirect_circuit.differences(lm, told, texts, [indirect_circuit.others(lm, circuit)])
    assert rows.mean() == pytest.approx(held.whole.difference[0], abs=0.01)
