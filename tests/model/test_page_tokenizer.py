"""What a page gets of a tokenizer says all that is left out of it; node cuts with it elsewhere."""

from __future__ import annotations

import json

import pytest
import tokenizers

from llm_viz.model import LanguageModel, Tokenizer
from llm_viz.model.page_tokenizer import PROOF, page_tokenizer
from tests.fixtures.make_parity import small_tokenizer


def put_back(tokenizer: Tokenizer, page: dict) -> tuple[dict, list]:
    """The vocabulary and the merges, from what the page gets: byte-level spelling by hand."""
    level = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    spelled = {}
    for i in range(len(tokenizer)):
        data = tokenizer.token_bytes(i)
        try:
            spelled[i] = level.pre_tokenize_str(data.decode())[0][0] if data else ""
        except UnicodeDecodeError:
            spelled[i] = None  # half a character: the library spells only whole ones
    spelled |= {int(i): token for i, token in page["spelling"]["exceptions"].items()}
    merges = page["tokenizer"]["model"]["merges"]
    made = [i for start, count in merges["made"] for i in range(start, start + count)]
    return spelled, list(zip(made, merges["first"], strict=True))


def test_nothing_is_lost_of_a_byte_level_tokenizer() -> None:
    tokenizer = small_tokenizer()
    page = json.loads(page_tokenizer(tokenizer))
    whole = json.loads(tokenizer.to_json())["tokenizer"]
    spelled, merges = put_back(tokenizer, page)
    assert "vocab" not in page["tokenizer"]["model"]
    for token, i in whole["model"]["vocab"].items():
        assert spelled[i] in (token, None)
    assert [spelled[400 + extra] for extra in range(5)] == [None] * 5  # rows without a token
    of = {i: token for token, i in whole["model"]["vocab"].items()}
    again = [[of[i][:first], of[i][first:]] for i, first in merges]
    assert again == [list(pair) for pair in whole["model"]["merges"]]
    assert len(again) > 100


def test_the_proof_is_pythons_own_ids(tiny: LanguageModel) -> None:
    page = json.loads(page_tokenizer(tiny.tokenizer))
    assert [text for text, _ in page["proof"]] == list(PROOF)
    for text, ids in page["proof"]:
        assert ids == tiny.token_ids(text, add_start=False)
    assert (page["start_id"], page["end_id"]) == (0, None)


def test_spaces_and_byte_pieces_of_sentencepiece_are_spelt_again() -> None:
    vocab = {"<unk>": 0, "▁the": 1, "<0xE2>": 2, "▁": 3, "cat": 4, "c": 5, "at": 6}
    model = tokenizers.models.BPE(vocab=vocab, merges=[("c", "at")], byte_fallback=True)
    fast = tokenizers.Tokenizer(model)
    fast.decoder = tokenizers.decoders.Sequence([tokenizers.decoders.Replace("▁", " ")])
    page = json.loads(page_tokenizer(Tokenizer(fast, start_id=None)))
    assert page["spelling"] == {"byte_level": False, "space": "▁", "exceptions": {"2": "<0xE2>"}}
    assert page["tokenizer"]["model"]["merges"] == {"made": [[4, 1]], "first": [1]}


@pytest.mark.parametrize("kind", ["words", "merges that are no joins"])
def test_what_cannot_be_made_smaller_goes_as_it_is(kind: str) -> None:
    vocab = {"[UNK]": 0, "un": 1, "##able": 2, "unable": 3}
    if kind == "words":
        model = tokenizers.models.WordPiece(vocab, unk_token="[UNK]")
    else:
        model = tokenizers.models.BPE(
            vocab=vocab, merges=[("un", "##able")], continuing_subword_prefix="##"
        )
    page = json.loads(page_tokenizer(Tokenizer(tokenizers.Tokenizer(model), start_id=None)))
    if kind == "words":
        assert page["tokenizer"]["model"]["vocab"] == vocab
        assert page["spelling"] == {}
    else:
        assert page["tokenizer"]["model"]["merges"] == [["un", "##able"]]
