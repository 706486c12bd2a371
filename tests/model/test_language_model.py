"""The verbs of a model: what they capture, refuse, switch off and put back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import llm_viz
from llm_viz.model import LanguageModel, UnsupportedError, readout
from llm_viz.trace import MissingSiteError

TEXT = "the cat sat on the mat"


def test_run_captures_only_what_is_asked_for(tiny: LanguageModel) -> None:
    assert set(tiny.run(TEXT, sites=("z",)).arrays) == {"z"}
    assert set(tiny.run(TEXT, sites=("pattern",)).arrays) == {"q_rot", "k_rot"}
    every = tiny.run(TEXT)
    assert "head_out" not in every
    assert "pattern" in every
    with pytest.raises(MissingSiteError, match=r"run the text again with sites=\('head_out'"):
        every["head_out"]


def test_run_leaves_the_model_as_it_found_it(tiny: LanguageModel) -> None:
    before = tiny.run(TEXT)["logits"]
    weights = [w.clone() for w in (tiny.network.W_E, tiny.network.blocks[0].W_QKV)]
    tiny.run("the dog ran")
    tiny.generate("the dog", 5)
    assert np.array_equal(tiny.run(TEXT)["logits"], before)
    assert weights[0].equal(tiny.network.W_E)
    assert weights[1].equal(tiny.network.blocks[0].W_QKV)


def test_positions_narrow_the_widest_sites_only(tiny: LanguageModel) -> None:
    sites = ("z", "head_out", "logits")
    whole, last = tiny.run(TEXT, sites), tiny.run(TEXT, sites, positions=[-1, 2])
    assert last["logits"].shape == (2, tiny.dims.d_vocab)
    assert last["head_out"].shape == (3, 6, 2, 24)
    assert last.rows == {"logits": (len(whole) - 1, 2), "head_out": (len(whole) - 1, 2)}
    for site in ("logits", "head_out"):
        for position in (2, -1):
            np.testing.assert_allclose(last.at(site, position), whole.at(site, position), atol=1e-6)
    assert np.array_equal(last["z"], whole["z"])
    with pytest.raises(MissingSiteError, match="logits for the positions"):
        last.logits_at(0)
    with pytest.raises(MissingSiteError, match="head_out for the positions"):
        last.at("head_out", 0)
    with pytest.raises(IndexError, match="position 99"):
        tiny.run(TEXT, positions=[99])


def test_texts_side_by_side_are_narrowed_each_at_its_own_end(tiny: LanguageModel) -> None:
    texts = [TEXT, "the", "a b c d e f"]
    many = tiny.run_many(texts, ("head_out",), positions=[-1, 0])
    for text, trace in zip(texts, many, strict=True):
        whole = tiny.run(text, ("head_out",))["head_out"]
        np.testing.assert_allclose(trace["head_out"], whole[:, :, [-1, 0]], atol=2e-6)


def test_many_texts_at_once_equal_one_by_one(tiny: LanguageModel) -> None:
    texts = [TEXT, "the", "the dog ran to the red house", "river", "a b c d e f"]
    for together, text in zip(tiny.run_many(texts, batch_size=3), texts, strict=True):
        alone = tiny.run(text)
        assert together.token_ids == alone.token_ids
        for site in alone.sites:
            np.testing.assert_allclose(together[site], alone[site], atol=2e-6, err_msg=site)
    assert tiny.run_many([]) == []
    with pytest.raises(TypeError, match="list"):
        tiny.run_many(TEXT)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m: m.run("", add_start=False), ValueError, "empty"),
        (lambda m: m.run("cat " * 100), ValueError, "reads at most 64"),
        (lambda m: m.run("a\ud800b"), ValueError, r"character 1 .*U\+D800"),
        (lambda m: m.run(3), TypeError, "int; expected a string"),
        (lambda m: m.run(TEXT, sites=("hidden_states",)), KeyError, "unknown site"),
        (lambda m: m.generate(TEXT, -1), ValueError, "max_new_tokens is -1"),
        (lambda m: m.generate(TEXT, temperature=-1), ValueError, "temperature is -1"),
        (lambda m: m.generate(TEXT, temperature=float("nan")), ValueError, "temperature is nan"),
        (lambda m: m.generate(TEXT, top_k=0), ValueError, "top_k is 0"),
        (lambda m: m.generate(TEXT, seed=-1), ValueError, "seed is -1"),
        (lambda m: m.stream(TEXT, top_p=2.0), ValueError, "top_p is 2.0"),
        (lambda m: m.readout(np.zeros((2, 5))), ValueError, "d_model"),
    ],
)
def test_bad_input_is_one_clear_sentence(tiny: LanguageModel, call, error, message) -> None:
    with pytest.raises(error, match=message):
        call(tiny)


def test_a_model_without_gates_says_so(tiny_folder) -> None:
    gpt2 = llm_viz.load_model(tiny_folder("gpt2"), device="cpu")
    with pytest.raises(ValueError, match="does not give 'mlp_gate'"):
        gpt2.run(TEXT, sites=("mlp_gate",))
    assert "mlp_gate" not in gpt2.run(TEXT)


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(), max_size=30))
def test_any_text_runs_or_is_refused_with_a_sentence(tiny: LanguageModel, text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        with pytest.raises(ValueError, match="surrogate"):
            tiny.run(text)
    elif len(tiny.token_ids(text)) > tiny.dims.n_ctx:
        with pytest.raises(ValueError, match="at most"):
            tiny.run(text)
    else:
        trace = tiny.run(text, sites=("pattern", "logits"))
        assert np.isfinite(trace["logits"]).all()
        np.testing.assert_allclose(trace["pattern"].sum(-1), 1, atol=1e-5)


# --- readout -----------------------------------------------------------------------------------


def test_readout_in_blocks_top_k_and_chosen_tokens(tiny: LanguageModel, monkeypatch) -> None:
    resid = tiny.run(TEXT)["resid_post"]
    whole = tiny.readout(resid)
    assert whole.shape == (*resid.shape[:-1], tiny.dims.d_vocab)
    monkeypatch.setattr(readout, "READOUT_ROWS", 2)
    np.testing.assert_allclose(tiny.readout(resid), whole, atol=1e-5)
    best = tiny.readout(resid, k=4)
    assert np.array_equal(best.token_ids[..., 0], whole.argmax(-1))
    np.testing.assert_allclose(
        np.take_along_axis(whole, best.token_ids, -1), best.logits, atol=1e-5
    )
    np.testing.assert_allclose(tiny.readout(resid, token_ids=[3, 5]), whole[..., [3, 5]], atol=1e-5)


def test_a_readout_with_its_scale_held_is_linear(tiny_folder) -> None:
    for family in ("llama", "gpt2", "gpt_neox"):
        lm = llm_viz.load_model(tiny_folder(family), device="cpu")
        stream = lm.run(TEXT)["resid_final"]
        scale = lm.final_scale(stream)
        parts = np.random.default_rng(0).normal(size=(3, *stream.shape)).astype(np.float32)
        parts[-1] += stream - parts.sum(axis=0)
        shares = lm.readout(parts, norm_scale=scale).sum(axis=0)
        constant = lm.readout(np.zeros_like(stream[0]))
        assert constant.any() == (family != "llama")  # LayerNorm has a bias
        np.testing.assert_allclose(shares + constant, lm.readout(stream), atol=1e-5)
        some = lm.readout(stream, token_ids=[7, 0], norm_scale=scale)
        np.testing.assert_allclose(
            some + constant[[7, 0]], lm.readout(stream)[:, [7, 0]], atol=1e-5
        )
        assert lm.readout(stream[:0], token_ids=[7]).shape == (0, 1)


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"norm_scale": 0.0}, ValueError, "norm_scale holds 0.0"),
        ({"norm_scale": np.nan}, ValueError, "norm_scale holds nan"),
        ({"norm_scale": np.ones(3)}, ValueError, r"shape \(3,\); expected one for each of \(2,\)"),
        ({"token_ids": [300]}, IndexError, "no token 300; ids go from 0 to 299"),
        ({"token_ids": [-1]}, IndexError, "no token -1"),
        ({"k": 2, "token_ids": [1]}, ValueError, "both given"),
    ],
)
def test_a_readout_of_what_is_not_there(tiny: LanguageModel, asked, error, message) -> None:
    with pytest.raises(error, match=message):
        tiny.readout(np.ones((2, 24)), **asked)


def test_one_token_by_its_text_or_its_id(tiny: LanguageModel) -> None:
    assert tiny.token_id(" the") == tiny.token_ids(" the", add_start=False)[0]
    assert tiny.token_id(7) == 7
    for token, error, message in (
        ("the cat sat", ValueError, r"not one token but 3: .* \| .* \| .*begin with a space"),
        (" xyz", ValueError, r"not one token but \d"),
        ("", ValueError, "a token is empty"),
        (300, IndexError, "no token 300"),
        (-1, IndexError, "no token -1"),
    ):
        with pytest.raises(error, match=message):
            tiny.token_id(token)


# --- seen from outside -------------------------------------------------------------------------


def test_an_unknown_architecture_is_read_from_outside(tiny_folder) -> None:
    import torch
    import transformers

    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    trace = bloom.run(TEXT)
    assert trace.sites == ("resid_pre", "resid_post", "resid_final", "pattern", "logits")
    model = transformers.AutoModelForCausalLM.from_pretrained(
        tiny_folder("bloom"), attn_implementation="eager"
    )
    with torch.no_grad():
        expected = model(
            torch.tensor([trace.token_ids]), output_attentions=True, output_hidden_states=True
        )
    np.testing.assert_allclose(trace["logits"], expected.logits[0], atol=1e-5)
    np.testing.assert_allclose(trace["pattern"][2], expected.attentions[2][0], atol=1e-6)
    np.testing.assert_allclose(trace["resid_pre"][1], expected.hidden_states[1][0], atol=1e-6)
    with pytest.raises(MissingSiteError, match="read from outside"):
        trace["q"]
    with pytest.raises(ValueError, match="not possible"), bloom.ablate(mlps=[0]):
        pass
    with pytest.raises(ValueError, match="not possible"):
        bloom.readout(trace["resid_final"])


def test_an_unknown_architecture_generates_like_the_library(tiny_folder) -> None:
    import torch
    import transformers

    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    model = transformers.AutoModelForCausalLM.from_pretrained(tiny_folder("bloom"))
    ids = bloom.token_ids("the cat")
    expected = model.generate(torch.tensor([ids]), max_new_tokens=8, do_sample=False)
    made = bloom.generate("the cat", 8, temperature=0)
    assert made.token_ids == expected[0, len(ids) :].tolist()


def test_weights_that_no_library_knows_are_refused(tiny_folder, tmp_path) -> None:
    import json
    import shutil

    shutil.copytree(tiny_folder("llama"), tmp_path / "odd")
    config = json.loads((tmp_path / "odd" / "config.json").read_text())
    (tmp_path / "odd" / "config.json").write_text(json.dumps(config | {"model_type": "martian"}))
    with pytest.raises(UnsupportedError, match="transformers library cannot load"):
        llm_viz.load_model(tmp_path / "odd", device="cpu")
