"""The study of pronoun and phrase heads: balanced sentences, heads chosen on other ones."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from llm_viz.model import LanguageModel
from llm_viz.studies import pronoun_heads as study

MALE = {he for he, _, _ in study.PEOPLE}


def test_neither_place_nor_person_stands_in_for_the_right_one() -> None:
    made = study.pronoun_sentences()
    assert len(made) == len({text for text, _, _ in made}) == 4 * len(study.PEOPLE) == 48
    first, nouns = Counter(), Counter()
    for text, noun, other in made:
        assert text.endswith(" he" if noun in MALE else " she")
        words = text.split()
        assert {words.count(noun), words.count(other)} == {1}
        first[words.index(noun) < words.index(other)] += 1
        nouns[noun] += 1
    assert first == {True: 24, False: 24}
    assert set(nouns.values()) == {2}


def test_every_second_word_ends_a_phrase_and_none() -> None:
    made = study.phrase_sentences()
    assert len(made) == 2 * len(study.PHRASES) == 24
    phrases = [phrase for couple in study.PHRASES for phrase in couple]
    assert len(set(phrases)) == 24
    for phrase, without, first in made:
        assert phrase.split()[-1] == without.split()[-1]
        assert phrase.split()[-2] == first != without.split()[-2]
        assert any(phrase.endswith(f" {each}") for each in phrases)
        assert not any(without.endswith(f" {each}") for each in phrases)


def test_a_head_is_chosen_on_one_half_and_told_of_the_other() -> None:
    right, other = np.zeros((8, 2, 3)), np.zeros((8, 2, 3))
    chooses = np.arange(8) // 2 % 2 == 0
    right[chooses, 1, 2] = 0.9  # the best on the half that chooses, and none on the other
    other[~chooses, 1, 2] = 0.4
    right[:, 0, 1] = 0.5
    lucky, good = study._chosen(right, other, group=2, k=2)
    assert (lucky.layer, lucky.head, good.layer, good.head) == (1, 2, 0, 1)
    assert lucky.chosen_on == study.Looks(pytest.approx(0.9), 0, 4, 4)
    assert lucky.reported == study.Looks(0, pytest.approx(0.4), 0, 4)
    assert good.reported == study.Looks(0.5, 0, 4, 4)


def test_a_model_without_the_words_says_which(tiny: LanguageModel) -> None:
    with pytest.raises(ValueError, match="is not one token"):
        study.pronoun_heads(tiny)
    with pytest.raises(ValueError, match="is not one token"):
        study.phrase_heads(tiny)


@pytest.mark.real_model
def test_some_heads_look_from_a_pronoun_to_its_noun(lm: LanguageModel) -> None:
    found = study.pronoun_heads(lm, 3)
    assert {(each.layer, each.head) for each in found} == {(9, 2), (15, 7), (9, 4)}
    for each in found:
        assert each.reported.of == 24
        assert each.reported.wins >= 22
        assert each.reported.right > 0.5
        assert each.reported.other < 0.15


@pytest.mark.real_model
def test_some_heads_join_the_words_of_a_phrase(lm: LanguageModel) -> None:
    best, second = study.phrase_heads(lm, 2)
    assert (best.layer, best.head, second.layer, second.head) == (3, 4, 2, 3)
    for each in (best, second):
        assert each.reported.wins >= 10
        assert each.reported.right > each.reported.other + 0.3
