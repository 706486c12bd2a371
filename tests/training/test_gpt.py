"""The small GPT: its parts, how it begins, and that the whole package reads it as a Llama."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tokenizers
import torch
import torch.nn.functional as F

import llm_viz
from llm_viz.training import GPT, GPTConfig, save_gpt, train_bpe

TEXT = "the cat sat on the mat and the dog ran to the red house by the river"
TINY = GPTConfig(d_vocab=280, n_ctx=32, n_layers=2, n_heads=2, d_model=16, d_mlp=24)


@pytest.fixture(scope="module")
def model() -> GPT:
    made = GPT(TINY, seed=3)
    for weight in made.parameters():  # norms and matrices large enough to matter
        weight.data.add_(
            0.2 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(1))
        )
    return made


@pytest.fixture(scope="module")
def tokenizer():
    return train_bpe(TEXT, TINY.d_vocab)


@pytest.fixture(scope="module")
def folder(model, tokenizer, tmp_path_factory):
    return save_gpt(tmp_path_factory.mktemp("gpt") / "saved", model, tokenizer)


def logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids]))[0].numpy()


def test_the_package_computes_the_same_logits(model, folder) -> None:
    lm = llm_viz.load_model(folder, device="cpu")
    trace = lm.run(TEXT)
    assert trace.token_ids[0] == 0
    ours = logits(model, list(trace.token_ids))
    np.testing.assert_allclose(trace["logits"], ours, atol=1e-5)
    assert np.ptp(ours) > 0.5
    assert lm.tokens(TEXT)[0] == "<|start|>"
    assert "".join(lm.tokens(TEXT)[1:]).replace("·", " ") == TEXT
    assert trace["pattern"].shape == (2, 2, len(trace.tokens), len(trace.tokens))
    assert lm.weight_counts()
    assert lm.generate("the cat", max_new_tokens=4, seed=1)


def test_transformers_reads_the_folder_too(model, folder) -> None:
    import transformers as hf

    theirs = hf.AutoModelForCausalLM.from_pretrained(folder)
    assert type(theirs).__name__ == "LlamaForCausalLM"
    ids = [0, 5, 9, 40, 5, 9]
    with torch.no_grad():
        found = theirs(torch.tensor([ids])).logits[0].numpy()
    np.testing.assert_allclose(found, logits(model, ids), atol=1e-5)
    assert sum(w.numel() for w in theirs.parameters()) == model.n_parameters()


def test_a_tokenizer_of_another_make_is_refused(model, tmp_path) -> None:
    other = tokenizers.Tokenizer(tokenizers.models.WordLevel({str(i): i for i in range(280)}))
    with pytest.raises(ValueError, match="the tokenizer has no token"):
        save_gpt(tmp_path, model, other)


def test_half_precision_halves_the_file(model, tokenizer, folder, tmp_path) -> None:
    small = save_gpt(tmp_path / "half", model, tokenizer, dtype=torch.float16)
    sizes = [(f / "model.safetensors").stat().st_size for f in (folder, small)]
    assert sizes[1] < 0.6 * sizes[0]
    found = llm_viz.load_model(small, device="cpu").run(TEXT)
    np.testing.assert_allclose(found["logits"], logits(model, list(found.token_ids)), atol=0.05)


def test_a_model_is_saved_with_its_own_tokenizer(model, tmp_path) -> None:
    with pytest.raises(ValueError, match="tokenizer has 270 tokens and the model 280"):
        save_gpt(tmp_path, model, train_bpe(TEXT, 270))
    assert not list(tmp_path.iterdir())


def test_no_position_sees_what_follows(model) -> None:
    one, other = [0, 5, 9, 40, 41], [0, 5, 9, 50, 51]
    np.testing.assert_allclose(logits(model, one)[:3], logits(model, other)[:3], atol=1e-6)
    assert not np.allclose(logits(model, one)[3], logits(model, other)[3])


def test_it_begins_by_guessing() -> None:
    model = GPT(GPTConfig())
    assert model.n_parameters() == 787_584
    ids = torch.randint(1024, (4, 65), generator=torch.Generator().manual_seed(0))
    loss = F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
    assert loss.item() == pytest.approx(math.log(1024), abs=0.1)


def test_a_seed_gives_the_same_weights() -> None:
    one, same, other = GPT(TINY, seed=1), GPT(TINY, seed=1), GPT(TINY, seed=2)
    for weight, again in zip(one.parameters(), same.parameters(), strict=True):
        torch.testing.assert_close(weight, again, rtol=0, atol=0)
    assert not torch.equal(one.W_E.weight, other.W_E.weight)


def test_writing(model) -> None:
    begun = [0, *range(5, 35)]
    first = model.generate(begun, 4, seed=4)  # further than it reads at a time
    assert len(first) == 35
    assert first[:31] == begun
    assert first == model.generate(begun, 4, seed=4)
    assert first != model.generate(begun, 4, seed=5)
    greedy = model.generate([0, 5], 3, temperature=0)
    assert greedy[2] == int(logits(model, [0, 5])[-1].argmax())


@pytest.mark.parametrize(
    ("ids", "temperature", "said"),
    [
        ([], 1.0, "no token to write on from"),
        ([0], -1.0, "temperature is -1.0; expected a finite number from 0 on"),
        ([0], math.nan, "temperature is nan"),
    ],
)
def test_bad_writing(model, ids, temperature, said) -> None:
    with pytest.raises(ValueError, match=said):
        model.generate(ids, 1, temperature=temperature)


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"n_layers": 0}, "n_layers is 0; expected a whole number from 1 on"),
        ({"d_model": 12.5}, "d_model is 12.5"),
        ({"d_model": 100, "n_heads": 3}, "d_model is 100; expected a multiple of 6"),
        ({"d_model": 12, "n_heads": 4}, "d_model is 12; expected a multiple of 8"),
    ],
)
def test_bad_sizes(sizes, said) -> None:
    with pytest.raises(ValueError, match=said):
        GPTConfig(**sizes)
