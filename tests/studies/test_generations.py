"""The study of many texts: what it holds is what the model gives, and how it is kept."""

from __future__ import annotations

import random

import numpy as np
import pytest

from llm_viz import next_token_distribution
from llm_viz.analyses import likeness
from llm_viz.model import Generation, LanguageModel, Sampling
from llm_viz.model.interventions import NO_EDITS
from llm_viz.model.reading import read
from llm_viz.studies import generations
from llm_viz.studies.results import Parts, Provenance, read_json, write_json

SAMPLE = 6
ROUNDING = 1e-4  # of a cumulative probability


@pytest.fixture
def small(tiny: LanguageModel, tmp_path, monkeypatch):
    """The study on a tiny model, into a folder of its own."""
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(generations, "load_model", lambda: tiny)
    monkeypatch.setattr(generations, "FILE", tmp_path / "generations.json")
    monkeypatch.setattr(generations, "PROMPTS", ("the cat", "the dog"))
    monkeypatch.setattr(generations, "TOKENS", 5)
    return tmp_path / "generations.json"


# --- the result that the package ships ----------------------------------------------------------


def test_it_holds_every_prompt_temperature_and_seed() -> None:
    study = generations.load()
    drawn = {(t.prompt, t.sampling.temperature, t.sampling.seed) for t in study.texts}
    expected = {
        (prompt, temperature, seed)
        for prompt in generations.PROMPTS
        for temperature in generations.TEMPERATURES
        for seed in (generations.SEEDS if temperature else generations.SEEDS[:1])
    }
    assert drawn == expected
    assert len(study.texts) == len(expected)
    assert study.tokens_per_second > 0
    assert study.provenance.device
    assert study.provenance.settings["prompts"] == list(generations.PROMPTS)


def test_its_probabilities_are_probabilities() -> None:
    for text in generations.load().texts:
        assert 0 < len(text.steps) <= generations.TOKENS
        for step in text.steps:
            assert 0 < step.prob <= 1
            assert 0 < step.chance <= 1
            assert len(step.alternatives) == generations.ALTERNATIVES
            assert sum(a.chance for a in step.alternatives) <= 1.02
            chances = [a.chance for a in step.alternatives]
            assert chances == sorted(chances, reverse=True)
            if text.sampling.temperature == 0:
                assert step.token_id == step.alternatives[0].token_id
            if text.sampling.temperature == 1:
                assert step.prob == step.chance


@pytest.mark.real_model
def test_a_random_sample_computed_again_is_the_same(lm: LanguageModel) -> None:
    study = generations.load()
    assert study.provenance.weight_hash == lm.info.weight_hash
    greedy = [text for text in study.texts if text.sampling.temperature == 0]
    drawn = [text for text in study.texts if text.sampling.temperature > 0]
    chance = random.Random()  # another sample each time
    for held in [chance.choice(greedy), *chance.sample(drawn, SAMPLE)]:
        check_written_by(lm, held)


def check_written_by(lm: LanguageModel, held: Generation) -> None:
    """Each token is the one that this text, this seed's luck and this model lead to.

    The text is read rather than written again: far out in the tail tokens lie so close together
    that another order of the same sums may draw the neighbour, and from there on all is different.
    """
    at = held.sampling
    generator = np.random.default_rng(at.seed)
    ids = lm.token_ids(held.prompt)
    start = len(ids) - 1
    (arrays, _rows), *_ = read(lm.network, NO_EDITS, [ids + held.token_ids], ("logits",), None)
    for i, step in enumerate(held.steps):
        made = next_token_distribution(arrays["logits"][start + i], at.temperature)
        place = int(np.flatnonzero(made.order == step.token_id)[0])
        before, after = np.cumsum(made.probs[made.order])[[place - 1, place]]
        luck = generator.random() if at.temperature else 0.0
        assert (before if place else 0) - ROUNDING <= luck <= after + ROUNDING, (held, i)
        assert made.probs[step.token_id] == pytest.approx(step.chance, rel=0.06)
        best = made.probs[made.order[: generations.ALTERNATIVES]]
        for old, new in zip(step.alternatives, best, strict=True):
            assert new == pytest.approx(old.chance, rel=0.06)


# --- how it is made and kept --------------------------------------------------------------------


