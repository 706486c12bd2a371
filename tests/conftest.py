"""Shared models: tiny random ones for unit tests, the real one once a run and never changed."""

from __future__ import annotations

import json
import os
from pathlib import Path

# Shapes in annotations are checked while the tests run; this must come before the package.
from jaxtyping import install_import_hook

install_import_hook(["llm_viz.model.transformer", "llm_viz.model.operations"], "beartype.beartype")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest
import tokenizers
import torch
from gensim.models import KeyedVectors

import llm_viz
from llm_viz.model import LanguageModel

# A corpus in which every byte occurs, so that the tiny vocabulary can spell anything.
CORPUS = ["the cat sat on the mat and the dog ran to the red house by the river"] * 4
VOCAB = 300  # a few rows more than the tokenizer has tokens, as in Pythia


def save_tokenizer(folder: Path, start: str = "<s>") -> None:
    """A small byte-level BPE, as a Hugging Face folder holds it."""
    fast = tokenizers.Tokenizer(tokenizers.models.BPE())
    fast.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    fast.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=VOCAB,
        special_tokens=[start, "</s>"],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    fast.train_from_iterator(CORPUS, trainer)
    fast.save(str(folder / "tokenizer.json"))
    told = {"bos_token": start, "eos_token": "</s>", "tokenizer_class": "PreTrainedTokenizerFast"}
    (folder / "tokenizer_config.json").write_text(json.dumps(told))


def save_tiny(folder: Path, family: str) -> Path:
    """A tiny random model of a family, saved by the transformers library."""
    import transformers as hf

    small = {"vocab_size": VOCAB, "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
    llama = {
        "hidden_size": 24,
        "intermediate_size": 40,
        "num_hidden_layers": 3,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
        "max_position_embeddings": 64,
    }
    neox = {k: v for k, v in llama.items() if k != "num_key_value_heads"}
    gpt2 = {"n_embd": 24, "n_layer": 3, "n_head": 4, "n_positions": 64}
    llama3 = {
        "rope_type": "llama3",
        "rope_theta": 500.0,
        "factor": 4.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 16,
    }
    make = {
        "llama": lambda: hf.LlamaConfig(**small, **llama, tie_word_embeddings=True),
        "llama3": lambda: hf.LlamaConfig(
            **small, **llama, attention_bias=True, mlp_bias=True, rope_parameters=llama3
        ),
        "mistral": lambda: hf.MistralConfig(**small, **llama, head_dim=6, sliding_window=48),
        "qwen2": lambda: hf.Qwen2Config(**small, **llama),
        "qwen3": lambda: hf.Qwen3Config(**small, **llama, head_dim=8),
        "gpt2": lambda: hf.GPT2Config(**small, **gpt2),
        "gpt_neox": lambda: hf.GPTNeoXConfig(**small, **neox),
        "gpt_neox_serial": lambda: hf.GPTNeoXConfig(**small, **neox, use_parallel_residual=False),
        "bloom": lambda: hf.BloomConfig(**small, hidden_size=24, n_layer=3, n_head=4),
    }
    torch.manual_seed(7)
    model = hf.AutoModelForCausalLM.from_config(make[family]())
    for parameter in model.parameters():  # random biases and norms too, so that none is forgotten
        parameter.data.add_(0.05 * torch.randn_like(parameter))
    folder.mkdir(parents=True, exist_ok=True)
    model.eval().save_pretrained(folder)
    save_tokenizer(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory):
    """``tiny_folder("gpt2")``: the folder of a tiny random model, made once a run."""
    made: dict[str, Path] = {}

    def get(family: str) -> Path:
        if family not in made:
            made[family] = save_tiny(tmp_path_factory.mktemp("tiny") / family, family)
        return made[family]

    return get


@pytest.fixture(scope="session")
def tiny(tiny_folder) -> LanguageModel:
    """A tiny random Llama. Do not change it."""
    return llm_viz.load_model(tiny_folder("llama"), device="cpu")


@pytest.fixture(scope="session")
def lm() -> LanguageModel:
    """The real model, loaded once. Do not change it."""
    return llm_viz.load_model(device="cpu")


@pytest.fixture(scope="session")
def glove() -> KeyedVectors:
    """The real word vectors, loaded once. Do not change them."""
    return llm_viz.load_vectors()


@pytest.fixture(scope="session")
def reference(lm: LanguageModel):
    """The real model's weights in the transformers library's own Llama."""
    from tests.reference import as_library_model

    return as_library_model(lm)
