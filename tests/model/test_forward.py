"""The project's own forward pass against the transformers library, and against itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import transformers

import llm_viz
from llm_viz.model import LanguageModel
from llm_viz.model.operations import wide_linear
from llm_viz.names import SITES

FAMILIES = ["llama", "llama3", "mistral", "qwen2", "qwen3", "gpt2", "gpt_neox", "gpt_neox_serial"]
TEXT = "the cat sat on the mat, 12 dogs"
REAL_TEXTS = [
    "The capital of France is",
    "When Mary and John went to the store, John gave a drink to",
    "def add(a, b):\n    return a + b\n",
]


def library_run(folder, ids: list[int]):
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32
    )
    with torch.no_grad():
        return model(torch.tensor([ids]), output_attentions=True, output_hidden_states=True)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_computes_what_the_library_computes(family: str, tiny_folder) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    trace = lm.run(TEXT)
    expected = library_run(tiny_folder(family), lm.token_ids(TEXT))
    np.testing.assert_allclose(trace["logits"], expected.logits[0], atol=2e-5)
    for layer in range(lm.dims.n_layers):
        np.testing.assert_allclose(
            trace["pattern"][layer], expected.attentions[layer][0], atol=2e-6
        )
        np.testing.assert_allclose(
            trace["resid_pre"][layer], expected.hidden_states[layer][0], atol=2e-5
        )


def check_identities(lm: LanguageModel, text: str, atol: float) -> None:
    """What must hold between the sites of any decoder, whatever its family."""
    trace = lm.run(text, sites=lm.sites)  # every site, head_out too
    d, n = lm.dims, len(trace)
    scale = max(1.0, float(np.abs(trace["resid_post"]).max()))
    close = {"atol": atol * scale, "rtol": 1e-5}
    np.testing.assert_allclose(trace["resid_mid"], trace["resid_pre"] + trace["attn_out"], **close)
    np.testing.assert_allclose(trace["resid_post"], trace["resid_mid"] + trace["mlp_out"], **close)
    assert np.array_equal(trace["resid_post"][:-1], trace["resid_pre"][1:])
    assert np.array_equal(trace["resid_final"], trace["resid_post"][-1])

    pattern = trace["pattern"]
    np.testing.assert_allclose(pattern.sum(-1), 1, atol=1e-5)
    assert not pattern[..., ~np.tri(n, dtype=bool)].any()
    scores = np.where(np.tri(n, dtype=bool), trace["attn_scores"], -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    np.testing.assert_allclose(weights / weights.sum(-1, keepdims=True), pattern, atol=1e-5)
    # The pattern is computed from q and k after the fact; z is what the model itself moved.
    moved = pattern @ np.repeat(trace["v"], d.n_heads // d.n_kv_heads, axis=1)
    np.testing.assert_allclose(moved, trace["z"], atol=atol * np.abs(trace["z"]).max())

    biases = [block.b_O for block in lm.network.blocks]
    bias = np.stack([np.zeros(d.d_model) if b is None else b.numpy() for b in biases])[:, None]
    np.testing.assert_allclose(trace["head_out"].sum(1) + bias, trace["attn_out"], **close)
    act = lm.network.act
    if "mlp_gate" in trace:
        post = act(torch.tensor(trace["mlp_gate"])) * torch.tensor(trace["mlp_pre"])
    else:
        post = act(torch.tensor(trace["mlp_pre"]))
    np.testing.assert_allclose(post, trace["mlp_post"], atol=1e-5)

    logits_scale = np.abs(trace["logits"]).max()
    np.testing.assert_allclose(
        lm.readout(trace["resid_final"]), trace["logits"], atol=1e-5 * logits_scale
    )
    normed = trace["resid_pre"] - (
        0 if lm.config.norm == "rms" else trace["resid_pre"].mean(-1, keepdims=True)
    )
    rms = np.sqrt((normed**2).mean(-1) + lm.config.norm_eps)
    np.testing.assert_allclose(trace["norm_scale"][:, 0], rms, rtol=1e-4)


@pytest.mark.parametrize("family", ["llama", "qwen3", "gpt2"])
def test_identities_between_sites_of_tiny_models(family: str, tiny_folder) -> None:
    check_identities(llm_viz.load_model(tiny_folder(family), device="cpu"), TEXT, atol=1e-6)


@pytest.mark.real_model
@pytest.mark.parametrize("text", REAL_TEXTS)
def test_identities_between_sites_of_the_real_model(lm: LanguageModel, text: str) -> None:
    check_identities(lm, text, atol=1e-5)


@pytest.mark.real_model
@pytest.mark.parametrize("text", REAL_TEXTS)
def test_the_real_model_computes_what_the_library_computes(lm, reference, text: str) -> None:
    trace = lm.run(text)
    with torch.no_grad():
        expected = reference(torch.tensor([trace.token_ids]), output_attentions=True)
    np.testing.assert_allclose(trace["logits"], expected.logits[0], atol=1e-4)
    theirs = np.stack([pattern[0].numpy() for pattern in expected.attentions])
    np.testing.assert_allclose(trace["pattern"], theirs, atol=2e-5)


@pytest.mark.real_model
def test_the_real_model_knows_paris(lm: LanguageModel) -> None:
    logits = lm.run("The capital of France is", sites=("logits",), positions=[-1]).logits_at()
    best, prob = llm_viz.next_token_distribution(logits).top(1)[0]
    assert lm.tokenizer.show(best) == "·Paris"
    assert prob == pytest.approx(0.81, abs=0.01)


def test_long_rotations_match_the_library_after_the_table_of_angles_grows(tiny_folder) -> None:
    lm = llm_viz.load_model(tiny_folder("llama"), device="cpu")
    lm.run("a")
    text = "the cat sat on the mat " * 2
    ids = lm.token_ids(text)
    lm.network._table = tuple(part[:3] for part in lm.network._table)
    expected = library_run(tiny_folder("llama"), ids)
    np.testing.assert_allclose(lm.run(text)["logits"], expected.logits[0], atol=2e-5)


def test_encoder_matches_the_library_and_looks_both_ways(tmp_path) -> None:
    from tests.conftest import VOCAB, save_tokenizer

    torch.manual_seed(3)
    config = transformers.BertConfig(
        vocab_size=VOCAB,
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=40,
        max_position_embeddings=32,
    )
    model = transformers.BertModel(config, add_pooling_layer=False).eval()
    model.save_pretrained(tmp_path)
    save_tokenizer(tmp_path)
    model.set_attn_implementation("eager")
    lm = llm_viz.load_model(tmp_path, device="cpu")
    assert not lm.is_causal
    assert "logits" not in lm.sites
    short, long = lm.run_many(["the cat", "the cat sat on the mat"])
    for trace in (short, long):
        with torch.no_grad():
            expected = model(torch.tensor([trace.token_ids]), output_attentions=True)
        np.testing.assert_allclose(trace["resid_final"], expected.last_hidden_state[0], atol=1e-5)
        np.testing.assert_allclose(trace["pattern"][1], expected.attentions[1][0], atol=1e-5)
        assert (trace["pattern"] > 0).all()
    with pytest.raises(ValueError, match="encoder"):
        lm.generate("the cat")
    with pytest.raises(ValueError, match="encoder"):
        lm.readout(short["resid_final"])
    with pytest.raises(ValueError, match="encoder"):
        lm.readings(short["resid_final"][None])


@pytest.mark.real_model
def test_minilm_separates_the_two_banks() -> None:
    lm = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    assert (lm.dims.n_layers, lm.dims.n_heads) == (6, 12)
    texts = ["He sat on the bank of the river", "A bank by the water", "The bank lent me money"]
    mean = [t["resid_final"].mean(0) for t in lm.run_many(texts)]
    unit = [v / np.linalg.norm(v) for v in mean]
    assert unit[0] @ unit[1] > unit[0] @ unit[2]


def test_every_site_has_the_shape_that_the_table_gives(tiny: LanguageModel) -> None:
    trace = tiny.run(TEXT, sites=tiny.sites)
    d = tiny.dims
    sizes = {"layer": d.n_layers, "head": d.n_heads, "kv_head": d.n_kv_heads, "norm": 2}
    sizes |= dict.fromkeys(("pos", "query", "key"), len(trace))
    sizes |= {"d_model": d.d_model, "d_head": d.d_head, "d_mlp": d.d_mlp, "d_vocab": d.d_vocab}
    for name in trace.sites:
        assert trace[name].shape == tuple(sizes[axis] for axis in SITES[name].axes), name
        assert trace[name].dtype == np.float32
        assert not trace[name].flags.writeable


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA GPU here")
def test_the_gpu_agrees_with_the_cpu(lm: LanguageModel) -> None:
    on_gpu = llm_viz.load_model(device="cuda")
    for text in REAL_TEXTS:
        here, there = lm.run(text), on_gpu.run(text)
        np.testing.assert_allclose(here["logits"], there["logits"], atol=2e-3)
        np.testing.assert_allclose(here["pattern"], there["pattern"], atol=1e-3)
    assert (
        on_gpu.generate("The cat sat on the", 20, 0).text
        == lm.generate("The cat sat on the", 20, 0).text
    )


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (1, 50), (3, 40)])
@pytest.mark.parametrize("biased", [False, True])
def test_a_product_turned_round_is_the_same_product(shape: tuple[int, int], biased: bool) -> None:
    x = torch.randn(*shape, 16)
    weight, bias = torch.randn(64, 16), torch.randn(64) if biased else None
    expected = torch.nn.functional.linear(x, weight, bias)
    torch.testing.assert_close(wide_linear(x, weight, bias), expected, atol=1e-5, rtol=1e-5)
