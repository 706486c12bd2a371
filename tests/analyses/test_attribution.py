"""Direct logit attribution: it adds up, every part is what it is called, and it says no clearly."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import logit_attribution
from llm_viz.analyses.attribution import attribution_sites
from llm_viz.model import LanguageModel
from llm_viz.trace import MissingSiteError

TEXT = "the cat sat on the mat"
FAMILIES = ("llama", "llama3", "qwen3", "gpt2", "gpt_neox", "gpt_neox_serial")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("heads", [True, False])
@pytest.mark.parametrize("position", [-1, 0, 2])
def test_it_sums_to_the_models_own_logits(tiny_folder, family, heads, position) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    own = lm.run(TEXT)["logits"][position]
    found = logit_attribution(lm, TEXT, [3, 0, 299], position=position, heads=heads)
    np.testing.assert_allclose(found.total, own[[3, 0, 299]], atol=1e-5)
    np.testing.assert_allclose(found.logits, own[[3, 0, 299]], atol=1e-5)
    assert found.contributions.shape == (len(found.components), 3)
    assert found.contributions.dtype == np.float32
    less = logit_attribution(lm, TEXT, [3, 299], minus=0, position=position, heads=heads)
    np.testing.assert_allclose(less.total, own[[3, 299]] - own[0], atol=1e-5)
    difference = found.contributions[:, 0] - found.contributions[:, 1]
    np.testing.assert_allclose(less.contributions[:, 0], difference, atol=1e-6)


def test_every_part_is_what_it_is_called(tiny_folder) -> None:
    """By hand, from the weights: LayerNorm, biases of the heads' layer, of the norm; GPT-2."""
    lm = llm_viz.load_model(tiny_folder("gpt2"), device="cpu")
    found = logit_attribution(lm, TEXT, 5)
    trace, network = lm.run(TEXT, attribution_sites()), lm.network
    norm, row = network.final_norm, network.W_U[5].numpy()
    scale = float(norm.scale(network.W_E.new_tensor(trace["resid_final"][-1])))
    assert found.norm_scale == pytest.approx(scale)

    def share(part: np.ndarray) -> float:
        return float((part - part.mean()) / scale * norm.weight.numpy() @ row)

    expected = [share(trace["resid_pre"][0, -1])]
    for layer, block in enumerate(network.blocks):
        expected += [share(out) for out in trace["head_out"][layer, :, -1]]
        expected += [share(block.b_O.numpy()), share(trace["mlp_out"][layer, -1])]
    expected.append(float(norm.bias.numpy() @ row))
    np.testing.assert_allclose(found.contributions[:, 0], expected, atol=1e-5)
    assert found.labels[:7] == (
        *("embedding", "L0H0", "L0H1", "L0H2", "L0H3"),
        *("L0 attention bias", "L0 FFN"),
    )
    assert found.labels[-1] == "constant"
    assert len(found.labels) == 1 + 3 * 6 + 1


def test_the_bias_of_the_unembedding_counts_once(tiny_folder) -> None:
    import torch

    lm = llm_viz.load_model(tiny_folder("gpt2"), device="cpu")
    before = logit_attribution(lm, TEXT, [5, 6])
    lm.network.b_U = torch.arange(300, dtype=torch.float32)
    after = logit_attribution(lm, TEXT, [5, 6])
    np.testing.assert_allclose(after.total, lm.run(TEXT)["logits"][-1, [5, 6]], atol=1e-5)
    added = after.contributions - before.contributions
    np.testing.assert_allclose(added[-1], [5, 6], atol=1e-5)
    np.testing.assert_allclose(added[:-1], 0, atol=1e-6)


def test_families_without_biases_have_no_part_for_them(tiny: LanguageModel) -> None:
    found = logit_attribution(tiny, TEXT, 5)
    assert {each.kind for each in found.components} == {"embedding", "head", "mlp"}
    assert len(found.components) == 1 + 3 * 7
    layers = logit_attribution(tiny, TEXT, 5, heads=False)
    assert layers.labels[:3] == ("embedding", "L0 attention", "L0 FFN")
    for layer in range(3):
        np.testing.assert_allclose(
            found.where("head", layer).sum(axis=0), layers.where("attention", layer)[0], atol=1e-6
        )


