"""A word in sentences: where it stands, which tokens are its own, and what their vectors are."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz.analyses import Occurrence, find_occurrence, word_vectors


@pytest.mark.parametrize(
    ("sentence", "word", "place"),
    [
        ("They walked to the bank.", "bank", (19, 23)),
        ("Bank", "bank", (0, 4)),
        ("A bank's banknotes, embanked", "bank", (2, 6)),
        ("🙂👩‍👩‍👧 é bank", "bank", (9, 13)),
        ("a piggy bank now", "piggy bank", (2, 12)),
        ("2 * 3 bank * 4", "bank", (6, 10)),
    ],
)
def test_a_word_is_found_where_it_stands_alone(sentence, word, place) -> None:
    found = find_occurrence(sentence, word)
    assert found == Occurrence(sentence, *place)
    assert found.text[found.start : found.end].lower() == word


@pytest.mark.parametrize(
    ("sentence", "word", "text", "start"),
    [
        ("From bank to *bank*.", "bank", "From bank to bank.", 13),
        ("From *Bank* to bank.", "bank", "From Bank to bank.", 5),
        ("我去*银行*存钱", "银行", "我去银行存钱", 2),
        ("em*bank*ment", "bank", "embankment", 2),
    ],
)
def test_a_marked_word_is_the_one_and_its_stars_go(sentence, word, text, start) -> None:
    assert find_occurrence(sentence, word) == Occurrence(text, start, start + len(word))


@pytest.mark.parametrize(
    ("sentence", "word", "told"),
    [
        ("They banked on it.", "bank", "'bank' does not stand in 'They banked on it.'"),
        ("", "bank", "does not stand in ''"),
        ("x" * 300 + " y", "bank", "…"),
        ("From bank to bank.", "bank", r"stands 2 times .* as in \*bank\*"),
        ("*bank* to *bank*", "bank", "marked 2 times"),
        ("They walked.", " ", "the word is empty"),
    ],
)
def test_a_word_that_cannot_be_told_is_refused(sentence, word, told) -> None:
    with pytest.raises(ValueError, match=told):
        find_occurrence(sentence, word)


def test_vectors_are_those_of_the_words_tokens_at_every_depth(tiny) -> None:
    sentences = ["the cat sat on the mat", "dog", "the red dog", "a zebra by the river"]
    made = word_vectors(tiny, sentences[:1], "cat")
    trace = tiny.run(sentences[0], sites=("embed", "resid_post"))
    assert made.vectors.shape == (1, tiny.dims.n_layers + 1, tiny.dims.d_model)
    assert made.vectors.dtype == np.float32
    (at,) = made.positions
    assert "".join(made.tokens[0]) == "·cat"
    np.testing.assert_array_equal(made.vectors[0, 0], trace["embed"][list(at)].mean(axis=0))
    np.testing.assert_array_equal(
        made.vectors[0, 1:], trace["resid_post"][:, list(at)].mean(axis=1)
    )
    # texts of one word and of two; a word cut into several tokens
    for sentence, word in ((sentences[1], "dog"), (sentences[2], "dog"), (sentences[3], "zebra")):
        made = word_vectors(tiny, [sentence], word)
        assert "".join(made.tokens[0]).strip("·") == word
        assert np.isfinite(made.vectors).all()
    assert len(made.positions[0]) > 1


def test_the_marked_word_is_the_one_that_is_read(tiny) -> None:
    first, second = word_vectors(
        tiny, ["the *cat* sat by the cat", "the cat sat by the *cat*"], "cat"
    ).positions
    assert max(first) < min(second)


def test_what_cannot_be_read_is_refused(tiny) -> None:
    with pytest.raises(TypeError, match="one string"):
        word_vectors(tiny, "the cat", "cat")
    with pytest.raises(ValueError, match="no sentence"):
        word_vectors(tiny, [], "cat")
    with pytest.raises(ValueError, match="reads at most 64"):
        word_vectors(tiny, ["cat " + "dog " * 200], "cat")
    with pytest.raises(ValueError, match="does not stand"):
        word_vectors(tiny, ["the cat", "the dog"], "cat")


@pytest.mark.real_model
def test_a_model_that_looks_both_ways_goes_through_the_same_door(lm) -> None:
    import llm_viz

    encoder = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    sentences = ["They walked to the bank because the rent was due.", "The Bank, it said, is shut."]
    for model, tokens in ((lm, "·bank"), (encoder, "bank")):
        made = word_vectors(model, sentences, "bank")
        assert made.vectors.shape == (2, model.dims.n_layers + 1, model.dims.d_model)
        assert made.tokens[0] == (tokens,)
        assert [text.text[text.start : text.end] for text in made.places] == ["bank", "Bank"]
