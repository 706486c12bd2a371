"""Tokens: what it carries, what it answers, what it refuses."""

from __future__ import annotations

import hashlib
import json

import pytest

from llm_viz.model import LanguageModel
from llm_viz.widgets import Tokens
from llm_viz.widgets.assets import asset_path
from tests.widgets.support import ask

TEXTS = ["the cat", "<b>the</b> 😀"]


def test_it_carries_the_tokens_of_the_given_texts(tiny: LanguageModel) -> None:
    widget = Tokens(tiny, "the dog", TEXTS, labels=["one", "two"], measure="per_word")
    assert set(widget.known) == {"", "the dog", *TEXTS}
    for text, cut in widget.known.items():
        assert cut["ids"] == tiny.token_ids(text, add_start=False)
        assert cut["tokens"] == tiny.tokens(text, add_start=False)
    assert widget.around == {"start": [0, "<s>"]}
    assert (widget.labels, widget.measure) == (["one", "two"], "per_word")
    assert set(widget.linked) == {"text", "measure"}


def test_labels_can_be_left_out(tiny: LanguageModel) -> None:
    assert Tokens(tiny, texts=TEXTS).labels == ["", ""]
    assert Tokens(tiny).texts == []


def test_the_tokenizer_is_an_asset_with_its_digest_in_the_name(tiny: LanguageModel) -> None:
    widget = Tokens(tiny)
    assert set(widget.assets) == {"vocabulary", "tokenizer", "tokenizer_library"}
    for name in widget.assets.values():
        digest = hashlib.sha256(asset_path(name).read_bytes()).hexdigest()[:8]
        assert f"-{digest}." in name
        _, (data,) = ask(widget, kind="asset", name=name)
        assert data == asset_path(name).read_bytes()
    assert b"Apache License" in asset_path(widget.assets["tokenizer_library"]).read_bytes()


def test_it_answers_with_the_tokens_of_a_text(tiny: LanguageModel) -> None:
    widget = Tokens(tiny)
    reply, buffers = ask(widget, kind="tokens", text="the cat 😀")
    assert reply["ok"]
    assert buffers == []
    assert reply["ids"] == tiny.token_ids("the cat 😀", add_start=False)
    assert reply["tokens"] == tiny.tokens("the cat 😀", add_start=False)
    assert ask(widget, kind="hello")[0]["ok"]


@pytest.mark.parametrize(
    ("text", "error"), [("a\ud800", "surrogate"), ("x" * 2001, "2,001 characters; at most 2,000")]
)
def test_what_it_cannot_cut_it_says_in_a_sentence(tiny: LanguageModel, text, error) -> None:
    reply, _ = ask(Tokens(tiny), kind="tokens", text=text)
    assert not reply["ok"]
    assert error in reply["error"]
    with pytest.raises(ValueError, match=error):
        Tokens(tiny, text)
    with pytest.raises(ValueError, match=error):
        Tokens(tiny, texts=[text])


def test_bad_arguments(tiny: LanguageModel) -> None:
    with pytest.raises(ValueError, match="1 labels for 2 texts"):
        Tokens(tiny, texts=TEXTS, labels=["one"])
    with pytest.raises(TypeError, match="a text is int"):
        Tokens(tiny, texts=[3])


def test_its_still_picture_shows_the_tokens_as_text(tiny: LanguageModel) -> None:
    shown = Tokens(tiny, texts=TEXTS, labels=["one", "<two>"])._repr_mimebundle_()
    html = shown[0]["text/html"]
    assert "&lt;two&gt;" in html
    assert "<b>" not in html
    assert " | ".join(tiny.tokens(TEXTS[0], add_start=False)) in html
    for text in TEXTS:
        assert f"<td>{len(tiny.token_ids(text, add_start=False))}</td>" in html


def test_its_still_picture_follows_the_text(tiny: LanguageModel) -> None:
    widget = Tokens(tiny, "the cat")
    widget.text = "the dog ran"
    cells = [cell.text for cell in widget.still().iter("td")]
    assert " | ".join(tiny.tokens("the dog ran", add_start=False)) in cells


@pytest.mark.real_model
def test_what_a_page_needs_to_cut_text_is_small(lm: LanguageModel) -> None:
    assets = Tokens(lm).assets
    data = asset_path(assets["tokenizer"]).read_bytes()
    assert len(data) < 120_000  # beside the vocabulary, which pages have for its names
    assert json.loads(data)["tokenizer"]["model"]["merges"]["made"] == [[252, 48_900]]
