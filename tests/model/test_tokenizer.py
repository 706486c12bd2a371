"""Ids, bytes and what people are shown, on a few hundred odd strings."""

from __future__ import annotations

import json
import unicodedata

import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st

from llm_viz.model import LanguageModel, show_token
from llm_viz.model.tokenizer import Tokenizer, decode_bytes
from tests.fixtures.odd_texts import ODD


@pytest.mark.real_model
def test_odd_strings_round_trip_and_digits_stand_alone(lm: LanguageModel) -> None:
    assert len(ODD) > 300
    for text in ODD:
        ids = lm.token_ids(text, add_start=False)
        assert b"".join(lm.tokenizer.token_bytes(i) for i in ids) == text.encode()
        assert lm.tokenizer.decode(ids) == text
        for i in ids:
            held = lm.tokenizer.token_bytes(i).decode(errors="ignore")
            assert sum(c.isnumeric() for c in held) <= 1 or not held.isascii(), held


@pytest.mark.real_model
@pytest.mark.parametrize(
    ("text", "ids"),
    [
        # Known ids of the published tokenizer; the plain GGUF conversion gets these wrong.
        ("a  12", [81, 256, 33, 34]),
        ("\n\n5", [1116, 37]),
        ("The capital of France is", [504, 3575, 282, 4649, 314]),
    ],
)
def test_known_ids(lm: LanguageModel, text: str, ids: list[int]) -> None:
    assert lm.token_ids(text) == [0, *ids]


@pytest.mark.real_model
def test_the_start_token_is_added_once(lm: LanguageModel) -> None:
    assert lm.token_ids("cat")[0] == 0
    assert lm.token_ids("<|endoftext|>cat") == lm.token_ids("cat")
    assert lm.token_ids("cat", add_start=False) == lm.token_ids("cat")[1:]
    assert lm.token_ids("") == [0]
    assert lm.tokens("")[0] == "<|endoftext|>"


@pytest.mark.real_model
def test_nothing_shown_is_invisible_or_broken(lm: LanguageModel) -> None:
    for i in range(len(lm.tokenizer)):
        shown = lm.tokenizer.show(i)
        assert shown
        assert "\ufffd" not in shown or "\ufffd".encode() in lm.tokenizer.token_bytes(i)
        assert shown.strip() == shown
        assert not unicodedata.category(shown[0]).startswith("M")
    assert lm.tokens("the cat") == ["<|endoftext|>", "the", "·cat"]
    assert "⟨F0⟩⟨9F⟩" in "".join(lm.tokens("👩‍👩‍👧"))


@pytest.mark.real_model
def test_the_vocabulary_asset_spells_every_token(lm: LanguageModel) -> None:
    table = json.loads(lm.tokenizer.vocabulary)
    assert len(table["tokens"]) == lm.dims.d_vocab == len(lm.tokenizer)
    for i, token in enumerate(table["tokens"]):
        exact = bytes(token) if isinstance(token, list) else token.encode()
        assert exact == lm.tokenizer.token_bytes(i)
    assert 0 in table["special"]


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        (" the", "·the"),
        ("  ", "··"),
        ("\n\t\r", "⏎⇥␍"),
        (b"\xf0\x9f", "⟨F0⟩⟨9F⟩"),
        ("\u200b", "⟨U+200B⟩"),
        ("\x00", "⟨U+0000⟩"),
        ("\u00a0", "⟨U+00A0⟩"),
        ("\u202e", "⟨U+202E⟩"),
        ("\u0301", "◌\u0301"),
        ("e\u0301", "e\u0301"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("❤️", "❤️"),
        ("👍🏽", "👍🏽"),
        ("a\u200db", "a⟨U+200D⟩b"),
        ("<b>", "<b>"),
        ("中", "中"),
    ],
)
def test_show_token(token: str | bytes, shown: str) -> None:
    assert show_token(token) == shown


@given(st.text(max_size=12))
def test_show_token_hides_nothing(token: str) -> None:
    shown = show_token(token)
    assert bool(shown) == bool(token)
    assert not any(c.isspace() for c in shown)


@given(st.binary(max_size=20))
def test_decode_bytes_never_fails_and_keeps_whole_text(data: bytes) -> None:
    text = decode_bytes(data)
    try:
        assert text == data.decode()
    except UnicodeDecodeError:
        assert "⟨" in text


def test_rows_beyond_the_tokenizer_are_named(tiny: LanguageModel) -> None:
    last = tiny.dims.d_vocab - 1
    assert tiny.tokenizer.show(last) == f"<unused {last}>"
    with pytest.raises(IndexError, match=f"0 to {last}"):
        tiny.tokenizer.token_bytes(last + 1)


def test_space_marks_and_byte_pieces_of_sentencepiece() -> None:
    vocab = {"<unk>": 0, "▁the": 1, "<0xE2>": 2, "▁": 3, "cat": 4}
    fast = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocab, merges=[], byte_fallback=True))
    fast.decoder = tokenizers.decoders.Sequence([tokenizers.decoders.Replace("▁", " ")])
    held = Tokenizer(fast, start_id=None)
    assert [held.show(i) for i in (1, 2, 4)] == ["·the", "⟨E2⟩", "cat"]


def test_a_tokenizer_survives_json(tiny: LanguageModel) -> None:
    again = Tokenizer.from_json(tiny.tokenizer.to_json())
    assert again.token_ids("the cat 😀") == tiny.token_ids("the cat 😀")
    assert again.vocabulary == tiny.tokenizer.vocabulary
    assert again.stop_ids == tiny.tokenizer.stop_ids
