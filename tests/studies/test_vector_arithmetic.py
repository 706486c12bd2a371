"""The study of the vectors that feed-forward layers add: chosen and reported apart, recomputed."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from llm_viz.analyses import logit_lens
from llm_viz.model import LanguageModel, load_model
from llm_viz.studies import arithmetic_results as results
from llm_viz.studies import moved_vectors as measures
from llm_viz.studies import relation_prompts as prompts
from llm_viz.studies import vector_arithmetic as study
from llm_viz.studies.answer_scores import answer_scores, mean_over_items

WORDS = prompts.Relation(
    "word",
    "first",
    "second",
    (("cat", "mat"), ("dog", "red"), ("house", "ran"), ("river", "sat"), ("red", "by")),
    "the {} is",
    ("a {} is",),
    {"said again": "say {} or {}:", "repeated": prompts.REPEATED},
)
OTHER = prompts.Relation(
    "other", "first", "second", WORDS.items, "an {} is", ("by {} is",), {"said again": "{0}, {0},"}
)


@pytest.fixture(scope="module")
def held() -> study.VectorArithmetic:
    return study.load()


@pytest.fixture(scope="module")
def small(tiny: LanguageModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of the tiny model, which is told that it knows all."""
    folder = tmp_path_factory.mktemp("arithmetic")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "RELATIONS": (WORDS, OTHER),
            "ASKED": {"one": "cat mat {}", "two": "the {}"},
            "SHOWN": "dog",
            "FILE": folder / "arithmetic.safetensors",
            "SCALES": (1, 3),
            "load_model": lambda **_: tiny,
            "known_items": lambda relation, _scores: relation.items,
        }.items():
            patch.setattr(study, name, value)
        patch.setattr(measures, "SCALES", (1, 3))
        patch.setenv("LLM_VIZ_CACHE", str(folder / "cache"))
        return study.run()


# --- prompts --------------------------------------------------------------------------------


def test_words_stand_once_in_a_relation_and_in_every_prompt() -> None:
    for relation in prompts.RELATIONS:
        firsts = [first for first, _ in relation.items]
        assert len(set(firsts)) == len(firsts) >= 32
        assert len({second for _, second in relation.items}) == len(firsts)
        for template in (relation.asks, *relation.plain, *relation.says.values()):
            assert "wordhere" in prompts.filled(template, "wordhere")
            assert "{" not in prompts.filled(template, "wordhere")


def test_the_prompts_without_the_relation_end_as_those_with_it() -> None:
    for relation in prompts.RELATIONS:
        for template in relation.plain:
            assert template.split("{}")[-1] == relation.asks.split("{}")[-1]


def test_china_and_poland_are_reported() -> None:
    chosen_on, reported = measures.halves(prompts.RELATIONS[0], prompts.CAPITALS)
    assert not set(chosen_on) & set(reported)
    assert {("China", "Beijing"), ("Poland", "Warsaw")} <= set(reported)


def test_an_example_in_the_prompt_is_not_asked_for() -> None:
    template = prompts.ASKED["three examples, on lines"]
    left_out = set(prompts.CAPITALS) - set(measures.askable(prompts.RELATIONS[0], template))
    assert left_out == {("France", "Paris"), ("Spain", "Madrid"), ("Egypt", "Cairo")}


# --- scores ---------------------------------------------------------------------------------


def test_scores_are_exact() -> None:
    logits = np.array([[0.0, 2.0, 1.0, -3.0], [5.0, 5.0, 5.0, 5.0]], np.float32)
    found = answer_scores(logits, [2, 3])
    assert found[0, :, 1].tolist() == [2, 4]
    assert found[1, :, 1].tolist() == [1, 1]
    np.testing.assert_allclose(found[1, :, 0], np.log(0.25))
    whole = answer_scores(logits, range(4))[..., 0]
    np.testing.assert_allclose(np.exp(whole).sum(axis=1), 1)


def test_a_mean_lies_in_its_interval_and_needs_items() -> None:
    mean = mean_over_items(np.arange(20))
    assert mean.low < mean.value == 9.5 < mean.high
    assert mean_over_items(np.ones(4)) == (1, 1, 1)
    with pytest.raises(ValueError, match="no item"):
        mean_over_items(np.array([]))


def test_several_draws_of_an_item_count_once() -> None:
    rows = np.zeros((3, 2, 5), np.float32)
    rows[..., 1] = rows[..., 3] = rows[..., 4] = 1
    rows[0, 1, 3] = 7
    told = results.told(rows)
    assert told.items == 3
    assert told.first.value == pytest.approx(5 / 6)
    assert told.own.value == 1


# --- adding ---------------------------------------------------------------------------------


