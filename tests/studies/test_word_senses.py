"""The study of words in two senses: its sentences, what is shipped, and how it is made and kept."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import find_occurrence, sense_gap
from llm_viz.studies import word_senses
from llm_viz.studies.sense_results import CUES, SEED, alike, measure, of_model, read_word
from llm_viz.studies.sense_sentences import SCENES, WORDS, WordSenses

# Words that carry grammar rather than meaning: any sentence may have them.
GRAMMAR = set(
    re.findall(
        r"\w+",
        """
        a an the of in on at to and or but it its is was were be been by for from with as so
        that he she they we i his her him my our their me us had has have not no one two all
        any some out off up down over into onto through under after before until then when
        while because are may can could would will this there more only each other another
        had behind beside
        """,
    )
)


EVERY = (*WORDS, *SCENES)
KINDS = ("homonym", "homonym", "polyseme", "polyseme", "one sense", "one sense")


def parts(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


# --- the sentences ------------------------------------------------------------------------------


def test_there_are_eight_of_each_kind_with_six_sentences_a_sense() -> None:
    assert Counter(each.kind for each in WORDS) == {"homonym": 8, "polyseme": 8}
    assert Counter(each.kind for each in SCENES) == {"one sense": 8}
    assert len({each.word for each in EVERY}) == 24
    for each in EVERY:
        assert [len(sense) for sense in each.before] == [6, 6], each.word
        assert [len(sense) for sense in each.after] == [4 if each in WORDS else 0] * 2, each.word
    sentences = [text for each in EVERY for cue in CUES for s in getattr(each, cue) for text in s]
    assert len(set(sentences)) == len(sentences) == 16 * 20 + 8 * 12


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.word)
def test_no_word_but_the_cue_gives_a_sense_away(each) -> None:
    for sense in each.before:
        told = Counter(word for text in sense for word in set(parts(text)) - GRAMMAR)
        del told[each.word]
        assert max(told.values()) <= len(sense) / 2, told.most_common(2)
    for texts in (*each.before, *each.after):
        for text in texts:
            place = find_occurrence(text, each.word)
            assert text[place.start : place.end] == each.word  # the same form everywhere
            assert place.start > 0


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.word)
def test_the_senses_differ_neither_in_length_nor_in_place(each) -> None:
    lengths = [[len(parts(text)) for text in sense] for sense in each.before]
    places = [[parts(text).index(each.word) for text in sense] for sense in each.before]
    assert min(map(min, lengths)) >= 9
    assert max(map(max, lengths)) <= 15
    assert abs(np.mean(lengths[0]) - np.mean(lengths[1])) < 1.6
    assert abs(np.mean(places[0]) - np.mean(places[1])) < 1.6
    for sense in places:
        assert len(set(sense)) >= 3  # not always in the same place


@pytest.mark.parametrize("each", WORDS, ids=lambda each: each.word)
def test_with_the_cue_after_all_begin_alike_up_to_the_word(each) -> None:
    texts = [text for sense in each.after for text in sense]
    end = find_occurrence(texts[0], each.word).end
    assert {text[:end] for text in texts} == {texts[0][:end]}
    assert not set(each.after[0]) & set(each.after[1])


# --- the result that the package ships ----------------------------------------------------------


def test_it_belongs_to_the_sentences_and_is_small() -> None:
    study = word_senses.load()
    assert study.provenance.settings["sentences"] == word_senses.digest(EVERY)
    assert word_senses.FILE.stat().st_size < 200_000
    assert [(model.causal, model.n_layers) for model in study.models] == [(True, 30), (False, 6)]
    for model, cue in itertools.product(study.models, CUES):
        held, wanted = model.words[cue], EVERY if cue == "before" else WORDS
        assert [word.word for word in held] == [each.word for each in wanted]
        for word, each in zip(held, wanted, strict=True):
            texts = [text for sense in getattr(each, cue) for text in sense]
            assert list(word.sentences) == texts
            assert {t[a:b] for t, (a, b) in zip(texts, word.spans, strict=True)} == {each.word}
            assert word.points.shape == (len(texts), model.n_layers + 1, 2)
            assert (word.gap[:, 1] <= word.gap[:, 2]).all()
            assert (word.gap[0] == 0).all()  # the word's own entry, the same in every sentence
    assert study.models[0].word("bank").best == study.models[0].words["before"][0].best
    with pytest.raises(KeyError, match="no word 'jam'; it has bank, bat"):
        study.models[0].word("jam")


def test_what_it_says_of_the_claims() -> None:
    """The chapter's sentences rest on these; a change of model or sentences must be noticed."""
    causal, both = word_senses.load().models
    # CX3: in every word some layer parts the senses, and the interval mostly agrees.
    for model in (causal, both):
        sure = [word.gap[word.best, 1] > 0 for word in model.words["before"][:16]]
        assert sum(sure) >= 15
    assert (causal.best, both.best) == (10, 5)
    # CX1: polysemes are nearer in the causal model's middle layers; in the other nothing is sure.
    assert (causal.closeness.difference[5:25, 1] > 0).all()
    assert (causal.closeness.difference[25:, 1] < 0).all()
    assert causal.closeness.difference[10] == pytest.approx([0.145, 0.063, 0.230], abs=2e-3)
    assert both.closeness.difference[5] == pytest.approx([0.017, -0.003, 0.036], abs=2e-3)
    # Two subjects alone part a word of one sense too, but less than two senses do.
    assert (causal.scenes.difference[5:, 1] > 0).all()
    assert (causal.scenes.second[6:12, 1] > 0).all()
    # CX5: looking backwards, the word is the same whatever follows; looking both ways, it is not.
    assert (causal.apart == 0).all()
    assert (causal.same > 1 - 1e-12).all()
    assert (both.same < 0.95).all()
    for word in causal.words["after"]:
        assert (word.gap == 0).all()
        assert (word.points == word.points[:1]).all()
    assert (both.groups["after"].first[1:, 1] > 0).all()


