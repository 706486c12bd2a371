"""Causal tracing: every cell is an ordinary run, corrupted, with one thing put back by hand."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import causal_trace, tracing
from llm_viz.analyses.tracing import (
    SITE_OF,
    default_window,
    restored_layers,
    tracing_steps,
)
from llm_viz.model import LanguageModel
from llm_viz.studies.tracing_file import pack, unpack

TEXT = "the cat sat on the red mat and"
SUBJECT = "red mat"
SEEDS = (0, 3, 7)


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits.astype(np.float64) - logits.max())
    return powers / powers.sum()


def by_hand(lm: LanguageModel, noise: float, window: int, answer: int):
    """(kind, layer, pos, seed) the answer's probability, a run at a time; and the mean of all."""
    clean = lm.run(TEXT)
    at = [i for i, (a, b) in enumerate(lm.tokenizer.spans(TEXT)) if a < 26 and b > 19]
    size = noise * lm.network.embeddings().numpy().std()
    shape = (3, lm.dims.n_layers, len(clean))
    p, means = np.zeros((*shape, len(SEEDS))), np.zeros((*shape, lm.dims.d_vocab))
    for n, seed in enumerate(SEEDS):
        drawn = np.random.default_rng(seed).standard_normal((len(at), lm.dims.d_model))
        noisy = clean["embed"][at] + size * drawn
        for i, kind in enumerate(SITE_OF):
            for layer in range(lm.dims.n_layers):
                for pos in range(len(clean)):
                    reach = restored_layers(kind, layer, window, lm.dims.n_layers)
                    with (
                        lm.patch(noisy, "embed", positions=at),
                        lm.patch(clean, SITE_OF[kind], layers=list(reach), positions=[pos]),
                    ):
                        logits = lm.run(TEXT, ("logits",), positions=[-1])["logits"][0]
                    p[i, layer, pos, n] = softmax(logits)[answer]
                    means[i, layer, pos] += softmax(logits) / len(SEEDS)
    return tuple(at), p, means


def drained(steps):
    """What was told on the way, and the trace."""
    told = []

    def kept():
        found = yield from steps
        told.append(found)

    *said, found = [*kept(), *told]
    return said, found


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_every_cell_is_a_run_with_this_restored(tiny_folder, family, monkeypatch) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    monkeypatch.setattr(tracing, "BLOCK_BYTES", 90_000)  # a few positions
    steps = tracing_steps(
        lm, TEXT, SUBJECT, 9, noise=2, seeds=SEEDS, window=2, k=4, positions_each=2
    )
    told, found = drained(steps)
    at, p, means = by_hand(lm, 2, 2, 9)
    assert found.subject == at
    assert len(at) >= 2
    np.testing.assert_allclose(found.p, p.mean(axis=-1), rtol=2e-4)
    order = np.argsort(-means, axis=-1)[..., :4]
    np.testing.assert_allclose(
        found.top_probs, np.take_along_axis(means, order, axis=-1), rtol=2e-4
    )
    assert (found.top_ids == order).mean() > 0.99  # equals may swap
    clean = softmax(lm.run(TEXT)["logits"][-1])
    assert found.p_clean == pytest.approx(clean[9], rel=1e-4)
    assert found.clean_ids.tolist() == np.argsort(-clean)[:4].tolist()
    np.testing.assert_allclose(found.p[:, :, 0], found.p_corrupted, rtol=1e-5)
    assert found.known == (clean.argmax() == 9)
    assert told == [(n + 1, len(told)) for n in range(len(told))]
    assert len(told) > len(SEEDS)
    whole = causal_trace(lm, TEXT, SUBJECT, 9, noise=2, seeds=SEEDS, window=2, k=4)
    np.testing.assert_allclose(whole.p, found.p, rtol=1e-4)


def test_all_of_the_stream_restored_is_the_clean_run(tiny: LanguageModel) -> None:
    """At the last token and layer the restored run is the clean one, whatever the noise."""
    found = causal_trace(tiny, TEXT, "cat", seeds=SEEDS, noise=5)
    assert found.known
    assert found.map("hidden")[-1, -1] == pytest.approx(found.p_clean, rel=1e-4)
    assert found.top_ids[0, -1, -1, 0] == found.answer
    layer, position, p = found.top(1)[0]
    assert p == found.map("hidden").max() == found.map("hidden")[layer, position]
    assert found.total_effect == found.p_clean - found.p_corrupted
    np.testing.assert_array_equal(found.effect, found.p - found.p_corrupted)


def test_the_spread_holds_the_mean_and_needs_two_noises(tiny: LanguageModel) -> None:
    found = causal_trace(tiny, TEXT, "cat", seeds=SEEDS, kinds=("mlp",))
    assert (found.low <= found.p + 1e-12).all()
    assert (found.p <= found.high + 1e-12).all()
    assert found.corrupted_spread[0] < found.p_corrupted < found.corrupted_spread[1]
    alone = causal_trace(tiny, TEXT, "cat", seeds=[3], kinds=("mlp",))
    assert np.isnan(alone.low).all()
    assert np.isnan(alone.corrupted_spread).all()


