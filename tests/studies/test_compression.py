"""The study of compression: how it is made, and what is shipped."""

from __future__ import annotations

import hashlib

import pytest

from llm_viz.analyses import compress, other_compressors, token_bits
from llm_viz.model import LanguageModel
from llm_viz.studies import compression
from llm_viz.studies.compression import SAMPLE, Row, really, rows_of

TEXT = "the cat sat on the mat\nthe dog ran to the red house\nby the river"


# --- how it is made and kept --------------------------------------------------------------------


def test_a_row_holds_the_tokens_that_end_within_its_length(tiny: LanguageModel) -> None:
    rows = rows_of(tiny, TEXT, (9, 1000))
    bits, ends = token_bits(tiny, TEXT), [e for _, e in tiny.tokenizer.spans(TEXT, add_start=False)]
    n = sum(end <= 9 for end in ends)
    assert rows[0].characters == rows[0].bytes == ends[n - 1] <= 9 < ends[n]
    assert rows[0].model == pytest.approx(bits[:n].sum(), abs=0.01)
    assert rows[1].characters == len(TEXT)
    assert rows[1].model == pytest.approx(bits.sum(), abs=0.01)
    assert rows[1].others == {name: each.bits for name, each in other_compressors(TEXT).items()}
    assert rows[1].bits_per_character["gzip"] == rows[1].others["gzip"] / len(TEXT)


def test_whole_paragraphs_are_really_compressed(tiny: LanguageModel) -> None:
    found = really(tiny, TEXT, 60)
    beginning = "the cat sat on the mat\nthe dog ran to the red house\n"
    assert found.characters == len(beginning)
    assert found.bits == compress(tiny, beginning).length.bits
    assert found.ideal == pytest.approx(token_bits(tiny, beginning).sum(), abs=0.01)


def test_what_does_not_come_back_is_no_result(
    tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "decompress", lambda lm, data: "the cat\n")
    with pytest.raises(RuntimeError, match="did not come back"):
        really(tiny, TEXT, 30)


# --- the result that the package ships ----------------------------------------------------------


def test_it_belongs_to_the_sample() -> None:
    held, text = compression.load(), SAMPLE.read_text(encoding="utf-8")
    assert held.provenance.settings["text"] == hashlib.sha256(text.encode()).hexdigest()
    assert SAMPLE.stat().st_size < 20_000
    assert held.rows[-1].characters == len(text)
    for row in held.rows:
        beginning = text[: row.characters]
        assert row.bytes == len(beginning.encode())
        found = {name: each.bits for name, each in other_compressors(beginning).items()}
        assert row.others == pytest.approx(found, rel=0.01)  # other versions differ by a few bytes


def test_the_real_code_reaches_the_ideal() -> None:
    found = compression.load().really
    assert found.header_bits == 136
    assert -0.01 < found.bits - found.header_bits - found.ideal < 10.01


def test_what_it_says_of_the_claim() -> None:
    """The chapter's sentences rest on these; a change of model or sample must be noticed."""
    held = compression.load()
    rates = held.rows[-1].bits_per_character
    assert rates == pytest.approx(
        {"model": 1.39, "gzip": 3.28, "bzip2": 2.88, "xz": 3.15}, abs=0.01
    )
    # The others learn as they read; the model knew before.
    first = held.rows[0].bits_per_character
    assert first["gzip"] / rates["gzip"] > 1.5
    assert first["model"] / rates["model"] < 1.15
    # Its own bytes counted, it pays only from hundreds of millions of characters on.
    assert held.model_bytes == 98_362_432
    pays = held.pays_from
    assert pays["gzip"] == pytest.approx(4.16e8, rel=0.01)
    assert pays["bzip2"] == pytest.approx(5.29e8, rel=0.01)


def test_a_model_that_compresses_no_better_never_pays() -> None:
    held = compression.load()
    row = Row(100, 100, 300.0, {"gzip": 200})
    never = compression.Compression((row,), held.really, held.model_bytes, held.provenance)
    assert never.pays_from == {"gzip": None}


@pytest.mark.real_model
def test_its_first_row_computed_again_is_the_same(lm: LanguageModel) -> None:
    held = compression.load()
    assert held.provenance.weight_hash == lm.info.weight_hash
    text = SAMPLE.read_text(encoding="utf-8")[:1000]
    (row,) = rows_of(lm, text, (compression.LENGTHS[0],))
    assert row.characters == held.rows[0].characters
    assert row.model == pytest.approx(held.rows[0].model, abs=0.1)
