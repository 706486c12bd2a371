"""The words in a Parquet file: files written here byte by byte, and damage."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_viz.model import assets, parquet

words = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=30, unique=True)


def number(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def literal(data: bytes) -> bytes:
    """Snappy that compresses nothing."""
    if not data:
        return number(0)
    return number(len(data)) + bytes([61 << 2]) + struct.pack("<H", len(data) - 1) + data


def header(kind: int, size: int, packed: int, field: int, inside: dict[int, int]) -> bytes:
    def integers(values: dict[int, int], before: int = 0) -> bytes:
        out = b""
        for at, value in values.items():
            out += bytes([(at - before) << 4 | 5]) + number(value * 2)
            before = at
        return out

    told = integers({1: kind, 2: size, 3: packed})
    return told + bytes([(field - 3) << 4 | 12]) + integers(inside) + b"\0\0"


def spelt(some: list[str]) -> bytes:
    return b"".join(struct.pack("<I", len(w.encode())) + w.encode() for w in some)


def column(first: list[str], then: list[str]) -> bytes:
    """A file whose dictionary holds the first words, and a plain page the others."""
    out = b"PAR1"
    body = spelt(first)
    out += header(2, len(body), len(literal(body)), 7, {1: len(first), 2: 0}) + literal(body)
    places = literal(b"\1\1\1\1")
    out += header(0, 4, len(places), 5, {1: len(first), 2: 8}) + places
    body = struct.pack("<I", 2) + b"\2\1" + spelt(then)  # two bytes say that no word is missing
    out += header(0, len(body), len(literal(body)), 5, {1: len(then), 2: 0}) + literal(body)
    return out + b"{}" + struct.pack("<I", 2) + b"PAR1"


@given(words, st.data())
def test_words_come_in_order(tmp_path_factory, some, data) -> None:
    cut = data.draw(st.integers(0, len(some)))
    path = tmp_path_factory.mktemp("parquet") / "words.parquet"
    path.write_bytes(column(some[:cut], some[cut:]))
    assert parquet.read_words(path) == some


@pytest.mark.parametrize(
    ("packed", "plain"),
    [
        (b"\x03\x08abc", b"abc"),  # three new bytes
        (b"\x09\x08abc\x09\x03", b"abcabcabc"[:9]),  # six more from three back: one-byte offset
        (b"\x07\x08abc\x0e\x03\x00", b"abcabca"),  # four more: two-byte offset
        (b"\x07\x08abc\x0f\x03\x00\x00\x00", b"abcabca"),  # four-byte offset
        (b"\x08\x00a\x0d\x01", b"aaaaaaaa"),  # a copy that runs into itself
    ],
)
def test_snappy_by_hand(packed, plain) -> None:
    assert parquet._unsnappy(packed) == plain


@pytest.mark.parametrize(
    ("altered", "said"),
    [
        (lambda whole: whole[:-3], "no whole Parquet file"),
        (lambda whole: b"hello", "no whole Parquet file"),
        (lambda whole: whole[:4] + b"\xff" + whole[5:], "damaged"),
        (lambda whole: column(["cat", "dog"], ["cat"]), "distinct"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, altered, said) -> None:
    path = tmp_path / "words.parquet"
    path.write_bytes(altered(column(["cat"], ["dog"])))
    with pytest.raises(ValueError, match=said):
        parquet.read_words(path)


@pytest.mark.parametrize("packed", [b"\x05\x08abc", b"\x07\x08abc\x0e\x09\x00", b""])
def test_damaged_compression_is_noticed(packed) -> None:
    with pytest.raises(IndexError):
        parquet._unsnappy(packed)


def test_both_files_of_the_wheel_have_its_one_digest() -> None:
    assert assets.GLOVE_WORDS.sha256 == assets.GLOVE_VECTORS.sha256
    assert assets.GLOVE_WORDS.member != assets.GLOVE_VECTORS.member