def test_predictions_are_worked_on_one_at_a_time(tiny: LanguageModel, monkeypatch) -> None:
    """Of hundreds at once, every array that is made on the way would fill the memory."""
    seen = []
    for name in ("_probabilities", "_likeliest"):
        made = getattr(tracing, name)
        monkeypatch.setattr(
            tracing, name, lambda row, *more, made=made: seen.append(row.shape) or made(row, *more)
        )
    causal_trace(tiny, TEXT, "cat", seeds=[0, 1], kinds=("mlp",))
    assert len(seen) > 2 * tiny.dims.n_layers
    assert set(seen) == {(tiny.dims.d_vocab,)}


def test_windows() -> None:
    assert default_window(48) == 10
    assert default_window(30) == 6
    assert default_window(1) == 1
    assert restored_layers("hidden", 7, 6, 30) == range(7, 8)
    assert restored_layers("mlp", 7, 6, 30) == range(4, 10)
    assert restored_layers("attention", 7, 3, 30) == range(6, 9)
    assert restored_layers("mlp", 1, 6, 30) == range(4)
    assert restored_layers("mlp", 29, 6, 30) == range(26, 30)


def test_a_subject_that_stands_there_twice_is_marked(tiny: LanguageModel) -> None:
    found = causal_trace(tiny, "the cat and *the* dog", "the", seeds=[0], kinds=("mlp",))
    assert found.text == "the cat and the dog"
    assert found.subject[0] > 2
    first = causal_trace(tiny, "*the* cat and the dog", "the", seeds=[0], kinds=("mlp",))
    assert first.subject[0] == 1


def test_a_subject_cut_into_many_tokens(tiny: LanguageModel) -> None:
    found = causal_trace(tiny, "the zyxxö ran", "zyxxö", seeds=[0], kinds=("mlp",))
    assert len(found.subject) > 4
    assert found.subject == tuple(range(found.subject[0], found.subject[-1] + 1))


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"subject": "dog"}, "the subject 'dog' does not stand in"),
        ({"subject": "the"}, "the subject 'the' stands 2 times"),
        ({"subject": " "}, "the subject is empty"),
        ({"answer": " cat sat on"}, "token"),
        ({"noise": 0}, "noise is 0; expected a number above 0"),
        ({"noise": -1}, "above 0"),
        ({"noise": float("nan")}, "above 0"),
        ({"seeds": ()}, "seeds are"),
        ({"window": 0}, "window is 0; expected 1 to 3"),
        ({"window": 4}, "window is 4"),
        ({"kinds": ("heads",)}, "kinds are"),
        ({"kinds": ()}, "kinds are"),
        ({"k": 0}, "k is 0"),
        ({"text": f"the cat {'sat ' * 80}"}, "reads at most 64"),
    ],
)
def test_bad_input(tiny: LanguageModel, kwargs, message) -> None:
    kwargs = {"text": TEXT, "subject": "cat", "seeds": [0], **kwargs}
    with pytest.raises(ValueError, match=message):
        causal_trace(tiny, **kwargs)


def test_a_trace_that_is_given_up_leaves_nothing_in_force(tiny: LanguageModel) -> None:
    steps = tracing_steps(tiny, TEXT, "cat", seeds=[0, 1])
    assert next(steps) == (1, 2)
    assert not tiny.edits


def test_a_kind_that_was_not_traced(tiny: LanguageModel) -> None:
    with pytest.raises(KeyError, match="'mlp' was not traced; there are hidden"):
        causal_trace(tiny, TEXT, "cat", seeds=[0], kinds=("hidden",)).map("mlp")


def test_a_model_that_cannot_be_traced(tiny_folder) -> None:
    with pytest.raises(ValueError, match="is read from outside"):
        causal_trace(llm_viz.load_model(tiny_folder("bloom"), device="cpu"), TEXT, "cat")
    encoder = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    with pytest.raises(ValueError, match="is an encoder"):
        causal_trace(encoder, TEXT, "cat")


@pytest.mark.parametrize("seeds", [SEEDS, (1,)])
def test_packed_and_unpacked(tiny: LanguageModel, seeds) -> None:
    found = causal_trace(tiny, TEXT, SUBJECT, 9, seeds=seeds, k=3)
    again = unpack(pack(found))
    for field in fields(found):
        before, after = getattr(found, field.name), getattr(again, field.name)
        if isinstance(before, np.ndarray):
            np.testing.assert_allclose(after, before, rtol=5e-4)
        elif field.name == "corrupted_spread":
            np.testing.assert_equal(after, before)
        else:
            assert after == before


@pytest.mark.real_model
def test_the_capital_of_japan(lm: LanguageModel) -> None:
    """Early at the subject, late at the last token, and carried there by attention."""
    found = causal_trace(
        lm, "The capital of Japan is", "Japan", " Tokyo", seeds=(0, 1), kinds=("hidden",)
    )
    assert found.known
    assert found.p_clean > 0.7
    assert found.p_corrupted < 0.01
    hidden = found.map("hidden")
    assert min(hidden[5, 4], hidden[25, 5]) > 0.6
    assert max(hidden[5, 5], hidden[25, 4]) < 0.05
