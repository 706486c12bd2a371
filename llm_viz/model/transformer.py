"""The transformer itself: one forward pass, readable top to bottom.

One block serves every supported family; `Config` holds the choices in which they differ. The pass
tells a recorder what it computes (`llm_viz.model.capture`) and lets the edits in force change it
(`llm_viz.model.interventions`). Reading checkpoints is left to `llm_viz.model.loading`.

Shapes: B texts, T positions, H query heads, K key/value heads, d_head, d_model, d_mlp; they are
checked as the tests run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from llm_viz.model.capture import Recorder
from llm_viz.model.config import Config
from llm_viz.model.interventions import BEFORE_BLOCKS, NO_EDITS, Edits
from llm_viz.model.network import Cache
from llm_viz.model.operations import ACTIVATIONS, Norm, Turns, rms_norm, rotate, wide_linear
from llm_viz.names import SITES


@dataclass(frozen=True)
class Block:
    """Weights of one block.

    Rows of ``W_QKV`` are queries, keys, values; those of ``W_in`` are gate (if any) and pre.
    """

    attn_norm: Norm
    W_QKV: Tensor  # ((H + 2K) * d_head, d_model)
    b_QKV: Tensor | None
    q_norm: Tensor | None  # (d_head,)
    k_norm: Tensor | None
    W_O: Tensor  # (d_model, H * d_head)
    b_O: Tensor | None
    mlp_norm: Norm
    W_in: Tensor  # (d_mlp or 2 * d_mlp, d_model)
    b_in: Tensor | None
    W_out: Tensor  # (d_model, d_mlp)
    b_out: Tensor | None


class KeyValueCache:
    """Rotated keys and values of the positions read so far, so that they are not read again."""

    def __init__(self, config: Config, batch: int, length: int, like: Tensor) -> None:
        d = config.dims
        shape = (d.n_layers, batch, d.n_kv_heads, length, d.d_head)
        self.k = like.new_empty(shape)
        self.v = like.new_empty(shape)
        self.length = 0


@dataclass(frozen=True)
class Pass:
    """What all blocks of one forward pass share.

    Attributes:
        start: position of the first token read.
        turns: RoPE's angles from there on, if the family has them.
        mask: where a text may look, if that is not simply backwards.
        record: is told every site it wants.
        edits: what is changed on the way.
        cache: keys and values of earlier positions, if they are kept.
    """

    start: int
    turns: Turns | None
    mask: Tensor | None
    record: Recorder
    edits: Edits
    cache: KeyValueCache | None


class Transformer:
    """A decoder (or encoder) built from weights under this project's names.

    Args:
        config: the choices of the family.
        weights: tensors by name, see `Block`: ``W_E``, ``blocks.0.W_QKV``, …, ``final_norm.w``.
            An encoder has no ``W_U``.
        n_parameters: how many weights there are; a tied unembedding counts once.
    """

    opens = True

    def __init__(self, config: Config, weights: Mapping[str, Tensor], n_parameters: int) -> None:
        self.config = config
        self.device = weights["W_E"].device
        self.dtype = weights["W_E"].dtype
        self.sites = _sites(config)
        self._n_parameters = n_parameters
        self.W_E = weights["W_E"]
        self.W_pos = weights.get("W_pos")
        self.W_U = weights.get("W_U")
        self.b_U = weights.get("b_U")
        self.act = ACTIVATIONS[config.activation]

        def norm(prefix: str) -> Norm:
            return Norm(config, weights[f"{prefix}.w"], weights.get(f"{prefix}.b"))

        self.embed_norm = norm("embed_norm") if "embed_norm.w" in weights else None
        self.final_norm = norm("final_norm") if "final_norm.w" in weights else None
        self.blocks = [
            Block(
                norm(f"{b}.attn_norm"),
                weights[f"{b}.W_QKV"],
                weights.get(f"{b}.b_QKV"),
                weights.get(f"{b}.q_norm"),
                weights.get(f"{b}.k_norm"),
                weights[f"{b}.W_O"],
                weights.get(f"{b}.b_O"),
                norm(f"{b}.mlp_norm"),
                weights[f"{b}.W_in"],
                weights.get(f"{b}.b_in"),
                weights[f"{b}.W_out"],
                weights.get(f"{b}.b_out"),
            )
            for b in (f"blocks.{i}" for i in range(config.dims.n_layers))
        ]
        self.attention_bias = any(block.b_O is not None for block in self.blocks)
        self._table: Turns | None = None

    @torch.inference_mode()
    def forward(
        self,
        ids: Int[Tensor, "B T"],
        *,
        record: Recorder | None = None,
        edits: Edits = NO_EDITS,
        cache: Cache | None = None,
        lengths: Int[Tensor, " B"] | None = None,
    ) -> Float[Tensor, "B T d_model"]:
        """Read token ids and return the residual stream before the final norm.

        Args:
            ids: the tokens; texts shorter than T are padded on the right.
            record: is told every site it wants.
            edits: what is changed on the way.
            cache: holds the positions before these and takes these in.
            lengths: (B,) real tokens of each text; needed where a model looks both ways.
        """
        if cache is not None and not isinstance(cache, KeyValueCache):
            raise TypeError("a cache of another network was given")
        x, shared = self.begin(ids, record=record, edits=edits, cache=cache, lengths=lengths)
        for layer in range(len(self.blocks)):
            x = self.block(layer, x, shared)
        x = edits.apply("resid_pre", len(self.blocks), x, shared.start)
        shared.record.put("resid_final", x)
        if shared.cache is not None:
            shared.cache.length += ids.shape[1]
        return x

    def begin(
        self,
        ids: Int[Tensor, "B T"],
        *,
        record: Recorder | None = None,
        edits: Edits = NO_EDITS,
        cache: Cache | None = None,
        lengths: Int[Tensor, " B"] | None = None,
    ) -> tuple[Float[Tensor, "B T d_model"], Pass]:
        """The stream that enters the first block, and what all blocks share; see `forward`."""
        if cache is not None and not isinstance(cache, KeyValueCache):
            raise TypeError("a cache of another network was given")
        start = cache.length if cache is not None else 0
        record = record or Recorder((), self.config, 0, 0, ids.device)
        embed = edits.apply("embed", BEFORE_BLOCKS, F.embedding(ids, self.W_E), start)
        record.put("embed", embed)
        x = embed
        if self.W_pos is not None:
            x = x + self.W_pos[start : start + ids.shape[1]]
        if self.embed_norm is not None:
            x = self.embed_norm(x)
        turns = self._turns(start, ids.shape[1], x) if self.config.rotary else None
        mask = None
        if lengths is not None and not self.config.causal:
            mask = (torch.arange(ids.shape[1], device=ids.device) < lengths[:, None])[:, None, None]
        return x, Pass(start, turns, mask, record, edits, cache)

    def readout(
        self,
        x: Float[Tensor, "*rows d_model"],
        *,
        token_ids: Int[Tensor, " chosen"] | None = None,
        norm_scale: Float[Tensor, "*rows"] | None = None,
    ) -> Float[Tensor, "*rows d_vocab"]:
        """Logits of residual streams: final norm, unembedding.

        Args:
            x: whole streams; or parts of them, with ``norm_scale``.
            token_ids: give the logits of these tokens only, from their rows of ``W_U`` alone.
            norm_scale: take this in place of what the norm would divide by, and no bias. The logits
                are then linear in ``x``, and computed in float32.
        """
        assert self.W_U is not None
        assert self.final_norm is not None
        W_U, b_U = self.W_U, self.b_U
        if token_ids is not None:
            W_U, b_U = W_U[token_ids], None if b_U is None else b_U[token_ids]
        if norm_scale is not None:
            return wide_linear(self.final_norm.frozen(x, norm_scale), W_U.float(), None)
        return wide_linear(self.final_norm(x), W_U, b_U)

    def final_scale(self, x: Float[Tensor, "*rows d_model"]) -> Float[Tensor, "*rows"]:
        """What the final norm divides residual streams by."""
        assert self.final_norm is not None
        return self.final_norm.scale(x)

    def new_cache(self, batch: int, length: int) -> KeyValueCache:
        """An empty cache for ``batch`` texts of up to ``length`` tokens."""
        return KeyValueCache(self.config, batch, length, like=self.W_E)

    def embeddings(self) -> Float[Tensor, "d_vocab d_model"]:
        return self.W_E

    def n_parameters(self) -> int:
        """How many weights it holds; a tied unembedding counts once."""
        return self._n_parameters

    def block(
        self, layer: int, x: Float[Tensor, "B T d_model"], shared: Pass
    ) -> Float[Tensor, "B T d_model"]:
        """One block: attention and feed-forward each add to the residual stream."""
        post_norm, parallel = self.config.post_norm, self.config.parallel
        block, record, edits = self.blocks[layer], shared.record, shared.edits
        x = edits.apply("resid_pre", layer, x, shared.start)
        record.put("resid_pre", x, layer)

        read = x if post_norm else block.attn_norm(x)
        attn_out = self._attention(layer, read, shared)
        record.put("attn_out", attn_out, layer)
        mid = x + attn_out
        if record.wants("norm_scale"):
            record.put("norm_scale", block.attn_norm.scale(mid if post_norm else x), layer, 0)
        if post_norm:
            mid = block.attn_norm(mid)
        mid = edits.apply("resid_mid", layer, mid, shared.start)
        record.put("resid_mid", mid, layer)

        source = x if parallel else mid
        read = mid if post_norm else block.mlp_norm(source)
        mlp_out = self._mlp(layer, read, shared)
        record.put("mlp_out", mlp_out, layer)
        out = mid + mlp_out
        if record.wants("norm_scale"):
            record.put("norm_scale", block.mlp_norm.scale(out if post_norm else source), layer, 1)
        if post_norm:
            out = block.mlp_norm(out)
        return out

    def _attention(
        self, layer: int, x: Float[Tensor, "B T d_model"], shared: Pass
    ) -> Float[Tensor, "B T d_model"]:
        """Queries meet keys, values move, ``W_O`` writes them to the stream."""
        d, block = self.config.dims, self.blocks[layer]
        start, record, edits, cache = shared.start, shared.record, shared.edits, shared.cache
        n_q, n_k = d.n_heads, d.n_kv_heads
        batch, length, _ = x.shape
        qkv = F.linear(x, block.W_QKV, block.b_QKV)
        qkv = qkv.view(batch, length, n_q + 2 * n_k, d.d_head).transpose(1, 2)  # (B, H+2K, T, d)
        qk, v = qkv[:, : n_q + n_k], qkv[:, n_q + n_k :]
        if block.q_norm is not None and block.k_norm is not None:
            qk = torch.cat(
                [
                    rms_norm(qk[:, :n_q], block.q_norm, self.config.norm_eps),
                    rms_norm(qk[:, n_q:], block.k_norm, self.config.norm_eps),
                ],
                dim=1,
            )
        qk = edits.apply("q", layer, qk, start)
        qk = edits.apply("k", layer, qk, start, first_head=n_q)
        v = edits.apply("v", layer, v, start)
        turned = qk if shared.turns is None else rotate(qk, *shared.turns)
        turned = edits.apply("q_rot", layer, turned, start)
        turned = edits.apply("k_rot", layer, turned, start, first_head=n_q)
        q_rot, k_rot = turned[:, :n_q], turned[:, n_q:]
        record.put("q", qk[:, :n_q], layer)
        record.put("k", qk[:, n_q:], layer)
        record.put("v", v, layer)
        record.put("q_rot", q_rot, layer)
        record.put("k_rot", k_rot, layer)

        mask = shared.mask
        if cache is not None:
            end = start + length
            cache.k[layer, :, :, start:end] = k_rot
            cache.v[layer, :, :, start:end] = v
            k_rot, v = cache.k[layer, :, :, :end], cache.v[layer, :, :, :end]
            if start and length > 1:
                mask = torch.ones(length, end, dtype=torch.bool, device=x.device).tril(start)
        if edits.touches(layer, "attn_scores", "pattern") or record.wants("pattern", "attn_scores"):
            z = self._attend(layer, q_rot, k_rot, v, mask, shared)
        else:
            z = F.scaled_dot_product_attention(
                q_rot,
                k_rot,
                v,
                attn_mask=mask,
                is_causal=self.config.causal and not start and length > 1,
                scale=self.config.attn_scale,
                enable_gqa=n_q != n_k,
            )  # (B, H, T, d_head)
        z = edits.apply("z", layer, z, start)
        record.put("z", z, layer)
        if record.wants("head_out"):
            W_O = block.W_O.view(d.d_model, n_q, d.d_head)
            if edits.touches(layer, "attn_out"):  # what stands there was written by no head
                W_O = torch.zeros_like(W_O)
            record.put("head_out", torch.einsum("bhtd,mhd->bhtm", record.kept(z), W_O), layer)
        attn_out = F.linear(z.transpose(1, 2).reshape(batch, length, -1), block.W_O, block.b_O)
        return edits.apply("attn_out", layer, attn_out, start)

    def _attend(
        self,
        layer: int,
        q_rot: Float[Tensor, "B heads T d_head"],
        k_rot: Float[Tensor, "B kv_heads S d_head"],
        v: Float[Tensor, "B kv_heads S d_head"],
        mask: Bool[Tensor, ...] | None,
        shared: Pass,
    ) -> Float[Tensor, "B heads T d_head"]:
        """Attention step by step, for runs that change scores or patterns: they exist here only."""
        shared_by = q_rot.shape[1] // k_rot.shape[1]
        keys, values = (part.repeat_interleave(shared_by, dim=1) for part in (k_rot, v))
        scores = q_rot @ keys.transpose(-1, -2) * self.config.attn_scale
        scores = shared.edits.apply("attn_scores", layer, scores, shared.start)
        shared.record.put("attn_scores", scores, layer)
        if mask is None and self.config.causal:
            seen = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device)
            mask = seen.tril(shared.start)
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        pattern = scores.float().softmax(dim=-1).to(v.dtype)
        pattern = shared.edits.apply("pattern", layer, pattern, shared.start)
        shared.record.put("pattern", pattern, layer)
        return pattern @ values

    def _mlp(
        self, layer: int, x: Float[Tensor, "B T d_model"], shared: Pass
    ) -> Float[Tensor, "B T d_model"]:
        """Every position on its own: neurons match, and add what they stand for."""
        block, record, edits = self.blocks[layer], shared.record, shared.edits
        pre = wide_linear(x, block.W_in, block.b_in)
        if self.config.gated:
            gate, pre = pre.chunk(2, dim=-1)
            gate = edits.apply("mlp_gate", layer, gate, shared.start)
            record.put("mlp_gate", gate, layer)
        pre = edits.apply("mlp_pre", layer, pre, shared.start)
        record.put("mlp_pre", pre, layer)
        post = self.act(gate) * pre if self.config.gated else self.act(pre)
        post = edits.apply("mlp_post", layer, post, shared.start)
        record.put("mlp_post", post, layer)
        mlp_out = F.linear(post, block.W_out, block.b_out)
        return edits.apply("mlp_out", layer, mlp_out, shared.start)

    def _turns(self, start: int, length: int, like: Tensor) -> Turns:
        """Cosines and signed sines (length, 2 * pairs) of the positions from ``start`` on."""
        end = start + length
        if self._table is None or len(self._table[0]) < end:
            assert self.config.rotary is not None
            rates = torch.tensor(self.config.rotary, dtype=torch.float32, device=like.device)
            grown = min(self.config.dims.n_ctx, max(256, 2 * end))
            angles = torch.outer(torch.arange(grown, device=like.device).float(), rates)
            cos, sin = angles.cos().to(like.dtype), angles.sin().to(like.dtype)
            self._table = torch.cat([cos, cos], -1), torch.cat([-sin, sin], -1)
        cos, sin = self._table
        return cos[start:end], sin[start:end]


def _sites(config: Config) -> tuple[str, ...]:
    """Every site of the table, but for gates that a family has not and logits of an encoder."""
    absent = set() if config.gated else {"mlp_gate"}
    if not config.dims.d_vocab:
        absent.add("logits")
    return tuple(name for name in SITES if name not in absent)