@pytest.mark.real_model
@pytest.mark.parametrize("name", word_senses.MODELS)
def test_computed_again_it_is_the_same(lm, name) -> None:
    model = lm if name == "smollm2-135m" else llm_viz.load_model(name, device="cpu")
    held = next(m for m in word_senses.load().models if m.model == model.info.id)
    place = np.random.default_rng().integers(len(WORDS))
    each = WORDS[place]
    vectors = read_word(model, each)
    for cue, rows in (("before", vectors[:12]), ("after", vectors[12:])):
        shipped = held.word(each.word, cue)
        again = sense_gap(rows, shipped.marks, seed=SEED)
        np.testing.assert_allclose(again.gap, shipped.gap[:, 0], atol=2e-3, err_msg=each.word)
        np.testing.assert_allclose(again.low, shipped.gap[:, 1], atol=5e-3, err_msg=each.word)
    same, apart = alike(vectors[12:])
    assert same == pytest.approx(held.same[place], abs=1e-4)
    assert apart == pytest.approx(held.apart[place], abs=1e-3)
    own = measure(model, each.word, *each.before, each.senses)
    points = held.word(each.word).points.astype(float)
    np.testing.assert_allclose(own.points.astype(float), points, atol=2e-3)


# --- how it is made and kept --------------------------------------------------------------------


@pytest.fixture
def small(tiny, tmp_path, monkeypatch):
    """The study on four words and one tiny model, into a folder of its own."""
    made = tuple(
        WordSenses(
            word,
            kind,
            ("one", "other"),
            ((f"the {word} sat", f"a {word} ran to the house"), (f"red {word}", f"by the {word}")),
            ((), ())
            if kind == "one sense"
            else ((f"the {word} ran", f"the {word} on"), (f"the {word} by me", f"the {word}")),
        )
        for word, kind in zip(("cat", "dog", "mat", "river", "bird", "hat"), KINDS, strict=True)
    )
    words, scenes = made[:4], made[4:]
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(word_senses, "MODELS", ("tiny",))
    monkeypatch.setattr(word_senses, "WORDS", words)
    monkeypatch.setattr(word_senses, "SCENES", scenes)
    monkeypatch.setattr(word_senses, "load_model", lambda *_, **__: tiny)
    monkeypatch.setattr(word_senses, "FILE", tmp_path / "senses.safetensors")
    return made


def test_it_is_written_once_and_goes_on_where_it_stopped(small, tiny, monkeypatch) -> None:
    asked = []

    def stop_at_the_third(lm, each):
        asked.append(each.word)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return read_word(lm, each)

    monkeypatch.setattr(word_senses, "read_word", stop_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        word_senses.run()
    assert not word_senses.FILE.exists()
    file = word_senses.run()
    assert asked == ["cat", "dog", "mat", "mat", "river", "bird", "hat"]
    before = file.stat().st_mtime_ns
    assert word_senses.run().stat().st_mtime_ns == before
    assert len(asked) == 7
    word_senses.run(afresh=True)
    assert len(asked) == 13
    monkeypatch.setattr(word_senses, "WORDS", (replace(small[0], senses=("a", "b")), *small[1:4]))
    word_senses.run()
    assert len(asked) == 19


def test_what_is_written_is_what_was_computed(small, tiny) -> None:
    study = word_senses.load(word_senses.run())
    (model,) = study.models
    vectors = [read_word(tiny, each) for each in small]
    made = of_model(tiny.info.id, True, small, vectors)
    for cue in CUES:
        for one, other in zip(model.words[cue], made.words[cue], strict=True):
            assert (one.word, one.kind, one.senses) == (other.word, other.kind, other.senses)
            assert (one.sentences, one.spans, one.marks) == (
                other.sentences,
                other.spans,
                other.marks,
            )
            for name in ("points", "gap", "nearest"):
                np.testing.assert_allclose(
                    getattr(one, name).astype(float), getattr(other, name).astype(float), atol=1e-3
                )
        np.testing.assert_allclose(
            model.groups[cue].difference, made.groups[cue].difference, atol=1e-5
        )
    for name in word_senses.COMPARED:
        one, other = getattr(model, name), getattr(made, name)
        np.testing.assert_allclose(one.second, other.second, atol=1e-5)
    assert [len(made.words[cue]) for cue in CUES] == [6, 4]
    assert len(made.same) == len(made.apart) == 4
    assert (made.apart < 1e-5).all()
    assert "word_senses" in study.provenance.command


def test_own_sentences(tiny) -> None:
    first = ["the cat sat on the mat", "a mat by the *cat* and the cat"]
    second = ["the dog and the cat ran", "the river, the house, the cat"]
    own = measure(tiny, "cat", first, second, ("one", "other"))
    assert own.sentences[1] == "a mat by the cat and the cat"
    assert own.spans[1] == (13, 16)
    assert own.marks == (0, 0, 1, 1)
    assert own.points.shape == (4, tiny.dims.n_layers + 1, 2)
    for few in ((first[:1], second), (first, []), ([], second)):
        with pytest.raises(ValueError, match="at least two"):
            measure(tiny, "cat", *few)
    with pytest.raises(ValueError, match="'mouse' does not stand"):
        measure(tiny, "mouse", first, second)
