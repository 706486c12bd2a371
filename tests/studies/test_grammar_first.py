"""The study of grammar and meaning: its sentences, how it is made, and what is shipped."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from llm_viz.analyses import compare_groups, find_occurrence, half_way
from llm_viz.model import LanguageModel
from llm_viz.studies import grammar_first, word_senses
from llm_viz.studies.grammar_first import HOMONYMS, word_gap
from llm_viz.studies.grammar_sentences import NOUNS_OR_VERBS, NounOrVerb
from llm_viz.studies.sense_results import SEED
from llm_viz.studies.sense_sentences import WordSenses

# --- the sentences ------------------------------------------------------------------------------


def test_there_are_eight_words_with_six_sentences_a_side() -> None:
    assert len({each.word for each in NOUNS_OR_VERBS}) == len(NOUNS_OR_VERBS) == len(HOMONYMS) == 8
    for each in NOUNS_OR_VERBS:
        assert len(each.noun) == len(each.verb) == 6, each.word
    texts = [text for each in NOUNS_OR_VERBS for text in (*each.noun, *each.verb)]
    assert len(set(texts)) == len(texts) == 96


@pytest.mark.parametrize("each", NOUNS_OR_VERBS, ids=lambda each: each.word)
def test_the_word_stands_once_in_one_form_and_never_first(each: NounOrVerb) -> None:
    for text in (*each.noun, *each.verb):
        place = find_occurrence(text, each.word)  # it must be there once
        assert text[place.start : place.end] == each.word
        assert place.start > 0


@pytest.mark.parametrize("each", NOUNS_OR_VERBS, ids=lambda each: each.word)
def test_the_sides_differ_little_in_where_the_word_stands(each: NounOrVerb) -> None:
    places = [
        [text[: find_occurrence(text, each.word).start].count(" ") for text in side]
        for side in (each.noun, each.verb)
    ]
    assert abs(np.mean(places[0]) - np.mean(places[1])) < 2.5


# --- how it is made and kept --------------------------------------------------------------------


def test_the_study_runs_and_is_kept(
    tiny: LanguageModel, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sides = (("the {} sat", "by the {}", "a {} ran"), ("red {}", "house by red {}", "on red {}"))
    told = [
        [tuple(text.format(word) for text in side) for side in sides] for word in ("cat", "dog")
    ]
    words = tuple(NounOrVerb(w, *s) for w, s in zip(("cat", "dog"), told, strict=True))
    homonyms = tuple(
        WordSenses(w, "homonym", ("one", "other"), tuple(s), ((), ()))
        for w, s in zip(("cat", "dog"), told, strict=True)
    )
    monkeypatch.setattr(grammar_first, "FILE", tmp_path / "grammar_first.json")
    monkeypatch.setattr(grammar_first, "load_model", lambda **_: tiny)
    monkeypatch.setattr(grammar_first, "NOUNS_OR_VERBS", words)
    monkeypatch.setattr(grammar_first, "HOMONYMS", homonyms)
    path = grammar_first.run()
    held = grammar_first.load(path)
    depths = tiny.dims.n_layers + 1
    assert held.words == held.homonyms == ("cat", "dog")
    assert len(held.grammar) == len(held.meaning) == depths
    assert held.grammar[0] == (0, 0, 0)  # the word's own entry, the same in every sentence
    for gaps, means in ((held.grammar_gaps, held.grammar), (held.meaning_gaps, held.meaning)):
        again = [word_gap(tiny, word.word, (word.noun, word.verb)) for word in words]
        np.testing.assert_allclose(gaps, again, atol=1e-4)
        values = [value for value, _, _ in means]
        np.testing.assert_allclose(values, np.mean(again, axis=0), atol=1e-4)
    # the same sentences on both sides: the same depth, though the draws are others
    assert held.grammar_depth[0] == held.meaning_depth[0]
    assert 0 < held.earlier < 1
    assert "grammar_first" in held.provenance.command
    before = path.stat().st_mtime_ns
    assert grammar_first.run().stat().st_mtime_ns == before
    other = replace(words[0], noun=words[0].noun[:2])
    monkeypatch.setattr(grammar_first, "NOUNS_OR_VERBS", (other, words[1]))
    assert grammar_first.run().stat().st_mtime_ns > before


# --- the result that the package ships ----------------------------------------------------------


def test_it_belongs_to_the_sentences_and_to_its_own_gaps() -> None:
    held = grammar_first.load()
    settings = held.provenance.settings
    assert settings["sentences"] == word_senses.digest((*NOUNS_OR_VERBS, *HOMONYMS))
    assert grammar_first.FILE.stat().st_size < 10_000
    assert held.words == tuple(each.word for each in NOUNS_OR_VERBS)
    assert held.homonyms == tuple(each.word for each in HOMONYMS)
    gaps = np.array(held.grammar_gaps), np.array(held.meaning_gaps)
    means = compare_groups(*gaps, seed=SEED)
    np.testing.assert_allclose(held.grammar, means.first, atol=2e-4)
    np.testing.assert_allclose(held.meaning, means.second, atol=2e-4)
    grown = half_way(*gaps, seed=SEED)
    assert (held.grammar_depth, held.meaning_depth) == (grown.first, grown.second)
    assert held.earlier == pytest.approx(grown.earlier, abs=2e-3)


def test_its_meanings_are_those_of_the_other_study() -> None:
    held, (causal, _) = grammar_first.load(), word_senses.load().models
    assert held.provenance.model == causal.model
    for word, gaps in zip(held.homonyms, held.meaning_gaps, strict=True):
        np.testing.assert_allclose(gaps, causal.word(word).gap[:, 0], atol=2e-3, err_msg=word)


def test_what_it_says_of_the_claim() -> None:
    """The chapter's sentences rest on these; a change of model or sentences must be noticed."""
    held = grammar_first.load()
    assert held.grammar_depth == (2, 2, 2)
    assert held.meaning_depth == (5, 5, 6)
    assert held.earlier == 1
    # Early layers part by grammar and not by meaning; from then on they part by both, to the last.
    for depth in (2, 3, 4):
        assert held.grammar[depth][1] > 0.4
        assert held.meaning[depth][2] < 0.2
    assert all(low > 0.1 for _, low, _ in (*held.grammar[5:], *held.meaning[6:]))
    # So grammar does not give way to meaning: both are widest at the same depth.
    for told in (held.grammar, held.meaning):
        assert int(np.argmax([value for value, _, _ in told])) == 10


@pytest.mark.real_model
def test_a_random_word_computed_again_is_the_same(lm: LanguageModel) -> None:
    held = grammar_first.load()
    assert held.provenance.weight_hash == lm.info.weight_hash
    at = random.Random().randrange(len(NOUNS_OR_VERBS))
    each, homonym = NOUNS_OR_VERBS[at], HOMONYMS[at]
    found = word_gap(lm, each.word, (each.noun, each.verb))
    np.testing.assert_allclose(found, held.grammar_gaps[at], atol=2e-3, err_msg=each.word)
    found = word_gap(lm, homonym.word, homonym.before)
    np.testing.assert_allclose(found, held.meaning_gaps[at], atol=2e-3, err_msg=homonym.word)
