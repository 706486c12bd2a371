"""Ids, bytes and what people are shown, on a few hundred odd strings."""

from __future__ import annotations

import itertools
import json
import unicodedata

import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st

from llm_viz.model import LanguageModel, show_token
from llm_viz.model.tokenizer import Tokenizer, decode_bytes
from tests.fixtures.odd_texts import ODD


def _byte_level() -> Tokenizer:
    """Pairs of bytes, as in GPT-2; every byte is a token."""
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    merges = [("t", "h"), ("Ġ", "th"), ("Ã", "©"), ("ð", "Ł"), ("Ġ", "ðŁ")]
    merged = ["".join(pair) for pair in merges]
    vocab = {token: i for i, token in enumerate([*letters, *merged])}
    fast = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocab, merges=merges))
    fast.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    fast.decoder = tokenizers.decoders.ByteLevel()
    return Tokenizer(fast, start_id=None)


BYTES = _byte_level()


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


# --- which characters a token covers ------------------------------------------------------------


def covered(held: Tokenizer, text: str) -> list[tuple[int, int]]:
    """The spans of byte-level tokens, counted from their bytes."""
    ends = list(itertools.accumulate(len(character.encode()) for character in text))
    starts = [0, *ends[:-1]]
    found, at = [], 0
    for i in held.token_ids(text, add_start=False):
        after = at + len(held.token_bytes(i))
        inside = [n for n in range(len(text)) if starts[n] < after and ends[n] > at]
        found.append((inside[0], inside[-1] + 1))
        at = after
    return found


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_byte_level_spans_are_those_of_the_bytes(text: str) -> None:
    assert BYTES.spans(text, add_start=False) == covered(BYTES, text)


@pytest.mark.real_model
def test_the_real_models_spans_are_those_of_the_bytes(lm: LanguageModel) -> None:
    for text in ODD:
        assert lm.tokenizer.spans(text, add_start=False) == covered(lm.tokenizer, text), text


def test_spans_belong_to_the_ids(tiny: LanguageModel) -> None:
    held = tiny.tokenizer
    for text in ("", "cat", "the cat", "<s>the cat", "a 👩‍👩‍👧 é"):
        assert len(held.spans(text)) == len(held.token_ids(text))
    assert held.spans("cat")[0] == (0, 0)
    assert held.spans("<s>cat")[0] == (0, 3)
    with pytest.raises(TypeError, match="int"):
        held.spans(3)
    with pytest.raises(ValueError, match="surrogate"):
        held.spans("a\ud800")


def test_wordpiece_spans_hold_the_pieces() -> None:
    vocab = {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "the": 3, "bank": 4, "##s": 5, "cafe": 6, ".": 7}
    fast = tokenizers.Tokenizer(tokenizers.models.WordPiece(vocab=vocab))
    fast.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    fast.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    held = Tokenizer(fast, start_id=1, end_id=2)
    text = "The  Banks, 👩‍👩‍👧 Cafe\u0301."
    told = [text[start:end] for start, end in held.spans(text)]
    assert told[:5] == ["", "The", "Bank", "s", ","]  # accents and case are the text's own
    assert told[-3:] == ["Cafe", ".", ""]
    assert len(told) == len(held.token_ids(text))
