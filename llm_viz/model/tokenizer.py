"""`Tokenizer`: text to token ids and back, and how a token is shown to people.

A thin layer over the tokenizers library. It adds what the library leaves open: the start token, the
bytes behind every token, and one rule for showing a token so that nothing is invisible or broken
(`show_token`; `js/src/show.js` follows the same rule). Building one from a GGUF file is left to
`llm_viz.model.gguf_file`.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import tokenizers

_INVISIBLE = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp", "Zs"}
_NAMED = {" ": "·", "\n": "⏎", "\t": "⇥", "\r": "␍"}
_JOINERS = {"\u200d", "\ufe0f"}
_SKIN_TONES = {chr(code) for code in range(0x1F3FB, 0x1F400)}


def show_token(token: str | bytes) -> str:
    r"""A token as shown to people: every character visible, no character broken.

    Args:
        token: its text; or its bytes, where they are not whole UTF-8 characters.

    Examples:
        >>> show_token(" the"), show_token("\n"), show_token(b"\xf0\x9f")
        ('·the', '⏎', '⟨F0⟩⟨9F⟩')
    """
    if isinstance(token, bytes):
        return "".join(f"⟨{byte:02X}⟩" for byte in token)
    shown = []
    before = ""
    for character in token:
        if character in _NAMED:
            shown.append(_NAMED[character])
        elif character in _JOINERS and _holds_emoji_together(before):
            shown.append(character)
        elif unicodedata.category(character) in _INVISIBLE:
            shown.append(f"⟨U+{ord(character):04X}⟩")
        elif not before and unicodedata.category(character).startswith("M"):
            shown.append("\u25cc" + character)
        else:
            shown.append(character)
        before = character
    return "".join(shown)


def decode_bytes(data: bytes) -> str:
    """Bytes as text; bytes that are not whole UTF-8 characters are shown as such."""
    parts = []
    while data:
        try:
            parts.append(data.decode())
            break
        except UnicodeDecodeError as error:
            parts.append(data[: error.start].decode() + show_token(data[error.start : error.end]))
            data = data[error.end :]
    return "".join(parts)


class Tokenizer:
    """Cuts a text into tokens.

    Args:
        fast: a tokenizer of the tokenizers library.
        start_id: the token that stands before every text, or None.
        end_id: the token that must close every text (encoders only), or None.
        stop_ids: tokens at which a generated text ends.
        size: rows of the model's vocabulary; some have more than the tokenizer has tokens, and the
            rows left over are called ``<unused 50300>``.
    """

    def __init__(
        self,
        fast: tokenizers.Tokenizer,
        *,
        start_id: int | None,
        end_id: int | None = None,
        stop_ids: Sequence[int] = (),
        size: int = 0,
    ) -> None:
        fast.no_truncation()
        fast.no_padding()
        self._fast = fast
        self.start_id = start_id
        self.end_id = end_id
        self.stop_ids = frozenset(stop_ids)
        self._size = max(size, fast.get_vocab_size())
        self._special = {
            i: t.content for i, t in fast.get_added_tokens_decoder().items() if t.special
        }
        unused = (i for i in range(self._size) if fast.id_to_token(i) is None)
        self._special |= {i: f"<unused {i}>" for i in unused}
        self._reading = Reading.of(json.loads(fast.to_str()))

    def __len__(self) -> int:
        return self._size

    def token_ids(self, text: str, *, add_start: bool = True) -> list[int]:
        """Token ids of a text, the start token in front unless it is there or not wanted.

        Raises:
            TypeError: ``text`` is not a string.
            ValueError: it holds half of a surrogate pair, which no tokenizer can read.
        """
        return self._cut(text, add_start)[0]

    def spans(self, text: str, *, add_start: bool = True) -> list[tuple[int, int]]:
        """Which characters of a text each of its tokens covers, one span for each of `token_ids`.

        A token that holds a part of a character covers all of it, and a token that was put around
        the text covers none of it. The space before a word is counted with the word's first token
        if it belongs to it (some tokenizers keep it out of the span).

        Args:
            text: any text.
            add_start: as for `token_ids`.

        Returns:
            (first character, the one after the last) of each token.

        Raises:
            TypeError, ValueError: as for `token_ids`.
        """
        return self._cut(text, add_start)[1]

    def _cut(self, text: str, add_start: bool) -> tuple[list[int], list[tuple[int, int]]]:
        if not isinstance(text, str):
            raise TypeError(f"text is {type(text).__name__}; expected a string")
        if match := re.search("[\ud800-\udfff]", text):
            raise ValueError(
                f"character {match.start()} of the text is half of a surrogate pair "
                f"(U+{ord(match[0]):04X}), which stands for no character; remove it"
            )
        made = self._fast.encode(text, add_special_tokens=False)
        ids, spans = list(made.ids), list(made.offsets)
        if add_start and self.start_id is not None and ids[:1] != [self.start_id]:
            ids.insert(0, self.start_id)
            spans.insert(0, (0, 0))
        if add_start and self.end_id is not None and ids[-1:] != [self.end_id]:
            ids.append(self.end_id)
            spans.append((len(text), len(text)))
        return ids, spans

    def token_id(self, token: int | str) -> int:
        """The id of one token, given as such or as its exact text, such as ``" Paris"``.

        Raises:
            ValueError: the text is empty or not one token; the sentence shows how it is cut.
            IndexError: there is no such id.
        """
        if not isinstance(token, str):
            if not 0 <= token < len(self):
                raise IndexError(f"there is no token {token}; ids go from 0 to {len(self) - 1}")
            return int(token)
        ids = self.token_ids(token, add_start=False)
        if not ids:
            raise ValueError("a token is empty; give the text of one, such as ' Paris'")
        if len(ids) > 1:
            cut = " | ".join(self.show(i) for i in ids)
            hint = "" if token.startswith(" ") else " (most words begin with a space)"
            raise ValueError(
                f"{token!r} is not one token but {len(ids)}: {cut}; give one token{hint}, or its id"
            )
        return ids[0]

    def token_bytes(self, token_id: int) -> bytes:
        """The bytes of text that a token stands for.

        Raises:
            IndexError: there is no such token.
        """
        if token_id in self._special:
            return self._special[token_id].encode()
        if not 0 <= token_id < len(self):
            raise IndexError(f"there is no token {token_id}; ids go from 0 to {len(self) - 1}")
        token = self._fast.id_to_token(token_id)
        assert token is not None  # ids without a token were named when this was built
        return self._reading.to_bytes(token)

    def show(self, token_id: int) -> str:
        """A token as shown to people."""
        if token_id in self._special:
            return self._special[token_id]
        return show_token(self._exact(token_id))

    def decode(self, token_ids: Sequence[int]) -> str:
        """The text of some tokens; special tokens by their names."""
        return decode_bytes(b"".join(self.token_bytes(i) for i in token_ids))

    @cached_property
    def vocabulary(self) -> bytes:
        """Every token's exact text, as the JSON asset that the views read.

        ``{"tokens": [text, or a list of bytes], "special": [ids]}``.
        """
        exact = [self._exact(i) for i in range(len(self))]
        tokens = [list(token) if isinstance(token, bytes) else token for token in exact]
        table = {"tokens": tokens, "special": sorted(self._special)}
        return json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()

    @cached_property
    def vocabulary_name(self) -> str:
        """File name of the vocabulary asset; another vocabulary has another name."""
        return f"vocabulary-{hashlib.sha256(self.vocabulary).hexdigest()[:8]}.json"

    def to_json(self) -> str:
        """Everything that `from_json` needs to build it again."""
        return json.dumps(
            {
                "tokenizer": json.loads(self._fast.to_str()),
                "start_id": self.start_id,
                "end_id": self.end_id,
                "stop_ids": sorted(self.stop_ids),
                "size": self._size,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Tokenizer:
        held = json.loads(text)
        fast = tokenizers.Tokenizer.from_str(json.dumps(held.pop("tokenizer")))
        return cls(fast, **held)

    def _exact(self, token_id: int) -> str | bytes:
        data = self.token_bytes(token_id)
        try:
            return data.decode()
        except UnicodeDecodeError:
            return data


class Reading:
    """How a tokenizer's own spelling of its tokens turns into bytes."""

    def __init__(self, *, byte_level: bool, space: str | None) -> None:
        self.byte_level = byte_level
        self.space = space

    @classmethod
    def of(cls, described: dict[str, Any]) -> Reading:
        """Read it off a tokenizer's JSON: byte-level (GPT-2), or a space mark (SentencePiece)."""
        parts = [described.get("decoder"), described.get("pre_tokenizer")]
        text = json.dumps(parts, ensure_ascii=False)
        return cls(byte_level='"ByteLevel"' in text, space="▁" if "▁" in text else None)

    def to_bytes(self, token: str) -> bytes:
        if self.byte_level:
            return (
                bytes(_BYTE_OF[c] for c in token)
                if set(token) <= _BYTE_OF.keys()
                else token.encode()
            )
        if match := re.fullmatch(r"<0x([0-9A-F]{2})>", token):
            return bytes([int(match[1], 16)])
        return (token.replace(self.space, " ") if self.space else token).encode()

    def from_bytes(self, data: bytes) -> str:
        """The spelling that most tokens of these bytes have; `to_bytes` the other way round."""
        if self.byte_level:
            return "".join(_CHARACTER_OF[byte] for byte in data)
        token = data.decode(errors="replace")
        return token.replace(" ", self.space) if self.space else token


def _byte_alphabet() -> dict[str, int]:
    """GPT-2's visible stand-in for each byte: itself where printable, else from U+0100 on."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    hidden = [byte for byte in range(256) if byte not in printable]
    return {chr(b): b for b in printable} | {chr(0x100 + i): b for i, b in enumerate(hidden)}


_BYTE_OF = _byte_alphabet()
_CHARACTER_OF = {byte: character for character, byte in _BYTE_OF.items()}


def _holds_emoji_together(before: str) -> bool:
    """True after a character that a joiner or a variation selector may belong to."""
    return before in _SKIN_TONES or before == "\ufe0f" or _is_pictograph(before)


def _is_pictograph(character: str) -> bool:
    # Unicode's Extended_Pictographic, in the blocks where emoji live; Python has no table of it.
    if not character:
        return False
    code = ord(character)
    return (
        0x1F000 <= code <= 0x1FAFF
        or 0x2600 <= code <= 0x27BF
        or 0x2190 <= code <= 0x21FF
        or 0x2B00 <= code <= 0x2BFF
        or 0x2300 <= code <= 0x23FF
        or code in (0xA9, 0xAE, 0x203C, 0x2049, 0x2122, 0x2139, 0x3030, 0x303D, 0x3297, 0x3299)
    )
