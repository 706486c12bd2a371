"""AttentionHeads: what it carries, what it answers, what it refuses."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import llm_viz
from llm_viz.analyses.attention import head_scores
from llm_viz.model import LanguageModel
from llm_viz.trace import Trace
from llm_viz.widgets import AttentionHeads
from llm_viz.widgets import attention_heads as module
from llm_viz.widgets.heads_file import block_of, cells, codes, pool, spread, unpack
from llm_viz.widgets.still import html
from tests.fixtures import make_heads
from tests.widgets.support import ask

TEXTS = ["the cat sat on the mat", "the dog"]


def allowed(shares: np.ndarray, n: int) -> np.ndarray:
    """By how much a packed share may be off, as `heads_file` says."""
    return np.maximum(0.004 * np.sqrt(shares) + 4e-6, min(0.001, 0.1 / n))


def test_it_carries_every_head_of_each_text(tiny: LanguageModel) -> None:
    widget = AttentionHeads(tiny, TEXTS)
    assert widget.labels == TEXTS
    assert (widget.prompt, widget.layer, widget.head, widget.position) == (0, 0, 0, None)
    for data, text in zip(widget.traces, TEXTS, strict=True):
        told, arrays = unpack(data)
        trace = tiny.run(text)
        n = len(trace)
        assert (told["text"], told["tokens"]) == (text, list(trace.tokens))
        assert (told["token_ids"], told["positions"]) == (list(trace.token_ids), list(range(n)))
        assert (told["causal"], told["heads"]) == (True, None)
        pattern = trace["pattern"].reshape(-1, n, n)
        for packed, exact in zip(arrays["patterns"], pattern, strict=True):
            found = (spread(packed, n, causal=True) / 255.0) ** 2
            assert (np.abs(found - exact) <= allowed(exact, n)).all()
        scores = head_scores(trace).as_dict()
        assert told["scores"] == list(scores) == list(module.SCORES)
        np.testing.assert_array_equal(arrays["scores"], np.stack(list(scores.values())))


def test_of_a_long_text_some_heads_travel_and_all_are_small(tiny: LanguageModel) -> None:
    text = "the cat sat on " * 8
    told, arrays = unpack(AttentionHeads(tiny, text, heads=[(1, 5), (0, 2)]).traces[0])
    n = len(told["tokens"])
    assert told["block"] == block_of(n) == 2
    assert told["heads"] == [[1, 5], [0, 2]]
    assert arrays["patterns"].shape == (2, cells(n, causal=True))
    np.testing.assert_array_equal(arrays["patterns"][0], codes(tiny.run(text), (1, 5), range(n)))
    assert arrays["small"].shape == (3, 6, -(-n // 2), -(-n // 2))
    assert "small" not in unpack(AttentionHeads(tiny, text).traces[0])[1]
    none = unpack(AttentionHeads(tiny, text, heads=[]).traces[0])[1]
    assert none["patterns"].shape == (0, cells(n, causal=True))


def test_python_sends_a_head_when_asked(tiny: LanguageModel) -> None:
    widget = AttentionHeads(tiny, TEXTS[0], heads=[])
    for text in TEXTS:
        reply, (data,) = ask(widget, kind="head", text=text, layer=2, head=3)
        assert reply["ok"]
        trace = tiny.run(text)
        np.testing.assert_array_equal(
            np.frombuffer(data, np.uint8), codes(trace, (2, 3), range(len(trace)))
        )
    for layer, head, told in (
        (3, 0, "layer 3 is out of range; it goes from 0 to 2"),
        (0, -1, "head -1 is out of range; it goes from 0 to 5"),
        (None, 0, "layer None is out of range"),
        ("1", 0, "layer '1' is out of range"),
    ):
        reply, buffers = ask(widget, kind="head", text="the cat", layer=layer, head=head)
        assert told in reply["error"]
        assert buffers == []


def test_all_patterns_are_never_held(tiny: LanguageModel, monkeypatch) -> None:
    """Neither packing a text nor sending a head computes the site for all heads at once."""

    def refuse(self: Trace, name: str) -> None:
        raise AssertionError(f"all of {name} was asked for")

    monkeypatch.setattr(Trace, "__getitem__", refuse)
    widget = AttentionHeads(tiny, TEXTS[0], heads=[(0, 0)])
    assert ask(widget, kind="head", text=TEXTS[0], layer=1, head=1)[0]["ok"]


def test_one_reading_serves_many_heads(tiny: LanguageModel, monkeypatch) -> None:
    widget = AttentionHeads(tiny, TEXTS[0], heads=[])
    runs = []
    run = LanguageModel.run
    monkeypatch.setattr(
        LanguageModel, "run", lambda *args, **more: runs.append(args[1]) or run(*args, **more)
    )
    for head in range(4):
        ask(widget, kind="head", text=TEXTS[0], layer=0, head=head)
    assert runs == []
    for text in (TEXTS[1], TEXTS[1], TEXTS[0]):
        ask(widget, kind="head", text=text, layer=0, head=0)
    assert runs == [TEXTS[1], TEXTS[0]]


def test_heads_of_a_text_are_of_one_reading(tiny: LanguageModel) -> None:
    """What is switched off in between changes no head of a text that is on screen."""
    widget = AttentionHeads(tiny, TEXTS, heads=[])
    whole = ask(widget, kind="head", text=TEXTS[1], layer=2, head=3)[1]
    with tiny.ablate(heads=[(0, 0)], attns=[1]):
        assert ask(widget, kind="head", text=TEXTS[1], layer=2, head=3)[1] == whole
        reply, _ = ask(widget, kind="head", text=TEXTS[0], layer=2, head=3)
        assert "other parts of the model are switched off" in reply["error"]
        ask(widget, kind="trace", text=TEXTS[1])
        assert ask(widget, kind="head", text=TEXTS[1], layer=2, head=3)[1] != whole
    assert ask(widget, kind="head", text=TEXTS[0], layer=2, head=3)[0]["ok"]


def test_it_reads_a_text_when_asked(tiny: LanguageModel) -> None:
    widget = AttentionHeads(tiny, "the cat", positions=[-2, -1], heads=[])
    for text in ("the dog <b>ran</b>", "a", "🐈 مرحبا\u202e\u0007"):
        reply, (data,) = ask(widget, kind="trace", text=text)
        assert reply["ok"]
        told, _ = unpack(data)
        length = len(tiny.token_ids(text))
        assert (told["text"], told["heads"]) == (text, None)
        assert told["positions"] == [length - 2, length - 1], "as the author's"


def test_a_long_text_of_ones_own_has_its_heads_sent(tiny: LanguageModel, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 18 * cells(20, causal=True))
    widget = AttentionHeads(tiny, "the cat")
    short, long = (ask(widget, kind="trace", text=t)[1][0] for t in ("the dog", "the cat " * 12))
    assert unpack(short)[0]["heads"] is None
    assert unpack(long)[0]["heads"] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the text is empty"),
        ("  \n", "the text is empty"),
        ("a \ud83d b", "half of a surrogate pair"),
        ("the " * 2000, "reads at most 64"),
    ],
)
def test_a_text_that_cannot_be_read_gets_one_sentence(
    tiny: LanguageModel, text: str, told: str
) -> None:
    reply, buffers = ask(AttentionHeads(tiny, "the cat"), kind="trace", text=text)
    assert not reply["ok"]
    assert told in reply["error"]
    assert buffers == []
    with pytest.raises(ValueError, match=told):
        AttentionHeads(tiny, ["the cat", text])


def test_what_weighs_too_much_is_refused_with_the_limit(tiny: LanguageModel, monkeypatch) -> None:
    text = "the cat sat on the mat " * 4
    n = len(tiny.token_ids(text))
    monkeypatch.setattr(module, "MOST_BYTES", 18 * cells(n, causal=True) - 1)
    with pytest.raises(ValueError, match=r"18 heads over .* is (\d+) tokens.*range") as refused:
        AttentionHeads(tiny, text)
    fits = int(str(refused.value).split("range(-")[1].split(",")[0])
    assert n - 3 <= fits < n
    AttentionHeads(tiny, text, positions=range(-fits, 0))
    AttentionHeads(tiny, text, heads=[(0, 0)])
    monkeypatch.setattr(module, "MOST_TOKENS", 10)
    with pytest.raises(ValueError, match=r"at most 10\. .*range\(-10, 0\)"):
        AttentionHeads(tiny, text, heads=[])
    AttentionHeads(tiny, text, heads=[], positions=range(-10, 0))


def test_what_cannot_be_shown_is_refused(tiny: LanguageModel) -> None:
    with pytest.raises(ValueError, match="give a text, or a list of texts"):
        AttentionHeads(tiny, [])
    with pytest.raises(ValueError, match="1 labels for 2 texts"):
        AttentionHeads(tiny, TEXTS, labels=["one"])
    with pytest.raises(IndexError, match="layer 3 is out of range; it goes from 0 to 2"):
        AttentionHeads(tiny, "the cat", layer=3)
    with pytest.raises(IndexError, match="head 6 is out of range; it goes from 0 to 5"):
        AttentionHeads(tiny, "the cat", head=6)
    with pytest.raises(IndexError, match="layer 9 is out of range"):
        AttentionHeads(tiny, "the cat", heads=[(0, 0), (9, 0)])
    with pytest.raises(IndexError, match="position 20 is out of range"):
        AttentionHeads(tiny, TEXTS, positions=[20])


def test_positions_are_a_window(tiny: LanguageModel) -> None:
    told, arrays = unpack(AttentionHeads(tiny, TEXTS[0], positions=[-1, 2, 1]).traces[0])
    trace = tiny.run(TEXTS[0])
    last = len(trace) - 1
    assert told["positions"] == [1, 2, last]
    at = np.ix_([1, 2, last], [1, 2, last])
    exact = trace["pattern"][0, 0][at]
    found = (spread(arrays["patterns"][0], 3, causal=True) / 255.0) ** 2
    assert (np.abs(found - exact) <= allowed(exact, 3)).all()
    np.testing.assert_array_equal(
        arrays["scores"], np.stack(list(head_scores(trace).as_dict().values()))
    )


def test_one_token_is_enough(tiny: LanguageModel) -> None:
    told, arrays = unpack(AttentionHeads(tiny, "the", positions=[0]).traces[0])
    assert len(told["tokens"]) == 1
    assert (arrays["patterns"] == 255).all()


def test_an_address_may_hold_what_there_is(tiny: LanguageModel) -> None:
    rules = AttentionHeads(tiny, TEXTS).linked
    assert rules["prompt"]["max"] == 1
    assert rules["layer"] == {"kind": "number", "none": False, "whole": True, "min": 0, "max": 2}
    assert rules["head"]["max"] == 5
    assert rules["position"]["max"] == len(tiny.token_ids(TEXTS[0])) - 1
    assert rules["position"]["none"]
    assert rules["score"]["values"] == list(module.SCORES)
    assert rules.keys() == {
        *("prompt", "layer", "head", "position", "score", "order", "picture"),
        *("mask_first", "mean"),
    }


def test_its_still_picture_holds_the_best_heads(tiny: LanguageModel) -> None:
    widget = AttentionHeads(tiny, "the <b>cat</b> the", score="previous_token")
    best = head_scores(tiny.run("the <b>cat</b> the")).top("previous_token", 10)
    picture = widget.still()
    rows = [row.text for row in picture.iter("th") if row.get("scope") == "row"]
    assert rows == [f"L{layer}H{head}" for layer, head, _ in best]
    assert "&lt;b&gt;" in html(picture)
    assert "NaN" not in html(picture)
    for score, said in (("entropy", "bits"), ("mean_distance", "tokens")):
        widget.score = score
        assert said in html(widget.still())
    widget = AttentionHeads(tiny, "a", score="induction")
    assert "No token is repeated" in html(widget.still())


@pytest.mark.parametrize("family", ["gpt2", "gpt_neox", "bloom"])
def test_models_of_other_structure(tiny_folder, family: str) -> None:
    """Learned positions, parallel blocks, and one read from outside, with ALiBi."""
    other = llm_viz.load_model(tiny_folder(family), device="cpu")
    if "pattern" not in other.sites:
        pytest.skip("this version of the library does not give its patterns")
    widget = AttentionHeads(other, TEXTS[0])
    exact = other.run(TEXTS[0], sites=("pattern",)).head("pattern", 1, 2)
    _, arrays = unpack(widget.traces[0])
    place = other.dims.n_heads + 2
    found = (spread(arrays["patterns"][place], len(exact), causal=True) / 255.0) ** 2
    assert (np.abs(found - exact) <= allowed(exact, len(exact))).all()


@pytest.mark.real_model
def test_an_encoder_looks_both_ways() -> None:
    encoder = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    text = "The bank of the river"
    told, arrays = unpack(AttentionHeads(encoder, text).traces[0])
    exact = encoder.run(text).head("pattern", 2, 3)
    n = len(exact)
    assert not told["causal"]
    found = (arrays["patterns"][2 * 12 + 3].reshape(n, n) / 255.0) ** 2
    assert (np.abs(found - exact) <= allowed(exact, n)).all()
    assert np.triu(found, 1).any()


@pytest.mark.real_model
def test_a_hundred_tokens_of_all_heads_are_light(lm: LanguageModel) -> None:
    """BertViz takes 75 MB for this: a hundred times as much."""
    text = (
        "When the last train had left the little station, the old man folded his newspaper and "
        "walked slowly down to the harbour. Nobody had seen the boat for three days. His daughter "
        "said that it would come back with the tide, as it always had, but the water was black "
        "and the wind had turned. He lit his pipe, looked out over the grey roofs, and thought of "
        "the summer when she was seven years old and had learned to swim between the two stone "
        "walls. Then he heard a bell, far out in the dark."
    )
    widget = AttentionHeads(lm, text, positions=range(100))
    assert len(gzip.compress(widget.traces[0])) < 750_000


@given(st.integers(1, 60), st.integers(0, 1000), st.booleans())
def test_pooling_keeps_the_largest_of_each_block(n: int, seed: int, has_first: bool) -> None:
    square = np.random.default_rng(seed).integers(0, 256, (n, n)).astype(np.uint8)
    small, first = pool(square, has_first)
    b = block_of(n)
    for i in range(len(small)):
        rows = square[i * b : (i + 1) * b]
        assert first[i] == (rows[:, 0].max() if has_first else 0)
        for j in range(len(small)):
            block = rows[:, max(j * b, int(has_first)) : (j + 1) * b]
            assert small[i, j] == (block.max() if block.size else 0)


@given(st.integers(1, 40), st.integers(0, 1000), st.booleans())
def test_packing_is_off_by_at_most_what_is_said(n: int, seed: int, causal: bool) -> None:
    trace = make_heads.trace(n, causal=causal, seed=seed)
    exact = trace["pattern"][1, 2]
    packed = codes(trace, (1, 2), range(n))
    found = (spread(packed, n, causal=causal) / 255.0) ** 2
    assert (np.abs(found - exact) <= allowed(exact, n)).all()
