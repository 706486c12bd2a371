"""Switching parts off: the figures are those of an ordinary run with these parts off."""

from __future__ import annotations

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import switched_off
from llm_viz.analyses.attribution import Component
from llm_viz.analyses.switched import component_of, every_layer, label, parts_of, whole_kinds
from llm_viz.model import LanguageModel
from llm_viz.studies.switched_file import pack, unpack

TEXT = "the cat sat on the mat"
EDITS = [["L1H2"], [(0, 5), (2, 1)], ["L1 attention"], ["L2 FFN", "L0H3"]]
VERBS = [
    {"heads": [(1, 2)]},
    {"heads": [(0, 5), (2, 1)]},
    {"attns": [1]},
    {"heads": [(0, 3)], "mlps": [2]},
]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    logits = logits.astype(np.float64)
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def test_every_row_is_a_run_with_these_parts_off(tiny: LanguageModel) -> None:
    found = switched_off(tiny, TEXT, EDITS, answer=7, rival=9, k=4, follow=3)
    assert found.labels == ("nothing", "L1H2", "L0H5, L2H1", "L1 attention", "L0H3, L2 FFN")
    base = None
    for row, off in enumerate([{}, *VERBS]):
        with tiny.ablate(**off):
            trace = tiny.run(TEXT, ("logits",))
        log_probs = log_softmax(trace["logits"])
        base = log_probs[-1] if base is None else base
        order = np.argsort(-log_probs[-1])[:4]
        assert found.top_ids[row].tolist() == order.tolist()
        np.testing.assert_allclose(found.top_log_probs[row], log_probs[-1, order], atol=1e-4)
        np.testing.assert_allclose(found.top_before[row], base[order], atol=1e-4)
        np.testing.assert_allclose(found.log_probs[row], log_probs[-1, found.followed], atol=1e-4)
        assert found.p_answer[row] == pytest.approx(np.exp(log_probs[-1, 7]), rel=1e-4)
        difference = float(trace["logits"][-1, 7] - trace["logits"][-1, 9])
        assert found.logit_difference[row] == pytest.approx(difference, abs=1e-4)
        ahead = trace.token_ids[1:]
        loss = -log_probs[np.arange(len(ahead)), ahead].mean()
        assert found.losses[row] == pytest.approx(loss, abs=1e-4)
    best = np.argsort(-base)
    assert found.followed == (*best[:3], *(t for t in (7, 9) if t not in best[:3]))
    assert found.tokens == tuple(tiny.tokens(TEXT))
    assert all(found.shown[int(token)] for token in found.top_ids.flat)


def test_every_head_and_the_favourites_unless_others_are_named(tiny: LanguageModel) -> None:
    found = switched_off(tiny, TEXT)
    best = llm_viz.next_token_distribution(tiny.run(TEXT)["logits"][-1]).order
    assert (found.answer, found.rival) == (best[0], best[1])
    assert found.edits[0] == ()
    assert found.labels[1:] == tuple(f"L{i}H{j}" for i in range(3) for j in range(6))
    assert switched_off(tiny, TEXT, [], answer=int(best[2])).rival == best[0]


def test_what_moved_furthest_stands_first(tiny: LanguageModel) -> None:
    found = switched_off(tiny, TEXT)
    for measure in ("difference", "loss", "p_answer"):
        changes = found.changes(measure)
        assert changes[0] == 0
        top = found.top(5, measure)
        assert [abs(change) for _, change in top] == sorted(np.abs(changes), reverse=True)[:5]
        assert all(changes[found.row([name])] == change for name, change in top)
    with pytest.raises(KeyError, match="no row with L0H0, L1H1 off"):
        found.row(["L1H1", "L0H0"])


def test_with_everything_off_the_embedding_is_left(tiny: LanguageModel) -> None:
    everything = whole_kinds(tiny.dims)["everything"]
    assert len(everything) == 6
    found = switched_off(tiny, TEXT, [everything], answer=7, rival=9)
    alone = tiny.readout(tiny.run(TEXT)["resid_pre"][0, -1])
    assert found.top_ids[1].tolist() == np.argsort(-alone, kind="stable")[:5].tolist()
    assert found.logit_difference[1] == pytest.approx(float(alone[7] - alone[9]), abs=1e-4)


def test_a_text_of_one_token_has_no_loss(tiny_folder) -> None:
    lm = llm_viz.load_model(tiny_folder("llama"), device="cpu")
    found = switched_off(lm, "", [["L0H0"]])
    assert found.tokens == ("<s>",)
    assert np.isnan(found.losses).all()
    assert np.isfinite(found.logit_difference).all()
    assert np.isnan(unpack(pack(found)).losses).all()


def test_parts_and_their_names(tiny: LanguageModel) -> None:
    names = ["L2 FFN", "L0H3", "L1 attention", "L1H0", "L0H3"]
    parts = parts_of(tiny.dims, names)
    assert label(parts) == "L0H3, L1 attention, L1H0, L2 FFN"
    assert [component_of(part.label) for part in parts] == list(parts)
    assert parts_of(tiny.dims, [(0, 3)]) == parts_of(tiny.dims, "L0H3")
    assert label([]) == "nothing"
    assert every_layer(tiny.dims, "mlp")[2] == (Component("mlp", 2),)


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        ({"edits": [["L3H0"]]}, IndexError, "there is no L3H0; layers go from 0 to 2"),
        ({"edits": [[(0, 6)]]}, IndexError, "heads from 0 to 5"),
        ({"edits": [[(-1, 0)]]}, IndexError, "there is no L-1H0"),
        ({"edits": [["L9 FFN"]]}, IndexError, "there is no L9 FFN"),
        ({"edits": [["head 3"]]}, ValueError, "write a head as L18H6"),
        ({"answer": "the cat"}, ValueError, "not one token but 2"),
        ({"answer": 300}, IndexError, "no token 300"),
        ({"answer": 7, "rival": 7}, ValueError, "the answer and the rival are both"),
    ],
)
def test_bad_arguments(tiny: LanguageModel, how: dict, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        switched_off(tiny, TEXT, **({"edits": []} | how))


def test_a_model_read_from_outside_is_refused(tiny_folder) -> None:
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="read from outside: its parts cannot be switched off"):
        switched_off(bloom, TEXT)


@pytest.mark.real_model
def test_an_encoder_is_refused() -> None:
    encoder = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    with pytest.raises(ValueError, match="is an encoder: it predicts no tokens"):
        switched_off(encoder, TEXT)
