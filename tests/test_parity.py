"""The fixture that JavaScript is held to: up to date, and agreed by an independent computation."""

from __future__ import annotations

import itertools
import json
import math
import re
import unicodedata
from fractions import Fraction

import numpy as np
import pytest

from llm_viz import Trace
from tests.fixtures import make_parity

PARITY = json.loads((make_parity.FOLDER / "parity.json").read_text(encoding="utf-8"))
WHITE_SPACE = set("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {
    chr(code) for code in range(0x2000, 0x200B)
}
REFRESH = "run `python -m tests.fixtures.make_parity`"


def test_the_fixture_is_up_to_date(tmp_path) -> None:
    make_parity.make(tmp_path)
    fresh = json.loads((tmp_path / "parity.json").read_text(encoding="utf-8"))
    assert fresh["show"] == PARITY["show"], REFRESH
    assert fresh["tokenizing"] == PARITY["tokenizing"], REFRESH
    for new, held in zip(fresh["rows"], PARITY["rows"], strict=True):
        assert new["logits"] == held["logits"], REFRESH
        for case, old in zip(new["cases"], held["cases"], strict=True):
            assert case["kept"] == old["kept"], REFRESH
            np.testing.assert_allclose(case["probs"], old["probs"], rtol=1e-12, err_msg=REFRESH)
    for described in PARITY["traces"]:
        held = Trace.load(make_parity.FOLDER / described["file"])
        new = Trace.load(tmp_path / described["file"])
        assert held.tokens == new.tokens
        for site in held.arrays:
            np.testing.assert_allclose(held[site], new[site], atol=4e-3, err_msg=REFRESH)


@pytest.mark.parametrize("row", PARITY["rows"])
def test_an_independent_computation_agrees(row: dict) -> None:
    """Plain Python, token by token, with exact sums: nothing shared with the implementation."""
    for case in row["cases"]:
        ranked = sorted(enumerate(row["logits"]), key=lambda pair: (-pair[1], pair[0]))
        best = ranked[0][1]
        if case["temperature"] == 0:
            kept = {ranked[0][0]: Fraction(1)}
        else:
            kept = {
                i: Fraction(math.exp((value - best) / case["temperature"])) for i, value in ranked
            }
        kept = dict(list(kept.items())[: case["top_k"] or len(kept)])
        if case["top_p"] is not None:
            total, share, nucleus = sum(kept.values()), Fraction(0), {}
            for i, weight in kept.items():
                nucleus[i] = weight
                share += weight / total
                if case["top_p"] < 1 and share >= Fraction(case["top_p"]):
                    break
            kept = nucleus
        if case["min_p"] is not None:
            most = max(kept.values())
            kept = {i: w for i, w in kept.items() if w >= Fraction(case["min_p"]) * most}
        total = sum(kept.values())
        probs = [float(kept.get(i, 0) / total) for i in range(len(row["logits"]))]
        np.testing.assert_allclose(case["probs"], probs, rtol=1e-9, atol=1e-300)
        assert case["kept"] == [i in kept for i in range(len(probs))]
        entropy = -sum(p * math.log2(p) for p in probs if p > 0)
        assert case["entropy"] == pytest.approx(entropy, abs=1e-9)


def test_the_traces_in_the_fixture_are_what_torch_computed() -> None:
    for described in PARITY["traces"]:
        trace = Trace.load(make_parity.FOLDER / described["file"])
        for site, expected in described["expected"].items():
            assert list(trace[site].shape) == expected["shape"]
            np.testing.assert_allclose(
                trace[site].ravel()[:50], expected["values"], atol=expected["max_error"] or 1e-7
            )


def test_the_tokens_in_the_fixture_are_an_independent_cutting() -> None:
    """Plain Python, joining the best pair again and again: nothing shared with the library."""
    held = PARITY["tokenizing"]
    tokens = [bytes(t) if isinstance(t, list) else t.encode() for t in held["vocabulary"]["tokens"]]
    merges = held["tokenizer"]["tokenizer"]["model"]["merges"]
    made = [i for start, count in merges["made"] for i in range(start, start + count)]
    rank = {
        (tokens[i][:cut], tokens[i][cut:]): place
        for place, (i, cut) in enumerate(zip(made, merges["first"], strict=True))
    }
    special = set(held["vocabulary"]["special"])
    ids = {token: i for i, token in enumerate(tokens) if i not in special}
    assert len(rank) > 100
    for case in held["cases"]:
        found = []
        for part in re.split(r"(<\|endoftext\|>)", case["text"]):
            if part == "<|endoftext|>":
                found.append(0)
                continue
            for piece in _pieces(part):
                found += [ids[symbol] for symbol in _joined(piece, rank, ids)]
        assert found == case["ids"], case["text"]
        assert case["with_start"] == (found if found[:1] == [0] else [0, *found])


def _pieces(text: str) -> list[bytes]:
    """Numbers one character each, and between them what GPT-2's pattern finds, by hand."""
    pieces = []
    for part in filter(None, _split_at_numbers(text)):
        pieces += [piece.encode() for piece in _gpt2_pieces(part)]
    return pieces


def _split_at_numbers(text: str) -> list[str]:
    parts = [""]
    for character in text:
        if unicodedata.category(character).startswith("N"):
            parts += [character, ""]
        else:
            parts[-1] += character
    return parts


def _kind(character: str) -> str:
    if character in WHITE_SPACE:
        return "space"
    first = unicodedata.category(character)[0]
    return {"L": "letter", "N": "number"}.get(first, "other")


def _gpt2_pieces(text: str) -> list[str]:
    pieces = []
    at = 0
    while at < len(text):
        short = re.match(r"'(?:s|t|re|ve|m|ll|d)", text[at:])
        lead = text[at] == " " and at + 1 < len(text) and _kind(text[at + 1]) != "space"
        end = at + lead
        kind = _kind(text[end])
        while end < len(text) and _kind(text[end]) == kind:
            end += 1
        if short:
            end = at + short.end()
        elif kind == "space" and end < len(text) and end - at > 1:
            end -= 1  # the last space belongs to what follows
        pieces.append(text[at:end])
        at = end
    return pieces


def _joined(piece: bytes, rank: dict, ids: dict) -> list[bytes]:
    symbols = [piece[i : i + 1] for i in range(len(piece)) if piece[i : i + 1] in ids]
    while True:
        pairs = list(itertools.pairwise(symbols))
        best = min(pairs, key=lambda pair: rank.get(pair, math.inf), default=None)
        if best not in rank:
            return symbols
        at = pairs.index(best)
        symbols[at : at + 2] = [best[0] + best[1]]
