"""Compression by a model: the same bytes come back, at the length that its probabilities give."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import llm_viz
from llm_viz.analyses import (
    CodeLength,
    bits_per_character,
    code_lengths,
    compress,
    decompress,
    other_compressors,
    pays_from,
    token_bits,
)
from llm_viz.analyses.compression import CONTEXT
from llm_viz.model import LanguageModel

TEXT = "the cat sat on the mat and the dog ran to the red house by the river. "
CHARACTERS = st.characters(exclude_categories=["Cs"])


@settings(max_examples=8, deadline=None)
@given(text=st.text(CHARACTERS, min_size=1, max_size=30))
def test_any_text_comes_back(tiny: LanguageModel, text: str) -> None:
    assert decompress(tiny, compress(tiny, text).data).encode() == text.encode()


@pytest.mark.parametrize("family", ["llama", "gpt2", "gpt_neox"])
@pytest.mark.parametrize("text", ["x", "café 猫 🙂\n\t</s><s>", TEXT])
def test_every_family_gives_it_back_at_the_ideal_length(
    family: str, text: str, tiny_folder
) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    made = compress(lm, text)
    assert decompress(lm, made.data) == text
    (ideal,) = code_lengths(lm, [text])
    assert made.tokens == len(lm.token_ids(text, add_start=False))
    assert made.length.bits == 8 * len(made.data)
    assert -0.01 < made.length.bits - made.header_bits - ideal.bits < 10.01


@pytest.mark.parametrize("start", [True, False])
@pytest.mark.parametrize("context", [2, 20])
def test_texts_longer_than_the_context(
    tiny: LanguageModel, start: bool, context: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not start:
        monkeypatch.setattr(tiny.tokenizer, "start_id", None)
    text = 2 * TEXT
    made = compress(tiny, text, context=context)
    assert made.tokens > 20 + 10
    assert decompress(tiny, made.data) == text
    (ideal,) = code_lengths(tiny, [text], context=context)
    assert -0.01 < made.length.bits - made.header_bits - ideal.bits < 10.01


def test_without_a_start_token_nothing_is_known_of_the_first(
    tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny.tokenizer, "start_id", None)
    (ideal,) = code_lengths(tiny, ["x"])
    assert ideal.bits == pytest.approx(np.log2(tiny.dims.d_vocab))


def test_the_ideal_length_is_what_the_model_says(tiny: LanguageModel) -> None:
    logits = tiny.run(TEXT)["logits"].astype(float)
    ids = tiny.token_ids(TEXT)
    probs = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    expected = [-np.log2(probs[i, token]) for i, token in enumerate(ids[1:])]
    np.testing.assert_allclose(token_bits(tiny, TEXT), expected, rtol=1e-4)
    (ideal,) = code_lengths(tiny, [TEXT])
    assert ideal.bits == pytest.approx(sum(expected), rel=1e-5)
    assert ideal.bits_per_character == ideal.bits / len(TEXT)


def test_a_length_is_told_by_character_and_by_byte() -> None:
    length = CodeLength(bits=24, characters=4, bytes=6)
    assert (length.bits_per_character, length.bits_per_byte) == (6, 4)


def test_texts_count_together_by_their_characters(tiny: LanguageModel) -> None:
    texts = ["x", "é", TEXT]
    lengths = code_lengths(tiny, texts)
    assert [each.characters for each in lengths] == [1, 1, len(TEXT)]
    assert [each.bytes for each in lengths] == [1, 2, len(TEXT)]
    together = sum(each.bits for each in lengths) / (2 + len(TEXT))
    assert bits_per_character(tiny, texts) == pytest.approx(together)


def test_others_compress_at_their_best() -> None:
    found = other_compressors(20 * TEXT)
    assert set(found) == {"gzip", "bzip2", "xz"}
    assert found["gzip"].bits == 8 * len(gzip.compress((20 * TEXT).encode(), 9, mtime=0))
    assert all(each.bits_per_byte < 1 for each in found.values())
    assert all(each.bits_per_byte > 8 for each in other_compressors("a").values())


def test_when_it_pays() -> None:
    assert pays_from(1.0, 3.0, 100) == 400
    assert pays_from(2.0, 2.0, 100) is None
    assert pays_from(3.0, 2.0, 100) is None
    with pytest.raises(ValueError, match="none can be below 0"):
        pays_from(1.0, -2.0, 100)


# --- bad input ----------------------------------------------------------------------------------


def test_an_empty_text_is_refused(tiny: LanguageModel) -> None:
    for work in (lambda: compress(tiny, ""), lambda: code_lengths(tiny, ["a", ""])):
        with pytest.raises(ValueError, match="the text is empty"):
            work()
    with pytest.raises(ValueError, match="the text is empty"):
        other_compressors("")
    with pytest.raises(ValueError, match="texts is empty"):
        bits_per_character(tiny, [])
    with pytest.raises(TypeError, match="one string"):
        code_lengths(tiny, "a text")


@pytest.mark.parametrize("context", [-1, 0, 1, 65])
def test_a_context_out_of_range_is_refused(tiny: LanguageModel, context: int) -> None:
    with pytest.raises(ValueError, match=f"context is {context}; expected 2 to .* 64"):
        compress(tiny, TEXT, context=context)
    with pytest.raises(ValueError, match=f"context is {context}"):
        code_lengths(tiny, [TEXT], context=context)


@pytest.mark.parametrize("data", [b"", b"short", b"a text that is no code at all"])
def test_what_is_no_code_is_refused(tiny: LanguageModel, data: bytes) -> None:
    with pytest.raises(ValueError, match="expected the data of a text"):
        decompress(tiny, data)


def test_another_model_is_refused(tiny: LanguageModel, tiny_folder) -> None:
    other = llm_viz.load_model(tiny_folder("gpt2"), device="cpu")
    with pytest.raises(ValueError, match="another model"):
        decompress(other, compress(tiny, TEXT).data)


def test_a_changed_model_does_not_go_unnoticed(tiny: LanguageModel) -> None:
    data = compress(tiny, TEXT).data
    with tiny.ablate(mlps=[0]):
        with pytest.raises(ValueError, match=r"not the text that was compressed|has ended"):
            decompress(tiny, data)


def test_altered_or_cut_data_does_not_go_unnoticed(tiny: LanguageModel) -> None:
    data = compress(tiny, TEXT).data
    for place in range(17, len(data) - 1, 7):
        altered = data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]
        with pytest.raises(ValueError, match=r"not the text that was compressed|has ended"):
            decompress(tiny, altered)
    with pytest.raises(ValueError, match=r"not the text that was compressed|has ended"):
        decompress(tiny, data[: len(data) // 2])
    with pytest.raises(ValueError, match="has ended"):
        decompress(tiny, data[:17])


def test_a_tokenizer_that_loses_bytes_is_refused(
    tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tiny.tokenizer.token_ids
    monkeypatch.setattr(
        tiny.tokenizer, "token_ids", lambda text, **how: kept(text.replace("é", ""), **how)
    )
    with pytest.raises(ValueError, match=r"does not keep character 3 of the text, 'é'"):
        compress(tiny, "caféx")
    with pytest.raises(ValueError, match="does not keep character 3"):
        code_lengths(tiny, ["café"])
    monkeypatch.setattr(tiny.tokenizer, "token_ids", lambda text, **how: kept(text + "!", **how))
    with pytest.raises(ValueError, match="does not keep character 1 of the text, 'b'"):
        compress(tiny, "ab")


# --- the real model -----------------------------------------------------------------------------


@pytest.mark.real_model
def test_the_real_model_gives_a_sentence_back(lm: LanguageModel) -> None:
    text = "The café at the corner sells the best bread in town."
    made = compress(lm, text)
    assert decompress(lm, made.data).encode() == text.encode()
    (ideal,) = code_lengths(lm, [text])
    assert -0.01 < made.length.bits - made.header_bits - ideal.bits < 10.01
    assert made.length.bits < min(each.bits for each in other_compressors(text).values())
    assert ideal.bits_per_byte < 2
    assert lm.dims.n_ctx > CONTEXT


@pytest.mark.real_model
def test_the_real_tokenizer_lacks_some_bytes(lm: LanguageModel) -> None:
    with pytest.raises(ValueError, match=r"does not keep character 2 of the text, '\\x04'"):
        compress(lm, "ab\x04c")
