"""The same weights in the transformers library's own model, as an independent reference."""

from __future__ import annotations

from typing import Any

import torch
import transformers

from llm_viz.model import LanguageModel
from llm_viz.model.transformer import Transformer


def as_library_model(lm: LanguageModel) -> Any:
    """A LlamaForCausalLM with the weights of ``lm``, attention in eager mode."""
    d, network = lm.dims, lm.network
    assert isinstance(network, Transformer)
    rate = network.config.rotary[1]  # 1 / theta ** (2 / d_head)
    config = transformers.LlamaConfig(
        vocab_size=d.d_vocab,
        hidden_size=d.d_model,
        intermediate_size=d.d_mlp,
        num_hidden_layers=d.n_layers,
        num_attention_heads=d.n_heads,
        num_key_value_heads=d.n_kv_heads,
        max_position_embeddings=d.n_ctx,
        rms_norm_eps=network.config.norm_eps,
        rope_parameters={"rope_type": "default", "rope_theta": round(rate ** (-d.d_head / 2))},
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=sorted(lm.tokenizer.stop_ids),
        pad_token_id=2,
    )
    state = {
        "model.embed_tokens.weight": network.W_E,
        "model.norm.weight": network.final_norm.weight,
    }
    for i, block in enumerate(network.blocks):
        at = f"model.layers.{i}"
        sizes = [d.n_heads * d.d_head, d.n_kv_heads * d.d_head, d.n_kv_heads * d.d_head]
        for name, part in zip("qkv", block.W_QKV.split(sizes), strict=True):
            state[f"{at}.self_attn.{name}_proj.weight"] = part
        for name, part in zip(("gate", "up"), block.W_in.chunk(2), strict=True):
            state[f"{at}.mlp.{name}_proj.weight"] = part
        state[f"{at}.self_attn.o_proj.weight"] = block.W_O
        state[f"{at}.mlp.down_proj.weight"] = block.W_out
        state[f"{at}.input_layernorm.weight"] = block.attn_norm.weight
        state[f"{at}.post_attention_layernorm.weight"] = block.mlp_norm.weight
    with torch.device("meta"):
        model = transformers.LlamaForCausalLM(config)
    model = model.to_empty(device="cpu")
    model.model.rotary_emb = type(model.model.rotary_emb)(config)
    missing = model.load_state_dict(state, strict=False)
    assert set(missing.missing_keys) <= {"lm_head.weight"}
    assert not missing.unexpected_keys
    model.lm_head.weight = model.model.embed_tokens.weight
    model.set_attn_implementation("eager")
    return model.eval().requires_grad_(False)
