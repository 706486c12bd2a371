"""The words in a Parquet file of one column of distinct words: what a wheel of vectors needs.

Not a Parquet reader. It knows the one layout that Arrow writes for such a column (Snappy, a
dictionary page, then pages in plain encoding) and saves a library of 40 MB for the sake of one
file. What that file must be is settled before, by its SHA-256.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

_DATA, _DICTIONARY = 0, 2  # kinds of page
_PLAIN = 0  # the encoding; any other here means: places in the dictionary


def read_words(path: Path) -> list[str]:
    """All words, in order.

    Raises:
        ValueError: the file is cut short or laid out in another way.
    """
    data = path.read_bytes()
    if data[:4] != b"PAR1" or data[-4:] != b"PAR1":
        raise ValueError(f"{path.name} is no whole Parquet file")
    footer = len(data) - 8 - struct.unpack("<I", data[-8:-4])[0]
    dictionary: list[str] = []
    words: list[str] = []
    in_dictionary = 0
    at = 4
    try:
        while at < footer:
            header, at = _read_struct(data, at)
            page, at = data[at : at + header[3]], at + header[3]
            if header[1] == _DICTIONARY:
                dictionary = _plain_words(_unsnappy(page), 0)
            elif header[1] == _DATA and header[5][2] == _PLAIN:
                page = _unsnappy(page)
                words += _plain_words(page, 4 + struct.unpack("<I", page[:4])[0])
            else:
                in_dictionary += header[5][1]
    except (IndexError, KeyError, struct.error, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is damaged ({error!r})") from error
    # The writer notes each word in the dictionary when it first comes. As no word comes twice, the
    # dictionary is the beginning of the column, and the places in it need not be read.
    if in_dictionary != len(dictionary) or len({*dictionary, *words}) != in_dictionary + len(words):
        raise ValueError(f"{path.name} does not hold one column of distinct words")
    return dictionary + words


def _plain_words(page: bytes, at: int) -> list[str]:
    """Words in plain encoding: each after its length."""
    words = []
    while at < len(page):
        (length,) = struct.unpack_from("<I", page, at)
        words.append(page[at + 4 : at + 4 + length].decode())
        at += 4 + length
    return words


def _read_number(data: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, lowest first; and where it ends."""
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number, at


def _read_struct(data: bytes, at: int) -> tuple[dict[int, Any], int]:
    """A page header in Thrift's compact protocol: values by field number; and where it ends."""
    fields: dict[int, Any] = {}
    number = 0
    while data[at]:
        step, kind = data[at] >> 4, data[at] & 15
        at += 1
        if not step:  # the field's number is too far from the last one's
            raise IndexError("an unknown page header")
        number += step
        if kind in (1, 2):
            fields[number] = kind == 1
        elif kind in (4, 5, 6):
            value, at = _read_number(data, at)
            fields[number] = value >> 1 ^ -(value & 1)
        elif kind == 8:
            length, at = _read_number(data, at)
            fields[number], at = data[at : at + length], at + length
        elif kind == 12:
            fields[number], at = _read_struct(data, at)
        else:
            raise IndexError("an unknown page header")
    return fields, at + 1


def _unsnappy(data: bytes) -> bytes:
    """Undo Snappy's compression: stretches of new bytes, and copies of bytes that were before."""
    size, at = _read_number(data, 0)
    out = bytearray()
    while at < len(data):
        tag, at = data[at], at + 1
        length = tag >> 2
        if tag & 3 == 0:
            if length >= 60:
                extra = length - 59
                length, at = int.from_bytes(data[at : at + extra], "little"), at + extra
            out += data[at : at + length + 1]
            at += length + 1
            continue
        if tag & 3 == 1:
            length, offset, at = (length & 7) + 4, tag >> 5 << 8 | data[at], at + 1
        else:
            extra = 2 if tag & 3 == 2 else 4
            offset, at = int.from_bytes(data[at : at + extra], "little"), at + extra
            length += 1
        if not 0 < offset <= len(out):
            raise IndexError("a copy from before the beginning")
        start = len(out) - offset
        if offset >= length:
            out += out[start : start + length]
        else:  # the copy runs into what it writes: a pattern that repeats
            pattern = bytes(out[start:])
            out += (pattern * (length // offset + 1))[:length]
    if len(out) != size:
        raise IndexError(f"{len(out)} bytes where {size} should be")
    return bytes(out)
