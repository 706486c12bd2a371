"""Text compressed by a language model, beside gzip, bzip2 and xz.

A model that predicts well compresses well: a token of probability p takes ``-log2 p`` bits
(Shannon 1948; with language models Delétang et al., *Language Modeling Is Compression*, 2024). Here
it is really done: `compress` gives bytes, from which `decompress` with the same model gives the
text. `code_lengths` says what that takes without doing it, many times as fast.

**Why it decodes.** The decoder has to divide each interval exactly as the encoder did, so it needs
the same probabilities to the last bit. A text read at once and a text read token by token give
logits that differ in the last bits, so reading quickly on one side is not possible. Nor does it
help to round the logits first: of fifty thousand at every token, some always lie where rounding
turns. So both sides run the same code, `_Predictor`, which reads the same tokens in the same
pieces and then makes whole numbers of the probabilities. On one machine, in one setting (device,
number of threads, versions), the same computation gives the same bits. Another machine may not:
then the decoder goes astray. It notices, for the text's checksum comes with the code, and says so.

**Long texts.** The model reads at most ``context`` tokens. When they are full it begins anew with
the last half of them.

zstd is not compared: before 3.14 Python's library does not have it, and the package does not depend
on what would add it.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.arithmetic_coding import Decoder, Encoder, frequencies
from llm_viz.model import LanguageModel

Array = np.ndarray[Any, np.dtype[Any]]

CONTEXT = 1024  # tokens; bounds the memory and the time that a token takes
FORMAT = 1
_HEADER = struct.Struct(">BIIII")  # format, model, checksum of the text, context, tokens

# The others at the settings that compress best.
COMPRESSORS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {
        "gzip": lambda data: gzip.compress(data, 9, mtime=0),
        "bzip2": lambda data: bz2.compress(data, 9),
        "xz": lambda data: lzma.compress(data, preset=9 | lzma.PRESET_EXTREME),
    }
)


class CodeLength(NamedTuple):
    """How many bits a text takes.

    Attributes:
        bits: of the code.
        characters: of the text (Unicode code points).
        bytes: of the text as UTF-8.
    """

    bits: float
    characters: int
    bytes: int

    @property
    def bits_per_character(self) -> float:
        return self.bits / self.characters

    @property
    def bits_per_byte(self) -> float:
        """8 for a text that is stored as it is."""
        return self.bits / self.bytes


@dataclass(frozen=True)
class Compressed:
    """A text as a model's code.

    Attributes:
        data: the code, with a header that names the model and holds the text's checksum.
        tokens: of the text.
        length: the bits of all of it, header included.
    """

    data: bytes
    tokens: int
    length: CodeLength

    @property
    def header_bits(self) -> int:
        """How many of the bits belong to the header."""
        return 8 * _HEADER.size


def compress(lm: LanguageModel, text: str, *, context: int | None = None) -> Compressed:
    """Compress a text: as slow as writing it would be, token by token.

    Args:
        lm: a model that predicts.
        text: one character or more.
        context: how many tokens it looks at; None takes `CONTEXT`, or all that the model reads.

    Raises:
        ValueError: the text is empty, or the tokenizer loses some of its bytes, or the context is
            out of range, or the model predicts no tokens.
    """
    ids = _ids(lm, text)
    context = _context(lm, context)
    predictor, encoder = _Predictor(lm, context), Encoder()
    for token in tqdm(ids, "compressing", unit="token", delay=1, leave=False):
        encoder.write(token, predictor.shares())
        predictor.read.append(token)
    checksum = zlib.crc32(text.encode())
    data = _HEADER.pack(FORMAT, _name(lm), checksum, context, len(ids)) + encoder.finish()
    return Compressed(data, len(ids), _length(text, 8 * len(data)))


def decompress(lm: LanguageModel, data: bytes) -> str:
    """The text of a code that `compress` made with the same model.

    Raises:
        ValueError: the data is no such code, or of another model, or was altered or cut short, or
            this machine computes other probabilities than the one that compressed.
    """
    if len(data) < _HEADER.size or data[0] != FORMAT:
        raise ValueError(
            f"{len(data)} bytes that begin with {data[:1].hex() or 'nothing'}; expected the data "
            "of a text that compress() made"
        )
    _, name, checksum, context, n_tokens = _HEADER.unpack_from(data)
    if name != _name(lm):
        raise ValueError(
            f"the text was compressed with another model than {lm.info.id}; use the same"
        )
    predictor, decoder = _Predictor(lm, _context(lm, context)), Decoder(data[_HEADER.size :])
    for _ in tqdm(range(n_tokens), "decompressing", unit="token", delay=1, leave=False):
        predictor.read.append(decoder.read(predictor.shares()))
    found = b"".join(map(lm.tokenizer.token_bytes, predictor.read))
    if zlib.crc32(found) != checksum:
        raise ValueError(
            "what was decoded is not the text that was compressed: the data was altered, or the "
            "model was computed otherwise than here (parts of it changed, other machine or setting)"
        )
    return found.decode()


def code_lengths(
    lm: LanguageModel, texts: Sequence[str], *, context: int | None = None
) -> tuple[CodeLength, ...]:
    """What an ideal code would take for each text: the sum of ``-log2 p`` of its tokens.

    `compress` takes the same, up to rounding, the header and at most two bits and a byte's rest.

    Args, Raises: as for `compress`.
    """
    if isinstance(texts, str):
        raise TypeError("texts is one string; expected a list of them")
    context = _context(lm, context)
    bar = tqdm(texts, "code lengths", unit="text", delay=1, leave=False)
    return tuple(_length(text, float(token_bits(lm, text, context=context).sum())) for text in bar)


def token_bits(lm: LanguageModel, text: str, *, context: int | None = None) -> Array:
    """What an ideal code would take for each token of a text: (tokens,) ``-log2 p``, float64.

    Args, Raises: as for `compress`.
    """
    ids, start, context = _ids(lm, text), _start(lm), _context(lm, context)
    pieces = [] if start else [np.array([-np.log(lm.dims.d_vocab)])]
    for window in _windows(context, len(start)):
        if window.new >= len(ids):
            break
        log_probs = lm.token_log_probs(start + ids[window.start : window.end])
        pieces.append(log_probs[max(window.new - window.start - (not start), 0) :])
    bits: Array = np.concatenate(pieces).astype(np.float64) / -np.log(2)
    return bits


def bits_per_character(
    lm: LanguageModel, texts: Sequence[str], *, context: int | None = None
) -> float:
    """`code_lengths` of all texts together, by character.

    Args, Raises: as for `compress`; and there must be a text.
    """
    lengths = code_lengths(lm, texts, context=context)
    if not lengths:
        raise ValueError("texts is empty; give at least one")
    return sum(each.bits for each in lengths) / sum(each.characters for each in lengths)


def other_compressors(text: str) -> dict[str, CodeLength]:
    """What general compressors take for a text, their headers included.

    Raises:
        ValueError: the text is empty.
    """
    _must_hold(text)
    data = text.encode()
    return {name: _length(text, 8 * len(work(data))) for name, work in COMPRESSORS.items()}


def pays_from(model: float, other: float, model_bytes: int) -> float | None:
    """From how many characters on a model compresses better, its own bytes counted.

    Args:
        model, other: bits per character of the model and of another compressor.
        model_bytes: what whoever decompresses has to get first.

    Returns:
        The characters; None if the model takes as many bits as the other, or more.

    Raises:
        ValueError: a number is below 0.
    """
    if min(model, other, model_bytes) < 0:
        raise ValueError(
            f"bits per character are {model} and {other}, and the model has {model_bytes} bytes; "
            "none can be below 0"
        )
    return 8 * model_bytes / (other - model) if model < other else None


class _Window(NamedTuple):
    """Tokens ``start`` to ``end`` are read; those before ``new`` were predicted before."""

    start: int
    new: int
    end: int


def _windows(context: int, n_start: int) -> Iterator[_Window]:
    """The windows of a text of any length. The last token of a window is predicted, not read.

    Args:
        context: how many tokens are read in each.
        n_start: 1 if the start token is one of them, else 0.
    """
    start, new = 0, 0
    while True:
        end = start + context - n_start + 1
        yield _Window(start, new, end)
        start, new = end - context // 2, end


class _Predictor:
    """What the model expects next, as whole numbers: all that both sides know of it.

    Attributes:
        read: the tokens so far; whoever uses it appends each next one.
    """

    def __init__(self, lm: LanguageModel, context: int) -> None:
        self.read: list[int] = []
        self._lm = lm
        self._context = context
        self._start = _start(lm)
        self._windows = _windows(context, len(self._start))
        self._window = next(self._windows)
        self._stepper = lm.stepper(context)

    def shares(self) -> Array:
        """The cumulative frequencies of the next token, see `frequencies`."""
        if not self.read and not self._start:  # nothing to go by: each token is as likely
            return np.arange(self._lm.dims.d_vocab + 1)
        new = self._new()
        return frequencies(_softmax(self._stepper.read(new)))

    def _new(self) -> list[int]:
        """The tokens to read now, in a new window if the last is full."""
        if len(self.read) == self._window.end:
            self._window = next(self._windows)
            self._stepper = self._lm.stepper(self._context)
            return self._start + self.read[self._window.start :]
        return self.read[-1:] or self._start


def _softmax(logits: Array) -> Array:
    weights = np.exp(logits.astype(np.float64) - float(logits.max()))
    shares: Array = weights / weights.sum()
    return shares


def _start(lm: LanguageModel) -> list[int]:
    return [] if lm.tokenizer.start_id is None else [lm.tokenizer.start_id]


def _ids(lm: LanguageModel, text: str) -> list[int]:
    _must_hold(text)
    ids = lm.token_ids(text, add_start=False)
    kept, data = b"".join(map(lm.tokenizer.token_bytes, ids)), text.encode()
    if kept != data:
        place = next((i for i in range(len(data)) if kept[i : i + 1] != data[i : i + 1]), -1)
        place %= len(data)  # more bytes than there were: after the last one
        before = len(data[:place].decode(errors="ignore"))
        raise ValueError(
            f"the tokenizer of {lm.info.id} does not keep character {before} of the text, "
            f"{text[before]!r}: it could not be decoded. Remove it, or use a model that keeps it"
        )
    return ids


def _must_hold(text: str) -> None:
    if not text:
        raise ValueError("the text is empty; give at least one character")


def _context(lm: LanguageModel, context: int | None) -> int:
    if context is None:
        return min(CONTEXT, lm.dims.n_ctx)
    if not 2 <= context <= lm.dims.n_ctx:
        raise ValueError(
            f"context is {context}; expected 2 to what {lm.info.id} reads at most, "
            f"{lm.dims.n_ctx:,} tokens"
        )
    return context


def _name(lm: LanguageModel) -> int:
    return zlib.crc32(f"{lm.info.weight_hash} {lm.info.vocabulary}".encode())


def _length(text: str, bits: float) -> CodeLength:
    return CodeLength(bits, len(text), len(text.encode()))
