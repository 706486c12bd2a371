"""A sweep gives what one run after another would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax

import llm_viz
from llm_viz.model import LanguageModel, sweeping
from llm_viz.model.interventions import EDITABLE, NO_EDITS
from llm_viz.names import SITES

TEXT = "the cat sat on the mat"
OTHER = "the dog ran to the house"


def one_by_one(lm: LanguageModel, plan, **kwargs):
    found = []
    for edits in plan:
        with lm.edit(edits):
            found.append(lm.run(TEXT, sites=("logits",), **kwargs)["logits"])
    return np.stack(found)


def losses_of(lm: LanguageModel, logits):
    ids = lm.token_ids(TEXT)
    return -log_softmax(logits[..., :-1, :], axis=-1)[..., np.arange(len(ids) - 1), ids[1:]]


def a_bit_of_everything(lm: LanguageModel):
    """Patches of every site, at every depth, and ablations, in no order."""
    other = lm.run(OTHER)
    plan = []
    for site in (site for site in EDITABLE if site in lm.sites):
        layers = range(lm.dims.n_layers) if "layer" in SITES[site].axes else (None,)
        plan += [lm.patching(other, site, layers=layer, positions=[2]) for layer in layers]
    plan += [lm.ablation(heads=[(layer, 1)]) for layer in (2, 0, 1)]
    plan += [lm.ablation(heads=[(1, 0)], mlps=[2]) | lm.patching(other, "embed"), NO_EDITS]
    rng = np.random.default_rng(0)
    return [plan[i] for i in rng.permutation(len(plan))]


@pytest.mark.parametrize("family", ["llama", "gpt2", "gpt_neox", "qwen3"])
def test_a_sweep_is_run_after_run(tiny_folder, family, monkeypatch) -> None:
    monkeypatch.setattr(sweeping, "BATCH_TOKENS", 60)  # several batches
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    plan = a_bit_of_everything(lm)
    swept = lm.sweep(TEXT, plan, positions=range(len(lm.token_ids(TEXT))), losses=True)
    expected = one_by_one(lm, plan)
    np.testing.assert_allclose(swept.logits, expected, atol=2e-5)
    np.testing.assert_allclose(swept.losses, losses_of(lm, expected), atol=2e-5)
    clean = lm.run(TEXT)["logits"]
    np.testing.assert_allclose(swept.base_logits, clean, atol=2e-5)
    np.testing.assert_allclose(swept.base_losses, losses_of(lm, clean), atol=2e-5)
    assert len(swept) == len(plan)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_plan(tiny: LanguageModel, data) -> None:
    heads = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5)), max_size=3)
    layers = st.lists(st.integers(0, 2), max_size=2)
    parts = st.fixed_dictionaries({"heads": heads, "attns": layers, "mlps": layers})
    plan = [tiny.ablation(**kwargs) for kwargs in data.draw(st.lists(parts, max_size=6))]
    swept = tiny.sweep(TEXT, plan)
    assert swept.logits.shape == (len(plan), 1, tiny.dims.d_vocab)
    if plan:
        np.testing.assert_allclose(swept.logits[:, 0], one_by_one(tiny, plan)[:, -1], atol=2e-5)


def test_under_changes_that_are_already_in_force(tiny: LanguageModel) -> None:
    other = tiny.run(OTHER)
    base = tiny.ablation(mlps=[1]) | tiny.patching(other, "resid_final", positions=[1])
    plan = [tiny.ablation(heads=[(layer, 2)]) for layer in range(3)]
    plan.append(tiny.patching(other, "embed", positions=[3]))
    with tiny.edit(base):
        swept = tiny.sweep(TEXT, plan, positions=range(len(other)))
        np.testing.assert_allclose(swept.base_logits, tiny.run(TEXT)["logits"], atol=2e-5)
    np.testing.assert_allclose(
        swept.logits, one_by_one(tiny, [base | edits for edits in plan]), atol=2e-5
    )


def test_only_some_tokens_and_positions(tiny: LanguageModel) -> None:
    plan = [tiny.ablation(mlps=[0]), tiny.ablation(heads=[(2, 2)])]
    whole = tiny.sweep(TEXT, plan, positions=[1, -1])
    some = tiny.sweep(TEXT, plan, positions=[1, -1], token_ids=[7, 3])
    np.testing.assert_allclose(some.logits, whole.logits[..., [7, 3]], atol=1e-5)
    assert some.positions == (1, len(tiny.token_ids(TEXT)) - 1)
    assert some.token_ids == (7, 3)
    assert some.losses is None


def test_each_run_is_computed_from_where_it_differs(tiny: LanguageModel, monkeypatch) -> None:
    """At each layer, only the runs that differ by then, and one unchanged run."""
    read = []
    block = type(tiny.network).block

    def counted(self, layer, x, shared):
        read.append((layer, len(x)))
        return block(self, layer, x, shared)

    monkeypatch.setattr(type(tiny.network), "block", counted)
    tiny.sweep(TEXT, [tiny.ablation(heads=[(layer, h)]) for layer in (2, 1) for h in range(6)])
    assert sorted(read) == [(0, 1), (1, 1), (1, 6), (2, 1), (2, 12)]


def test_each_run_is_computed_from_the_position_where_it_differs(
    tiny: LanguageModel, monkeypatch
) -> None:
    """Changes far apart have batches of their own, and what stands before them is not read."""
    monkeypatch.setattr(sweeping, "LEAST_TOKENS", 1)
    other = tiny.run(OTHER)
    read = []
    block = type(tiny.network).block

    def counted(self, layer, x, shared):
        read.append((layer, *x.shape[:2]))
        return block(self, layer, x, shared)

    monkeypatch.setattr(type(tiny.network), "block", counted)
    plan = [
        tiny.patching(other, "resid_post", layers=layer, positions=[position])
        for layer in range(2)
        for position in (2, 5)
    ]
    length = len(other)
    tiny.sweep(TEXT, plan)
    expected = [(layer, 1, length) for layer in range(3)]  # unchanged
    expected += [(1, 1, length - at) for at in (2, 5)] + [(2, 2, length - at) for at in (2, 5)]
    assert sorted(read) == sorted(expected)


def test_changes_at_near_positions_share_a_batch(tiny: LanguageModel) -> None:
    other = tiny.run(OTHER)
    plan = [tiny.patching(other, "mlp_out", layers=1, positions=[p]) for p in (1, 4, 2, 5)]
    assert list(sweeping._batches(plan, len(other))) == [(1, [0, 2, 1, 3])]
    many = plan * sweeping.LEAST_TOKENS
    assert [start for start, _ in sweeping._batches(many, len(other))] == [5, 4, 2, 1]


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"text": ""}, ValueError, "empty"),
        ({"positions": [99]}, IndexError, "position 99"),
        ({"token_ids": [300]}, IndexError, "no token 300"),
    ],
)
def test_bad_input(tiny: LanguageModel, kwargs, error, message) -> None:
    kwargs = {"text": TEXT, "plan": [], **kwargs}
    if not kwargs["text"]:
        kwargs["add_start"] = False
    with pytest.raises(error, match=message):
        tiny.sweep(**kwargs)


def test_a_change_that_does_not_fit_the_text(tiny: LanguageModel) -> None:
    other = tiny.run("the cat")
    with pytest.raises(ValueError, match="come from"):
        tiny.sweep(TEXT, [tiny.patching(other, "mlp_out", layers=0)])


def test_one_token(tiny: LanguageModel) -> None:
    swept = tiny.sweep("", [tiny.ablation(mlps=[0])], losses=True)
    assert swept.losses is not None
    assert swept.losses.shape == (1, 0)


def test_a_model_read_from_outside(tiny_folder) -> None:
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="not possible"):
        bloom.sweep(TEXT, [])
    with pytest.raises(ValueError, match="not possible"):
        bloom.patching(bloom.run(TEXT), "resid_pre", layers=1)
    with pytest.raises(ValueError, match="not possible"):
        bloom.reference([TEXT])


@pytest.mark.real_model
def test_heads_of_the_real_model(lm: LanguageModel) -> None:
    text = "When Mary and John went to the store, John gave a drink to"
    pairs = [(23, 3), (29, 1), (0, 0), (18, 6)]
    swept = lm.sweep(text, [lm.ablation(heads=[pair]) for pair in pairs])
    for pair, logits in zip(pairs, swept.logits[:, 0], strict=True):
        with lm.ablate(heads=[pair]):
            alone = lm.run(text, sites=("logits",), positions=[-1])["logits"][0]
        np.testing.assert_allclose(logits, alone, atol=2e-3)
    mary, john = lm.token_id(" Mary"), lm.token_id(" John")
    fall = swept.base_logits[0] - swept.logits[:, 0]
    assert np.argmax(fall[:, mary] - fall[:, john]) == 0  # L23H3 names her
