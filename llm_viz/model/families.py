"""The families of checkpoints that the transformer can run, and how each spells its parts.

This is the one place where another library's words (``hidden_size``, ``n_embd``, ``c_attn``) are
translated into this project's. A family is two functions: its `config.json` to `Config`, and its
tensors to weights under the names of `llm_viz.model.transformer`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from llm_viz.model.config import Config
from llm_viz.trace import Dims

Take = Callable[[str], Tensor]
Weights = dict[str, Tensor]
Raw = Mapping[str, Any]

_ACTIVATIONS = {
    "silu": "silu",
    "swish": "silu",
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_fast": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "relu": "relu",
}


class UnsupportedError(ValueError):
    """A checkpoint asks for something that this transformer does not do."""


def read_config(raw: Raw) -> Config:
    """The `Config` of a checkpoint's own configuration.

    Raises:
        UnsupportedError: its architecture, or a choice it makes, is not one that is supported.
    """
    kind = raw.get("model_type")
    if kind not in FAMILIES:
        raise UnsupportedError(
            f"model_type {kind!r} is not among those read natively: {', '.join(FAMILIES)}"
        )
    return FAMILIES[kind][0](raw)


def translate(raw: Raw, config: Config, tensors: Mapping[str, Tensor]) -> Weights:
    """A checkpoint's tensors under this project's names; queries, keys, values side by side."""
    # Some checkpoints hold the bare model, others put it under a prefix.
    prefixes = ("", "model.", "transformer.", "gpt_neox.", "bert.")

    def take(name: str) -> Tensor:
        for prefix in prefixes:
            if prefix + name in tensors:
                return tensors[prefix + name]
        raise UnsupportedError(f"the checkpoint has no tensor {name!r}")

    weights = FAMILIES[raw["model_type"]][1](take, config)
    if config.dims.d_vocab and not raw.get("tie_word_embeddings", _TIED[config.family]):
        weights["W_U"] = take(
            "embed_out.weight" if config.family == "gpt_neox" else "lm_head.weight"
        )
    return weights


def rope_rates(raw: Raw, dims: int) -> tuple[float, ...]:
    """Inverse frequencies of RoPE: plain, or stretched as Llama 3 does it.

    Raises:
        UnsupportedError: the checkpoint stretches its context in another way.
    """
    rope = {**(raw.get("rope_scaling") or {}), **(raw.get("rope_parameters") or {})}
    theta = float(
        rope.get("rope_theta") or raw.get("rope_theta") or raw.get("rotary_emb_base") or 1e4
    )
    exponents = torch.arange(0, dims, 2, dtype=torch.int64).float() / dims
    rates = 1.0 / theta**exponents
    kind = rope.get("rope_type") or rope.get("type") or "default"
    if kind == "linear":
        rates = rates / rope["factor"]
    elif kind == "llama3":
        low, high = rope["low_freq_factor"], rope["high_freq_factor"]
        turns = rope["original_max_position_embeddings"] * rates / (2 * math.pi)
        smooth = ((turns - low) / (high - low)).clamp(0, 1)
        rates = (1 - smooth) * rates / rope["factor"] + smooth * rates
    elif kind != "default":
        raise UnsupportedError(f"rotary scaling of type {kind!r} is not supported")
    return tuple(rates.tolist())


def _activation(name: str) -> Any:
    if name not in _ACTIVATIONS:
        raise UnsupportedError(f"activation {name!r} is not supported")
    return _ACTIVATIONS[name]


# --- Llama and its relatives -----------------------------------------------------------------


def _llama_config(raw: Raw) -> Config:
    n_heads, n_layers = raw["num_attention_heads"], raw["num_hidden_layers"]
    d_head = raw.get("head_dim") or raw["hidden_size"] // n_heads
    n_ctx = raw["max_position_embeddings"]
    if raw.get("sliding_window") and raw.get("use_sliding_window", True):
        n_ctx = min(n_ctx, raw["sliding_window"])  # inside one window attention is the plain one
    return Config(
        family="llama",
        dims=Dims(
            n_layers=n_layers,
            n_heads=n_heads,
            n_kv_heads=raw.get("num_key_value_heads") or n_heads,
            d_model=raw["hidden_size"],
            d_head=d_head,
            d_mlp=raw["intermediate_size"],
            d_vocab=raw["vocab_size"],
            n_ctx=n_ctx,
        ),
        norm="rms",
        norm_eps=raw["rms_norm_eps"],
        activation=_activation(raw.get("hidden_act", "silu")),
        gated=True,
        rotary=rope_rates(raw, d_head),
        qk_norm=raw["model_type"] == "qwen3",
        attn_scale=d_head**-0.5,
    )


def _llama_weights(take: Take, config: Config) -> Weights:
    weights = {"W_E": take("embed_tokens.weight"), "final_norm.w": take("norm.weight")}
    for i in range(config.dims.n_layers):
        ours, theirs = f"blocks.{i}", f"layers.{i}"
        attn, mlp = f"{theirs}.self_attn", f"{theirs}.mlp"
        weights |= {
            f"{ours}.attn_norm.w": take(f"{theirs}.input_layernorm.weight"),
            f"{ours}.W_QKV": torch.cat([take(f"{attn}.{x}_proj.weight") for x in "qkv"]),
            f"{ours}.W_O": take(f"{attn}.o_proj.weight"),
            f"{ours}.mlp_norm.w": take(f"{theirs}.post_attention_layernorm.weight"),
            f"{ours}.W_in": torch.cat([take(f"{mlp}.{x}_proj.weight") for x in ("gate", "up")]),
            f"{ours}.W_out": take(f"{mlp}.down_proj.weight"),
        }
        weights |= _optional(take, f"{ours}.b_QKV", [f"{attn}.{x}_proj.bias" for x in "qkv"])
        weights |= _optional(take, f"{ours}.b_O", [f"{attn}.o_proj.bias"])
        weights |= _optional(take, f"{ours}.b_in", [f"{mlp}.{x}_proj.bias" for x in ("gate", "up")])
        weights |= _optional(take, f"{ours}.b_out", [f"{mlp}.down_proj.bias"])
        if config.qk_norm:
            weights[f"{ours}.q_norm"] = take(f"{attn}.q_norm.weight")
            weights[f"{ours}.k_norm"] = take(f"{attn}.k_norm.weight")
    return weights


def _optional(take: Take, name: str, parts: list[str]) -> Weights:
    try:
        return {name: torch.cat([take(part) for part in parts])}
    except UnsupportedError:
        return {}


# --- GPT-2 -----------------------------------------------------------------------------------


def _gpt2_config(raw: Raw) -> Config:
    d_model, n_heads = raw["n_embd"], raw["n_head"]
    if raw.get("scale_attn_by_inverse_layer_idx") or not raw.get("scale_attn_weights", True):
        raise UnsupportedError("GPT-2 with another attention scale is not supported")
    return Config(
        family="gpt2",
        dims=Dims(
            n_layers=raw["n_layer"],
            n_heads=n_heads,
            n_kv_heads=n_heads,
            d_model=d_model,
            d_head=d_model // n_heads,
            d_mlp=raw.get("n_inner") or 4 * d_model,
            d_vocab=raw["vocab_size"],
            n_ctx=raw["n_positions"],
        ),
        norm="layer",
        norm_eps=raw["layer_norm_epsilon"],
        activation=_activation(raw["activation_function"]),
        gated=False,
        rotary=None,
        attn_scale=(d_model // n_heads) ** -0.5,
    )


def _gpt2_weights(take: Take, config: Config) -> Weights:
    weights = {"W_E": take("wte.weight"), "W_pos": take("wpe.weight")}
    weights |= _norm(take, "final_norm", "ln_f")
    for i in range(config.dims.n_layers):
        ours, theirs = f"blocks.{i}", f"h.{i}"
        weights |= _norm(take, f"{ours}.attn_norm", f"{theirs}.ln_1")
        weights |= _norm(take, f"{ours}.mlp_norm", f"{theirs}.ln_2")
        # GPT-2 stores its matrices the other way round (Conv1D).
        for name, source in {
            "QKV": "attn.c_attn",
            "O": "attn.c_proj",
            "in": "mlp.c_fc",
            "out": "mlp.c_proj",
        }.items():
            weights[f"{ours}.W_{name}"] = take(f"{theirs}.{source}.weight").T.contiguous()
            weights[f"{ours}.b_{name}"] = take(f"{theirs}.{source}.bias")
    return weights


# --- GPT-NeoX (Pythia) -----------------------------------------------------------------------


def _gpt_neox_config(raw: Raw) -> Config:
    d_model, n_heads = raw["hidden_size"], raw["num_attention_heads"]
    d_head = d_model // n_heads
    rope = raw.get("rope_parameters") or {}
    share = rope.get("partial_rotary_factor") or raw.get("rotary_pct") or 0.25
    return Config(
        family="gpt_neox",
        dims=Dims(
            n_layers=raw["num_hidden_layers"],
            n_heads=n_heads,
            n_kv_heads=n_heads,
            d_model=d_model,
            d_head=d_head,
            d_mlp=raw["intermediate_size"],
            d_vocab=raw["vocab_size"],
            n_ctx=raw["max_position_embeddings"],
        ),
        norm="layer",
        norm_eps=raw["layer_norm_eps"],
        activation=_activation(raw["hidden_act"]),
        gated=False,
        rotary=rope_rates(raw, int(share * d_head)),
        parallel=raw.get("use_parallel_residual", True),
        attn_scale=d_head**-0.5,
    )


def _gpt_neox_weights(take: Take, config: Config) -> Weights:
    d = config.dims
    weights = {"W_E": take("embed_in.weight")}
    weights |= _norm(take, "final_norm", "final_layer_norm")

    def split(tensor: Tensor) -> Tensor:  # rows are (head, q k v, d_head): ours (q k v, head, …)
        rest = tensor.shape[1:]
        return tensor.view(d.n_heads, 3, d.d_head, *rest).transpose(0, 1).reshape(-1, *rest)

    for i in range(d.n_layers):
        ours, theirs = f"blocks.{i}", f"layers.{i}"
        weights |= _norm(take, f"{ours}.attn_norm", f"{theirs}.input_layernorm")
        weights |= _norm(take, f"{ours}.mlp_norm", f"{theirs}.post_attention_layernorm")
        weights |= {
            f"{ours}.W_QKV": split(take(f"{theirs}.attention.query_key_value.weight")),
            f"{ours}.b_QKV": split(take(f"{theirs}.attention.query_key_value.bias")),
        }
        for name, source in {
            "O": "attention.dense",
            "in": "mlp.dense_h_to_4h",
            "out": "mlp.dense_4h_to_h",
        }.items():
            weights |= _linear(take, ours, name, f"{theirs}.{source}")
    return weights


# --- BERT (encoders such as MiniLM) ----------------------------------------------------------


def _bert_config(raw: Raw) -> Config:
    d_model, n_heads = raw["hidden_size"], raw["num_attention_heads"]
    if raw.get("position_embedding_type", "absolute") != "absolute":
        raise UnsupportedError("BERT with relative positions is not supported")
    return Config(
        family="bert",
        dims=Dims(
            n_layers=raw["num_hidden_layers"],
            n_heads=n_heads,
            n_kv_heads=n_heads,
            d_model=d_model,
            d_head=d_model // n_heads,
            d_mlp=raw["intermediate_size"],
            d_vocab=0,  # read as an encoder: it predicts no next token
            n_ctx=raw["max_position_embeddings"],
        ),
        norm="layer",
        norm_eps=raw["layer_norm_eps"],
        activation=_activation(raw["hidden_act"]),
        gated=False,
        rotary=None,
        causal=False,
        post_norm=True,
        attn_scale=(d_model // n_heads) ** -0.5,
    )


def _bert_weights(take: Take, config: Config) -> Weights:
    segment = take("embeddings.token_type_embeddings.weight")[0]  # one text: always segment 0
    weights = {
        "W_E": take("embeddings.word_embeddings.weight"),
        "W_pos": take("embeddings.position_embeddings.weight") + segment,
    }
    weights |= _norm(take, "embed_norm", "embeddings.LayerNorm")
    for i in range(config.dims.n_layers):
        ours, theirs = f"blocks.{i}", f"encoder.layer.{i}"
        self_attn = f"{theirs}.attention.self"
        parts = [f"{self_attn}.{x}" for x in ("query", "key", "value")]
        weights |= {
            f"{ours}.W_QKV": torch.cat([take(f"{part}.weight") for part in parts]),
            f"{ours}.b_QKV": torch.cat([take(f"{part}.bias") for part in parts]),
        }
        weights |= _norm(take, f"{ours}.attn_norm", f"{theirs}.attention.output.LayerNorm")
        weights |= _norm(take, f"{ours}.mlp_norm", f"{theirs}.output.LayerNorm")
        for name, source in {
            "O": "attention.output.dense",
            "in": "intermediate.dense",
            "out": "output.dense",
        }.items():
            weights |= _linear(take, ours, name, f"{theirs}.{source}")
    return weights


def _norm(take: Take, ours: str, theirs: str) -> Weights:
    return {f"{ours}.w": take(f"{theirs}.weight"), f"{ours}.b": take(f"{theirs}.bias")}


def _linear(take: Take, block: str, name: str, theirs: str) -> Weights:
    return {
        f"{block}.W_{name}": take(f"{theirs}.weight"),
        f"{block}.b_{name}": take(f"{theirs}.bias"),
    }


FAMILIES: dict[str, tuple[Callable[[Raw], Config], Callable[[Take, Config], Weights]]] = {
    "llama": (_llama_config, _llama_weights),
    "mistral": (_llama_config, _llama_weights),
    "qwen2": (_llama_config, _llama_weights),
    "qwen3": (_llama_config, _llama_weights),
    "gpt2": (_gpt2_config, _gpt2_weights),
    "gpt_neox": (_gpt_neox_config, _gpt_neox_weights),
    "bert": (_bert_config, _bert_weights),
}
# Whether a family ties its unembedding to its embedding when its configuration does not say.
_TIED = {"llama": False, "gpt2": True, "gpt_neox": False, "bert": True}
