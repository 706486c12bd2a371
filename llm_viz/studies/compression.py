"""Knowledge compresses: a language model against gzip, bzip2 and xz, its own bytes counted too.

The text is prose of this book that the model cannot have seen: it was written in 2026, the model
was published before. It is a frozen sample (`SAMPLE`), so that no edit of a chapter changes the
result: paragraphs of the chapters on the next word, on word vectors and (its beginning) on
feed-forward memory as they stood on 2026-11-24, a line each, without headings, lists, formulas,
marks of formatting and what is shorter than 100 characters.

By length of text, from its beginning, for general compressors need a while to learn what the model
has learnt before. What an ideal code would take is told for all lengths. The first paragraphs are
really compressed and decompressed, so that the ideal is seen to be reached.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from llm_viz.analyses.compression import (
    CONTEXT,
    compress,
    decompress,
    other_compressors,
    pays_from,
    token_bits,
)
from llm_viz.model import LanguageModel, assets, load_model
from llm_viz.studies.results import DATA, Provenance, read_json, write_json

STUDY = "compression"
FILE = DATA / "compression.json"
SAMPLE = DATA / "own_prose.txt"
LENGTHS = (500, 1000, 2000, 5000, 10_000, 20_000)  # characters, at most
REALLY = 1000  # characters, at most, that are compressed and decompressed


@dataclass(frozen=True)
class Row:
    """The beginning of the text, up to some token.

    Attributes:
        characters, bytes: how long it is.
        model: bits of the model's ideal code.
        others: bits of each other compressor.
    """

    characters: int
    bytes: int
    model: float
    others: dict[str, int]

    @property
    def bits_per_character(self) -> dict[str, float]:
        """Of all of them, the model first."""
        bits = {"model": self.model, **self.others}
        return {name: each / self.characters for name, each in bits.items()}


@dataclass(frozen=True)
class Really:
    """A beginning that was compressed and came back, byte by byte.

    Attributes:
        characters: how long it is.
        ideal: bits of the ideal code.
        bits: of the real one, header included.
        header_bits: of the header.
    """

    characters: int
    ideal: float
    bits: int
    header_bits: int


@dataclass(frozen=True)
class Compression:
    """The result of the study.

    Attributes:
        rows: from the shortest beginning to the whole text.
        really: what was really compressed.
        model_bytes: of the model's file, which whoever decompresses has to get first.
        provenance: where the numbers come from.
    """

    rows: tuple[Row, ...]
    really: Really
    model_bytes: int
    provenance: Provenance

    @property
    def pays_from(self) -> dict[str, float | None]:
        """Characters from which on the model pays, its bytes counted, against each other one.

        At the rates of the longest text; on much longer ones the others still gain a little.
        """
        rates = self.rows[-1].bits_per_character
        model = rates.pop("model")
        return {name: pays_from(model, rate, self.model_bytes) for name, rate in rates.items()}


def load(path: Path = FILE) -> Compression:
    """The result as it was computed last."""
    held = read_json(path)
    return Compression(
        rows=tuple(Row(**row) for row in held["rows"]),
        really=Really(**held["really"]),
        model_bytes=held["model_bytes"],
        provenance=Provenance(**held["provenance"]),
    )


def run(afresh: bool = False) -> Path:
    """Compute the study and write its file. It takes minutes; it begins anew if interrupted."""
    lm = load_model(device="cpu")
    text = SAMPLE.read_text(encoding="utf-8")
    settings = {
        "text": hashlib.sha256(text.encode()).hexdigest(),
        "context": CONTEXT,
        "lengths": list(LENGTHS),
        "really": REALLY,
    }
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(lm.info.weight_hash, settings):
        return FILE
    with assets.unpacked(assets.SMOLLM2) as file:
        model_bytes = file.stat().st_size
    result = Compression(
        rows=rows_of(lm, text, LENGTHS),
        really=really(lm, text, REALLY),
        model_bytes=model_bytes,
        provenance=Provenance.of(
            STUDY, lm.info.id, lm.info.weight_hash, settings, ("numpy", "torch")
        ),
    )
    write_json(FILE, asdict(result))
    return FILE


def rows_of(lm: LanguageModel, text: str, lengths: tuple[int, ...]) -> tuple[Row, ...]:
    """One row for each length: the tokens that end within it. The text is read once."""
    bits = token_bits(lm, text).cumsum()
    ends = [end for _, end in lm.tokenizer.spans(text, add_start=False)]
    rows = []
    for length in lengths:
        last = int(np.searchsorted(ends, length, side="right")) - 1
        beginning = text[: ends[last]]
        others = {name: int(each.bits) for name, each in other_compressors(beginning).items()}
        n_bytes = len(beginning.encode())
        rows.append(Row(len(beginning), n_bytes, round(float(bits[last]), 2), others))
    return tuple(rows)


def really(lm: LanguageModel, text: str, most: int) -> Really:
    """Compress the whole paragraphs among the first ``most`` characters, and get them back.

    Raises:
        RuntimeError: other bytes come back.
    """
    beginning = text[: text.rindex("\n", 0, most) + 1]
    made = compress(lm, beginning)
    if decompress(lm, made.data).encode() != beginning.encode():
        raise RuntimeError("the compressed text did not come back as it was")
    ideal = float(token_bits(lm, beginning).sum())
    return Really(len(beginning), round(ideal, 2), int(made.length.bits), made.header_bits)