def test_a_trace_serves_as_well_as_its_text(tiny: LanguageModel) -> None:
    trace = tiny.run(TEXT, attribution_sites())
    for position in (1, -1):
        one = logit_attribution(tiny, trace, " the", position=position)
        other = logit_attribution(tiny, TEXT, " the", position=position)
        np.testing.assert_allclose(one.contributions, other.contributions, atol=1e-6)
        assert one.position == other.position == position % len(trace)
    assert one.tokens == ("·the",)


def test_what_is_switched_off_adds_nothing(tiny: LanguageModel) -> None:
    with tiny.ablate(heads=[(1, 2)], attns=[0], mlps=[2]):
        found = logit_attribution(tiny, TEXT, 5)
        np.testing.assert_allclose(found.total, tiny.run(TEXT)["logits"][-1, 5], atol=1e-5)
    assert not found.where("head", 0).any()
    assert not found.where("head", 1, 2).any()
    assert not found.where("mlp", 2).any()
    assert found.where("mlp", 1).all()


def test_the_biggest_pushes_and_the_kinds(tiny: LanguageModel) -> None:
    found = logit_attribution(tiny, TEXT, [5, 9])
    pushes = found.top(4, token=1)
    sizes = [abs(value) for _, value in pushes]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == pytest.approx(np.abs(found.contributions[:, 1]).max())
    assert found.contributions[found.labels.index(pushes[0][0]), 1] == pytest.approx(pushes[0][1])
    kinds = found.by_kind()
    assert list(kinds) == ["embedding", "head", "mlp"]
    np.testing.assert_allclose(sum(kinds.values()), found.total, atol=1e-5)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m: logit_attribution(m, TEXT, []), ValueError, "no token is given"),
        (lambda m: logit_attribution(m, TEXT, "the cat"), ValueError, r"not one token but 2"),
        (lambda m: logit_attribution(m, TEXT, 5, minus=""), ValueError, "a token is empty"),
        (lambda m: logit_attribution(m, TEXT, 999), IndexError, "no token 999"),
        (lambda m: logit_attribution(m, TEXT, 5, position=99), IndexError, "position 99"),
        (lambda m: logit_attribution(m, "cat " * 99, 5), ValueError, "reads at most 64"),
        (lambda m: logit_attribution(m, m.run(TEXT), 5), MissingSiteError, "no 'head_out'"),
        (
            lambda m: logit_attribution(m, m.run(TEXT, attribution_sites(), positions=[0]), 5),
            MissingSiteError,
            "head_out for the positions",
        ),
    ],
)
def test_bad_input_is_one_clear_sentence(tiny: LanguageModel, call, error, message) -> None:
    with pytest.raises(error, match=message):
        call(tiny)


def test_models_that_are_no_sum_are_refused(tiny: LanguageModel, tiny_folder) -> None:
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="read from outside"):
        logit_attribution(bloom, TEXT, 5)
    other = llm_viz.load_model(tiny_folder("gpt2"), device="cpu")
    with pytest.raises(ValueError, match=r"the trace is of .*gpt2, not of .*llama"):
        logit_attribution(tiny, other.run(TEXT, attribution_sites()), 5)
    other.config = dataclasses.replace(other.config, post_norm=True)
    with pytest.raises(ValueError, match="normalises the stream itself"):
        logit_attribution(other, TEXT, 5)
    other.config = dataclasses.replace(
        other.config, dims=dataclasses.replace(other.dims, d_vocab=0)
    )
    with pytest.raises(ValueError, match="is an encoder"):
        logit_attribution(other, TEXT, 5)


@pytest.mark.real_model
def test_the_real_model(lm: LanguageModel) -> None:
    text = "When Mary and John went to the store, John gave a drink to"
    found = logit_attribution(lm, text, " Mary", minus=" John")
    logits = lm.run(text, sites=("logits",), positions=[-1]).logits_at()
    own = logits[lm.token_id(" Mary")] - logits[lm.token_id(" John")]
    assert found.total[0] == pytest.approx(own, abs=1e-4)
    assert found.top(1)[0][0] == "L23H3"
    paris = logit_attribution(lm, "The capital of France is", " Paris")
    assert paris.total[0] == pytest.approx(paris.logits[0], abs=1e-4)
    assert [label for label, _ in paris.top(3)] == ["L29 FFN", "L28 FFN", "L23H4"]
