"""A trained GPT as a folder in the Hugging Face format.

`llm_viz.load_model` reads it like any Llama, and so does the transformers library. This is the way
back from this project's names to Llama's; the way there stands in `llm_viz.model.families`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import tokenizers
import torch
from torch import Tensor

from llm_viz.files import written_whole
from llm_viz.training.bpe import START
from llm_viz.training.gpt import GPT, NORM_EPS, ROPE_THETA


def save_gpt(
    folder: str | os.PathLike[str],
    model: GPT,
    tokenizer: tokenizers.Tokenizer,
    *,
    dtype: torch.dtype = torch.float32,
) -> Path:
    """Write a GPT and its tokenizer so that ``llm_viz.load_model(folder)`` reads them.

    Args:
        folder: made if it is not there; the four files are each written whole or not at all.
        model: the GPT.
        tokenizer: that its tokens come from, see `llm_viz.training.train_bpe`.
        dtype: how the weights are stored; ``torch.float16`` halves the file.

    Raises:
        ValueError: the tokenizer has no start token, or not as many tokens as the model.
    """
    folder, size = Path(folder), tokenizer.get_vocab_size()
    if size != model.config.d_vocab:
        raise ValueError(
            f"the tokenizer has {size:,} tokens and the model {model.config.d_vocab:,}; expected "
            "as many: save a model with the tokenizer that it was trained with"
        )
    start = tokenizer.token_to_id(START)
    if start is None:
        raise ValueError(f"the tokenizer has no token {START!r}; expected one of `train_bpe`")
    named = {"bos_token": START, "eos_token": START, "tokenizer_class": "PreTrainedTokenizerFast"}
    for name, content in {
        "config.json": json.dumps(_llama_config(model, start, dtype), indent=2),
        "tokenizer.json": tokenizer.to_str(),
        "tokenizer_config.json": json.dumps(named, indent=2),
    }.items():
        with written_whole(folder / name) as part:
            part.write_text(content, encoding="utf-8")
    weights = {
        name: weight.detach().to("cpu", dtype).contiguous()
        for name, weight in _llama_weights(model).items()
    }
    with written_whole(folder / "model.safetensors") as part:
        part.write_bytes(safetensors.torch.save(weights, {"format": "pt"}))
    return folder


def _llama_config(model: GPT, start: int, dtype: torch.dtype) -> Mapping[str, Any]:
    sizes = model.config
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": sizes.d_vocab,
        "max_position_embeddings": sizes.n_ctx,
        "num_hidden_layers": sizes.n_layers,
        "num_attention_heads": sizes.n_heads,
        "num_key_value_heads": sizes.n_heads,
        "hidden_size": sizes.d_model,
        "intermediate_size": sizes.d_mlp,
        "hidden_act": "silu",
        "rms_norm_eps": NORM_EPS,
        "rope_theta": ROPE_THETA,
        "tie_word_embeddings": True,
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": start,
        "eos_token_id": start,  # where the next text would begin, this one is over
        "dtype": str(dtype).removeprefix("torch."),
    }


def _llama_weights(model: GPT) -> dict[str, Tensor]:
    ours = model.state_dict()
    theirs = {
        "model.embed_tokens.weight": ours["W_E.weight"],
        "model.norm.weight": ours["final_norm.w"],
    }
    for i in range(model.config.n_layers):
        block, layer = f"blocks.{i}", f"model.layers.{i}"
        q, k, v = ours[f"{block}.attn.W_QKV.weight"].chunk(3)
        gate, up = ours[f"{block}.mlp.W_in.weight"].chunk(2)
        theirs |= {
            f"{layer}.input_layernorm.weight": ours[f"{block}.attn_norm.w"],
            f"{layer}.self_attn.q_proj.weight": q,
            f"{layer}.self_attn.k_proj.weight": k,
            f"{layer}.self_attn.v_proj.weight": v,
            f"{layer}.self_attn.o_proj.weight": ours[f"{block}.attn.W_O.weight"],
            f"{layer}.post_attention_layernorm.weight": ours[f"{block}.mlp_norm.w"],
            f"{layer}.mlp.gate_proj.weight": gate,
            f"{layer}.mlp.up_proj.weight": up,
            f"{layer}.mlp.down_proj.weight": ours[f"{block}.mlp.W_out.weight"],
        }
    return theirs