def test_a_vector_is_added_to_the_stream_at_the_last_position_only(tiny: LanguageModel) -> None:
    text = "the cat sat on the mat"
    vector = np.linspace(-1, 1, tiny.dims.d_model, dtype=np.float32)
    before = tiny.run(text, ("resid_post",))
    (edit,) = measures.added(tiny, text, 1, vector)
    with tiny.edit(edit):
        after = tiny.run(text, ("resid_post",))
    change = after["resid_post"] - before["resid_post"]
    np.testing.assert_allclose(change[1, -1], vector, atol=1e-5)
    assert not change[0].any()
    assert not change[1, :-1].any()
    assert change[2, -1].any()


def test_nothing_added_changes_nothing(tiny: LanguageModel) -> None:
    nothing = np.zeros(tiny.dims.d_model, np.float32)
    plan = measures.added(tiny, "the cat", 1, nothing)
    found = measures.tried(tiny, WORDS, "the {}", WORDS.items[0], plan)
    np.testing.assert_allclose(found[0], found[1], atol=1e-5)


def test_a_gpt2_is_moved_and_read_in_the_same_way(tiny_folder) -> None:
    """The cell for readers with the network does so with GPT-2 medium."""
    gpt2 = load_model(tiny_folder("gpt2"), device="cpu")
    mean = measures.item_vectors(gpt2, WORDS, WORDS.items[::2]).mean(axis=0)[0]
    assert mean.shape == (gpt2.dims.n_layers, gpt2.dims.d_model)
    text = "river, river,"
    (edit,) = measures.added(gpt2, text, 1, mean[1])
    before = logit_lens(gpt2, text, tokens=[" red"], positions=[-1]).paths.log_probs[:, 0, 0]
    with gpt2.edit(edit):
        after = logit_lens(gpt2, text, tokens=[" red"], positions=[-1]).paths.log_probs[:, 0, 0]
    np.testing.assert_array_equal(before[:2], after[:2])  # the embedding, and after layer 0
    assert (before[2:] != after[2:]).all()


def test_controls_are_of_one_size_and_none_is_the_vector(tiny: LanguageModel) -> None:
    held = {
        relation.name: measures.item_vectors(tiny, relation, relation.items[::2])
        for relation in (WORDS, OTHER)
    }
    made = measures.variants(held, "word", layer=2, scale=4)
    vector = made.pop("the vector")
    np.testing.assert_allclose(vector, 4 * held["word"].mean(axis=0)[0, 2], rtol=1e-6)
    del made["the layer's attention"]
    assert set(made) == {"turned round", "that of other", "random 0", "random 1", "random 2"}
    for each in made.values():
        assert np.linalg.norm(each) == pytest.approx(np.linalg.norm(vector), rel=1e-4)
        assert not np.allclose(each, vector)