def test_packing_keeps_all_but_the_last_digits(tiny: LanguageModel) -> None:
    samplings = [Sampling(t, seed=s) for t in (0, 1.0, 3.0) for s in (1, 2)]
    made = tiny.generate_many("the cat", samplings, 12, alternatives=3)
    for old, new in zip(made, generations.unpack(generations.pack(made)), strict=True):
        assert (new.prompt, new.text, new.stopped) == (old.prompt, old.text, old.stopped)
        assert new.sampling == old.sampling
        assert new.tokens == old.tokens
        for a, b in zip(old.steps, new.steps, strict=True):
            assert b.chance == pytest.approx(a.chance, rel=0.06)
            assert [c.token for c in b.alternatives] == [c.token for c in a.alternatives]


@pytest.mark.parametrize(
    ("probability", "percent"),
    [(1, 100), (0, 0), (0.99999, 99.9), (0.12345, 12.3), (0.5, 50), (0.00012345, 0.012)],
)
def test_probabilities_are_kept_short_and_never_become_certain(probability, percent) -> None:
    assert generations._percent(probability) == percent


def test_the_study_is_written_once_and_made_again_on_request(small, tiny, monkeypatch) -> None:
    assert generations.run() == small
    study = generations.load(small)
    assert len(study.texts) == 2 * (1 + 5 * 6)
    found = study.find("the dog", 1.0, 3)
    assert found.token_ids == tiny.generate("the dog", 5, 1.0, seed=3).token_ids
    assert study.find("the dog", 0, 4).token_ids == tiny.generate("the dog", 5, 0).token_ids
    with pytest.raises(KeyError, match="no text of 'the bird'"):
        study.find("the bird", 1.0, 3)
    before = small.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(generations, "write", lambda *_, **__: pytest.fail("it was up to date"))
        generations.run()
    assert small.read_bytes() == before
    small.write_bytes(before.replace(b'"tokens":5', b'"tokens":4'))  # other settings
    generations.run()
    assert generations.load(small).provenance == study.provenance


def test_an_interrupted_study_goes_on_where_it_stopped(small, monkeypatch) -> None:
    write, asked = generations.write, []

    def stop_at_the_second(lm, prompt, *args, **kwargs) -> list[Generation]:
        asked.append(prompt)
        if asked == ["the cat", "the dog"]:
            raise KeyboardInterrupt
        return write(lm, prompt, *args, **kwargs)

    monkeypatch.setattr(generations, "write", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        generations.run()
    assert not small.exists()
    generations.run()
    assert asked == ["the cat", "the dog", "the dog"]
    assert len(generations.load(small).texts) == 62
    assert not list((small.parent / "cache" / "studies").iterdir())


def test_how_alike_texts_are_is_measured_within_and_across_prompts(tiny) -> None:
    made = [
        text
        for prompt in ("the cat", "the dog")
        for text in generations.write(tiny, prompt, (0, 2.0), (1, 2, 3), 8)
    ]
    still, warm = generations.alike(made)
    assert still.shared == {"the cat": 1, "the dog": 1}
    assert still.different == {"the cat": 1, "the dog": 1}
    of = {(t.prompt, t.sampling.temperature, t.sampling.seed): t.token_ids for t in made}
    cats = likeness([of["the cat", 2.0, seed] for seed in (1, 2, 3)])
    assert warm.shared["the cat"] == cats.shared
    assert warm.different["the cat"] == cats.different
    pairs = [likeness([of[p, 2.0, seed] for p in ("the cat", "the dog")]) for seed in (1, 2, 3)]
    assert warm.unrelated == pytest.approx(sum(pair.shared for pair in pairs) / 3)


def test_texts_of_one_prompt_have_no_strangers(tiny: LanguageModel) -> None:
    made = generations.write(tiny, "the cat", (1.0,), (1,), 3)
    (found,) = generations.alike(made)
    assert (found.shared, found.unrelated) == ({}, None)


def test_parts_of_other_settings_are_not_mistaken_for_these(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path))
    assert Parts("study", "weights", {"n": 1}).get("one", lambda: [1]) == [1]
    assert Parts("study", "weights", {"n": 1}).get("one", lambda: pytest.fail("made twice")) == [1]
    assert Parts("study", "weights", {"n": 2}).get("one", lambda: [2]) == [2]


def test_provenance_says_what_made_it(tiny: LanguageModel, tmp_path) -> None:
    made = Provenance.of(
        "generations", tiny.info.id, tiny.info.weight_hash, {"seeds": [1]}, ("numpy", "torch")
    )
    assert made.command == "python -m llm_viz.studies generations"
    assert {"python", "torch", "llm-viz"} <= made.versions.keys()
    assert made.agrees(tiny.info.weight_hash, {"seeds": [1]})
    assert not made.agrees(tiny.info.weight_hash, {"seeds": [2]})
    write_json(tmp_path / "a.json", {"ä": 1})
    assert read_json(tmp_path / "a.json") == {"ä": 1}
