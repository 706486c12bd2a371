"""Reads a Llama-type GGUF file: dequantised weights, configuration, tokenizer.

The arithmetic of dequantising is the gguf library's. This module knows two traps of the format:
rows of queries and keys are stored for interleaved rotation and must be put back, and the
conversion of SmolLM2's tokenizer lost the step that cuts numbers into single digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import tokenizers
import torch
from tokenizers import decoders, pre_tokenizers
from tqdm.auto import tqdm

from llm_viz.model.config import Config
from llm_viz.model.families import UnsupportedError, Weights, rope_rates
from llm_viz.model.tokenizer import Tokenizer
from llm_viz.trace import Dims

_SPECIAL = 3  # the GGUF type of control tokens


def read_gguf(path: Path) -> tuple[Config, Weights, Tokenizer]:
    """Configuration, float32 weights under this project's names, and tokenizer of a GGUF file.

    Raises:
        UnsupportedError: it is no GGUF file, or not of the Llama family.
    """
    try:
        reader = gguf.GGUFReader(path)
    except (ValueError, IndexError, OSError) as error:
        raise UnsupportedError(f"{path.name} is no readable GGUF file: {error}") from error
    meta = {name: value.contents() for name, value in reader.fields.items()}
    if meta.get("general.architecture") != "llama":
        raise UnsupportedError(
            f"{path.name} is of architecture {meta.get('general.architecture')!r}; "
            "GGUF files of the Llama family can be read"
        )
    config = _config(meta)
    return config, _weights(reader, config), _tokenizer(meta)


def _config(meta: Mapping[str, Any]) -> Config:
    n_heads = meta["llama.attention.head_count"]
    d_model = meta["llama.embedding_length"]
    d_head = meta.get("llama.attention.key_length", d_model // n_heads)
    if "llama.rope.scaling.type" in meta and meta["llama.rope.scaling.type"] != "none":
        raise UnsupportedError("GGUF files with a stretched context are not supported")
    return Config(
        family="llama",
        dims=Dims(
            n_layers=meta["llama.block_count"],
            n_heads=n_heads,
            n_kv_heads=meta.get("llama.attention.head_count_kv", n_heads),
            d_model=d_model,
            d_head=d_head,
            d_mlp=meta["llama.feed_forward_length"],
            d_vocab=len(meta["tokenizer.ggml.tokens"]),
            n_ctx=meta["llama.context_length"],
        ),
        norm="rms",
        norm_eps=float(meta["llama.attention.layer_norm_rms_epsilon"]),
        activation="silu",
        gated=True,
        rotary=rope_rates({"rope_theta": meta.get("llama.rope.freq_base", 1e4)}, d_head),
        attn_scale=d_head**-0.5,
    )


def _weights(reader: gguf.GGUFReader, config: Config) -> Weights:
    d = config.dims
    raw = {}
    for tensor in tqdm(reader.tensors, desc="dequantising the weights (once)", unit="tensor"):
        array = gguf.dequantize(tensor.data, tensor.tensor_type)
        raw[tensor.name] = torch.from_numpy(np.array(array, np.float32))

    def half_split(name: str, heads: int) -> torch.Tensor:
        # Stored rows pair neighbours (0 1)(2 3)…; the half-split order pairs 0 with d_head / 2.
        rows = raw[name].view(heads, d.d_head // 2, 2, d.d_model)
        return rows.transpose(1, 2).reshape(heads * d.d_head, d.d_model)

    try:
        weights = {"W_E": raw["token_embd.weight"], "final_norm.w": raw["output_norm.weight"]}
        if "output.weight" in raw:
            weights["W_U"] = raw["output.weight"]
        for i in range(d.n_layers):
            ours, theirs = f"blocks.{i}", f"blk.{i}"
            qkv = [
                half_split(f"{theirs}.attn_q.weight", d.n_heads),
                half_split(f"{theirs}.attn_k.weight", d.n_kv_heads),
                raw[f"{theirs}.attn_v.weight"],
            ]
            weights |= {
                f"{ours}.attn_norm.w": raw[f"{theirs}.attn_norm.weight"],
                f"{ours}.W_QKV": torch.cat(qkv),
                f"{ours}.W_O": raw[f"{theirs}.attn_output.weight"],
                f"{ours}.mlp_norm.w": raw[f"{theirs}.ffn_norm.weight"],
                f"{ours}.W_in": torch.cat(
                    [raw[f"{theirs}.ffn_gate.weight"], raw[f"{theirs}.ffn_up.weight"]]
                ),
                f"{ours}.W_out": raw[f"{theirs}.ffn_down.weight"],
            }
    except KeyError as error:
        raise UnsupportedError(f"the GGUF file has no tensor {error}") from error
    return weights


def _tokenizer(meta: Mapping[str, Any]) -> Tokenizer:
    if meta.get("tokenizer.ggml.model") != "gpt2":
        raise UnsupportedError(
            f"the GGUF file has a {meta.get('tokenizer.ggml.model')!r} tokenizer; only byte-level "
            "BPE ('gpt2') can be read from GGUF"
        )
    tokens = meta["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in meta["tokenizer.ggml.merges"]]
    fast = tokenizers.Tokenizer(
        tokenizers.models.BPE(vocab={t: i for i, t in enumerate(tokens)}, merges=merges)
    )
    fast.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    if meta.get("tokenizer.ggml.pre") != "smollm":
        raise UnsupportedError(
            f"the GGUF file splits text by the rule {meta.get('tokenizer.ggml.pre')!r}; "
            "only 'smollm' is known. Load the model from its Hugging Face folder instead"
        )
    fast.decoder = decoders.ByteLevel()
    special = [
        t
        for t, kind in zip(tokens, meta["tokenizer.ggml.token_type"], strict=True)
        if kind == _SPECIAL
    ]
    fast.add_special_tokens(special)
    ids = {token: i for i, token in enumerate(tokens)}
    # SmolLM2 was trained on documents divided by this token: with it in front of a text, the model
    # knows that it stands at the start of one. Its file names another as "beginning" (for chats).
    start = ids.get("<|endoftext|>", meta.get("tokenizer.ggml.bos_token_id"))
    stops = {meta.get("tokenizer.ggml.eos_token_id"), start}
    return Tokenizer(fast, start_id=start, stop_ids=sorted(s for s in stops if s is not None))
