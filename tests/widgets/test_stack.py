"""Stack: what it carries, what it refuses, how it answers, and its still picture."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
import safetensors.numpy
from traitlets import TraitError

import llm_viz
from llm_viz.analyses import Stages, stages
from llm_viz.widgets import Stack
from llm_viz.widgets.stack_file import MOST_TOKENS, pack
from tests.widgets.support import ask

TEXT = "the cat sat on the mat"


def told(content: bytes) -> dict:
    length = int.from_bytes(content[:8], "little")
    return json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["llm_viz_stages"])


def test_it_holds_its_texts_as_digests(tiny) -> None:
    widget = Stack(tiny, [TEXT, "<b>dog</b>"], labels=["one", "two"])
    made = stages(tiny, TEXT)
    assert widget.texts == [
        pack(stages(tiny, t), tiny.tokenizer.show) for t in (TEXT, "<b>dog</b>")
    ]
    header = told(widget.texts[0])
    assert (header["text"], header["tokens"]) == (TEXT, list(made.tokens))
    assert set(header["names"]) == {
        str(i) for i in {*made.guesses.ravel().tolist(), *made.next_ids.ravel().tolist()}
    }
    assert header["names"][str(made.next_ids[0, 0])] == tiny.tokenizer.show(made.next_ids[0, 0])
    arrays = safetensors.numpy.load(widget.texts[0])
    np.testing.assert_array_equal(arrays["lengths"], made.lengths)
    assert widget.labels == ["one", "two"]
    assert told(widget.texts[1])["text"] == "<b>dog</b>"


def test_its_shapes_and_counts_are_the_models(tiny) -> None:
    told = Stack(tiny, TEXT).architecture
    assert told["total"] == sum(part["count"] for part in told["parts"]) == tiny.n_parameters
    parts = {part["part"]: part for part in told["parts"]}
    assert parts["W_K"] == {
        "part": "W_K",
        "group": "attention",
        "shape": [8, 24],
        "biases": 0,
        "tied": False,
        "count": 3 * 8 * 24,
        "layers": 3,
    }
    assert parts["W_U"]["tied"]
    assert parts["W_E"]["layers"] == 0
    assert (told["d_vocab"], told["n_kv_heads"], told["gated"]) == (300, 2, True)


def test_other_kinds_of_models(tiny_folder) -> None:
    gpt2 = llm_viz.load_model(tiny_folder("gpt2"), device="cpu")
    told = Stack(gpt2, TEXT).architecture
    assert (told["gated"], told["learned_positions"], told["parallel"]) == (False, True, False)
    neox = llm_viz.load_model(tiny_folder("gpt_neox"), device="cpu")
    assert Stack(neox, TEXT).architecture["parallel"]


def test_what_an_address_may_say(tiny) -> None:
    widget = Stack(tiny, [TEXT, "the dog"])
    n = len(tiny.token_ids(TEXT))
    assert widget.linked["layer"] == {"kind": "number", "whole": True, "min": 0, "max": 2}
    assert widget.linked["position"]["max"] == n - 1
    assert widget.linked["prompt"]["max"] == 1
    assert "mlp" in widget.linked["stage"]["values"]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda m: Stack(m, []), "give a text"),
        (lambda m: Stack(m, " \n"), "empty"),
        (lambda m: Stack(m, "cat " * 100), "reads at most 64"),
        (lambda m: Stack(m, [TEXT], labels=["a", "b"]), "2 labels for 1 texts"),
        (lambda m: Stack(m, TEXT, layer=3), "layer is 3; expected 0 to 2"),
        (lambda m: Stack(m, TEXT, stage="cellar"), "cellar"),
        (lambda m: Stack(m, TEXT, position=-2), "position"),
        (lambda m: Stack(m, TEXT, position=40), "position is 40"),
        (lambda m: Stack(m, TEXT, chapters={"roof": "a.html"}), "no stage 'roof'"),
    ],
)
def test_bad_input_is_one_clear_sentence(tiny, make, sentence) -> None:
    with pytest.raises((ValueError, TraitError), match=sentence):
        make(tiny)


def test_a_text_that_is_too_long_for_a_page() -> None:
    n = MOST_TOKENS + 1
    with pytest.raises(ValueError, match=f"{n} tokens; this view shows at most {MOST_TOKENS}"):
        pack(_of_length(n), str)
    assert pack(_of_length(MOST_TOKENS), str)


def _of_length(n: int) -> Stages:
    one, some = np.ones((2, n)), np.ones((1, n), int)
    return Stages(
        text="",
        tokens=("a",) * n,
        token_ids=(0,) * n,
        lengths=np.ones((3, n)),
        added=one,
        top_keys=some[None],
        top_shares=np.ones((1, 1, n)),
        active=some,
        strongest=some[..., None],
        outputs=np.ones((1, n, 1)),
        guesses=None,
        next_ids=None,
        next_scores=None,
        next_probs=None,
    )


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,hi",
        "//elsewhere.example/",
        "a b.html",
        "\\\\elsewhere",
        "",
        "файл:1",
    ],
)
def test_addresses_that_are_not_followed(tiny, href) -> None:
    with pytest.raises(ValueError, match="expected a relative path"):
        Stack(tiny, TEXT, chapters={"tokens": href})


@pytest.mark.parametrize(
    "href", ["next_word.html", "../a/b.html?x=1#here", "https://example.org/x", "/x:y", "#top"]
)
def test_addresses_that_are(tiny, href) -> None:
    assert Stack(tiny, TEXT, chapters={"tokens": href}).chapters == {"tokens": href}


def test_it_follows_a_readers_own_text(tiny) -> None:
    widget = Stack(tiny, TEXT)
    reply, (content,) = ask(widget, kind="trace", text="the <i>dog</i>")
    assert reply["ok"]
    assert told(content)["text"] == "the <i>dog</i>"
    for text, sentence in (("  ", "empty"), ("cat " * 99, "reads at most 64")):
        reply, buffers = ask(widget, kind="trace", text=text)
        assert (reply["ok"], buffers) == (False, [])
        assert sentence in reply["error"]
    assert ask(widget, kind="hello")[0]["ok"]


def test_a_model_read_from_outside_is_refused(tiny_folder) -> None:
    lm = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="counting its weights by part is not possible"):
        Stack(lm, TEXT)


def test_its_still_picture_counts_to_the_last_weight(tiny) -> None:
    root = Stack(tiny, TEXT, title="<b>").still()
    cells = [cell.text for cell in root.iter("td") if cell.text]
    assert any(cell.startswith(f"{3 * 3 * 24 * 40:,} (") for cell in cells)
    assert "the embedding's" in cells
    assert "8 × 24" in cells
    assert "&lt;b&gt;" in Stack(tiny, TEXT, title="<b>")._repr_mimebundle_()[0]["text/html"]


@pytest.mark.real_model
def test_an_encoder_has_no_top_floor() -> None:
    encoder = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    widget = Stack(encoder, "The bank of the river")
    assert not widget.architecture["predicts"]
    assert not widget.architecture["causal"]
    assert "next" not in widget.linked["stage"]["values"]
    assert "next_ids" not in safetensors.numpy.load(widget.texts[0])
    with pytest.raises(ValueError, match="is an encoder: it has no stage 'unembedding'"):
        Stack(encoder, "The bank", stage="unembedding")


@pytest.mark.real_model
def test_the_page_data_of_a_real_text_is_small(lm) -> None:
    text = "When Mary and John went to the store, John gave a drink to"
    widget = Stack(lm, text)
    assert len(told(widget.texts[0])["tokens"]) == 15
    assert len(gzip.compress(widget.texts[0])) < 60_000
    with pytest.raises(ValueError, match="shows at most 64"):
        Stack(lm, "word " * 70)