def test_no_item_is_tried_with_its_own_vector(
    tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = WORDS.items[:3]
    vectors = np.zeros((3, tiny.dims.n_layers, tiny.dims.d_model), np.float32)
    vectors[:, :] = np.array([1, 10, 100])[:, None, None]
    seen: list[float] = []

    def kept(_lm: object, _text: object, _layer: int, *added: np.ndarray) -> tuple[()]:
        seen.append(float(added[0][0]))
        return ()

    monkeypatch.setattr(measures, "added", kept)
    monkeypatch.setattr(measures, "SCALES", (1,))
    monkeypatch.setattr(
        measures, "tried", lambda *_: np.zeros((1 + tiny.dims.n_layers, len(results.COLUMNS)))
    )
    measures.grid(tiny, WORDS, items, vectors)
    assert sorted(set(seen)) == [5.5, 50.5, 55]


# --- the whole ------------------------------------------------------------------------------


def test_the_study_runs_and_is_kept(small: Path, tiny: LanguageModel) -> None:
    found = study.load(small)
    relation = found.relations["word"]
    depth, layers = tiny.dims.n_layers + 1, tiny.dims.n_layers
    assert relation.ways.shape == (5, depth, 2, 2)
    assert relation.grid.shape == (3, layers, 2)
    assert relation.reported == WORDS.items[1::2]
    best = relation.grid.mean(axis=0)
    chosen = best[relation.layer, relation.scales.index(relation.scale)]
    assert chosen == best.max()
    assert relation.by_layer.shape == (2, layers, 5)
    assert relation.without.shape == (2, 1 + layers, 5)
    again = relation.moved["said again"]
    np.testing.assert_allclose(again.scores[:, 1], relation.by_layer[:, relation.layer], atol=1e-4)
    at = relation.scales.index(relation.scale)
    np.testing.assert_allclose(again.scores[:, 1], relation.by_scale[:, at], atol=1e-4)
    assert {"cat mat {}"} == {each.template for each in found.asked if each.name == "one"}
    assert found.ways["one"].shape == (depth, 2, 2)


def test_pushes_add_up_to_the_difference_of_the_logits(small: Path, tiny: LanguageModel) -> None:
    relation = study.load(small).relations["word"]
    for (given, answer), row in zip(relation.known, relation.pushes, strict=True):
        logits = tiny.run(prompts.filled(WORDS.asks, given), ("logits",))["logits"][-1]
        wanted = logits[tiny.token_id(f" {answer}")] - logits[tiny.token_id(f" {given}")]
        assert row.sum() == pytest.approx(float(wanted), abs=1e-4)


def test_what_was_not_tried_is_said(small: Path) -> None:
    relation = study.load(small).relations["word"]
    with pytest.raises(ValueError, match="scale 5 was not tried"):
        relation.scale_told(5)
    with pytest.raises(KeyError, match="was not added"):
        relation.moved["repeated"].rise("nonsense")
    with pytest.raises(KeyError, match="is not reported"):
        relation.moved["repeated"].of("cat")


def test_a_model_without_the_words_says_which(tiny: LanguageModel) -> None:
    with pytest.raises(ValueError, match="is not one token"):
        measures.asked_scores(tiny, "{}", prompts.CAPITALS[:1])


# --- the real model -------------------------------------------------------------------------


@pytest.mark.real_model
def test_a_random_sample_measured_again_gives_the_same(
    lm: LanguageModel, held: study.VectorArithmetic
) -> None:
    assert held.provenance.weight_hash == lm.info.weight_hash
    chance = random.Random()
    relation = chance.choice(prompts.RELATIONS)
    found = held.relations[relation.name]
    at = chance.randrange(len(found.reported))
    item = found.reported[at]
    context, moved = chance.choice(list(found.moved.items()))
    text = prompts.filled(relation.says[context], item[0])
    plan = measures.added(lm, text, found.layer, found.scale * found.vector)
    again = measures.tried(lm, relation, relation.says[context], item, plan)
    np.testing.assert_allclose(again[:, ::2][:, :2], moved.scores[at, :2, ::2][:, :2], atol=2e-3)
    place = found.known.index(item)
    way = measures.way(lm, prompts.filled(relation.asks, item[0]), item)
    np.testing.assert_allclose(way[..., 0], found.ways[place, ..., 0], atol=2e-3)
    pushed = measures.pushed(lm, relation, item)
    assert pushed.labels == found.components
    np.testing.assert_allclose(pushed.contributions[:, 0], found.pushes[place], atol=2e-3)


@pytest.mark.real_model
def test_the_vector_is_the_mean_of_those_that_choose(
    lm: LanguageModel, held: study.VectorArithmetic
) -> None:
    relation = prompts.RELATIONS[0]
    found = held.relations[relation.name]
    chosen_on, reported = measures.halves(relation, found.known)
    assert reported == found.reported
    again = measures.item_vectors(lm, relation, chosen_on).mean(axis=0)[0, found.layer]
    np.testing.assert_allclose(again, found.vector, atol=1e-3)


def test_no_word_needs_to_be_guessed(held: study.VectorArithmetic) -> None:
    """Excluded items are counted, and none is reported that chose."""
    for relation in prompts.RELATIONS:
        found = held.relations[relation.name]
        assert len(found.known) + len(found.unknown) == len(relation.items)
        chosen_on, reported = measures.halves(relation, found.known)
        assert found.reported == reported
        assert len(found.grid) == len(chosen_on) >= 16
        assert len(reported) >= 16


def test_china_becomes_beijing_and_by_no_control(held: study.VectorArithmetic) -> None:
    """FF4: what the chapter says, in so many numbers."""
    found = held.relations["capital"]
    again = found.moved["said again"]
    assert (found.layer, found.scale) == (24, 4)
    before, after = again.of("China", "nothing"), again.of("China")
    assert (before["given_rank"], after["answer_rank"]) == (1, 1)
    assert before["answer_rank"] > 1
    moved = again.told()
    assert moved.items >= 16
    for control in ("nothing", "random", "that of past", "that of case", "the layer's attention"):
        told = again.told(control)
        assert told.first.high < moved.first.low
        assert told.answer.high < moved.answer.low
    assert again.told("nothing").own.value > moved.own.value  # it says "a capital", not which


def test_past_and_case_can_be_moved_too(held: study.VectorArithmetic) -> None:
    """FF5, likewise."""
    for name in ("past", "case"):
        for moved in held.relations[name].moved.values():
            assert moved.said.sum() >= 14
            assert moved.rise().low > max(2, moved.rise("random").high)
            assert moved.told().answer.low > moved.told("random").answer.high


def test_what_the_parts_push_is_told_with_all_items(held: study.VectorArithmetic) -> None:
    """The feed-forward layers push the second word, the attention on the whole does not."""
    for found in held.relations.values():
        assert len(found.pushes) == len(found.known) >= 20
        assert found.pushed_by("FFN").low > 3 > found.pushed_by("attention").high
    pushes = held.relations["capital"].mean_pushes("FFN")
    assert max(pushes, key=lambda name: pushes[name].value) == "L24 FFN"
