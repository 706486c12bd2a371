"""How many weights a transformer has, and in which of its parts, from its shape alone.

Beside a model that is counted live (`sizes_of`) stand models that are too large to load, or were
never published: their papers give their shapes, and a formula counts (`ModelShape.sizes`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llm_viz.model.weights import Group, WeightCount


@dataclass(frozen=True)
class Sizes:
    """How many weights each part of a model holds, biases included.

    Attributes:
        embedding: of tokens, and of positions where these are learned.
        attention: queries, keys, values and outputs of all layers.
        mlp: the feed-forward layers.
        norm: all norms.
        unembedding: 0 where it is the embedding once more (tied), or where there is none.
    """

    embedding: int
    attention: int
    mlp: int
    norm: int
    unembedding: int

    @property
    def total(self) -> int:
        return sum(getattr(self, part.name) for part in fields(self))

    def share(self, part: Group) -> float:
        """The share of a part in the whole model, from 0 to 1."""
        count: int = getattr(self, part)
        return count / self.total


@dataclass(frozen=True)
class ModelShape:
    """What a paper says of a model's shape.

    Attributes:
        name, year: what it is called, and when it was described.
        n_layers, n_heads, n_kv_heads, d_model, d_head, d_mlp, d_vocab, n_ctx: as in a trace.
        gated: True if a feed-forward layer has a gate, so three matrices instead of two.
        tied: True if the unembedding is the embedding once more.
        learned_positions: True if every position has a vector of its own to learn.
        biases: True if matrices and norms have biases.
        final_norm: False where the last block's own norm comes last.
        published: how many weights its makers give.
        source: where the shape and that number stand.
    """

    name: str
    year: int
    n_layers: int
    n_heads: int
    n_kv_heads: int
    d_model: int
    d_head: int
    d_mlp: int
    d_vocab: int
    n_ctx: int
    gated: bool
    tied: bool
    learned_positions: bool
    biases: bool
    final_norm: bool
    published: float
    source: str

    @property
    def heads(self) -> int:
        """Heads in all layers together: how many attention operations a token goes through."""
        return self.n_layers * self.n_heads

    @property
    def sizes(self) -> Sizes:
        """Its weights by part.

        Attention of one layer: queries and outputs ``2 · d_model · n_heads · d_head``, keys and
        values ``2 · d_model · n_kv_heads · d_head``. Feed-forward: ``d_model · d_mlp`` twice, or
        three times with a gate. Each biased matrix has one more weight for each number it gives.
        """
        queries, keys = self.n_heads * self.d_head, self.n_kv_heads * self.d_head
        inward = 2 if self.gated else 1
        attention = 2 * self.d_model * (queries + keys)
        mlp = (inward + 1) * self.d_model * self.d_mlp
        norm = self.d_model
        if self.biases:
            attention += queries + 2 * keys + self.d_model
            mlp += inward * self.d_mlp + self.d_model
            norm *= 2
        tokens = self.d_vocab * self.d_model
        return Sizes(
            embedding=tokens + (self.n_ctx * self.d_model if self.learned_positions else 0),
            attention=self.n_layers * attention,
            mlp=self.n_layers * mlp,
            norm=(2 * self.n_layers + int(self.final_norm)) * norm,
            unembedding=0 if self.tied else tokens,
        )


def sizes_of(counts: Iterable[WeightCount]) -> Sizes:
    """The weights of a loaded model by part, from ``lm.weight_counts()``."""
    found = dict.fromkeys((part.name for part in fields(Sizes)), 0)
    for row in counts:
        found[row.group] += row.count
    return Sizes(**found)


def _gpt(
    name: str,
    year: int,
    n_layers: int,
    n_heads: int,
    d_model: int,
    *,
    d_vocab: int,
    n_ctx: int,
    published: float,
    source: str,
    final_norm: bool = True,
) -> ModelShape:
    """OpenAI's models: four times as many neurons as numbers, positions learned, all biased."""
    return ModelShape(
        name=name,
        year=year,
        n_layers=n_layers,
        n_heads=n_heads,
        n_kv_heads=n_heads,
        d_model=d_model,
        d_head=d_model // n_heads,
        d_mlp=4 * d_model,
        d_vocab=d_vocab,
        n_ctx=n_ctx,
        gated=False,
        tied=True,
        learned_positions=True,
        biases=True,
        final_norm=final_norm,
        published=published,
        source=source,
    )


def _llama(
    name: str,
    n_layers: int,
    n_heads: int,
    n_kv_heads: int,
    d_model: int,
    d_mlp: int,
    *,
    n_ctx: int,
    published: float,
    source: str,
) -> ModelShape:
    """Meta's models: gated feed-forward, positions turned in, no biases, two tables of tokens."""
    return ModelShape(
        name=name,
        year=2023,
        n_layers=n_layers,
        n_heads=n_heads,
        n_kv_heads=n_kv_heads,
        d_model=d_model,
        d_head=d_model // n_heads,
        d_mlp=d_mlp,
        d_vocab=32_000,
        n_ctx=n_ctx,
        gated=True,
        tied=False,
        learned_positions=False,
        biases=False,
        final_norm=True,
        published=published,
        source=source,
    )


_GPT2 = (
    "Radford et al., Language Models are Unsupervised Multitask Learners (2019); weights as "
    "corrected in the released code"
)
_LLAMA = "Touvron et al., LLaMA: Open and Efficient Foundation Language Models (2023), table 2"

# Smallest first.
PUBLISHED_MODELS: tuple[ModelShape, ...] = (
    _gpt(
        "GPT-1",
        2018,
        12,
        12,
        768,
        d_vocab=40_478,
        n_ctx=512,
        final_norm=False,
        published=117e6,
        source="Radford et al., Improving Language Understanding by Generative Pre-Training (2018)"
        "; vocabulary of the released model, weights as the GPT-2 paper gives them",
    ),
    _gpt(
        "GPT-2 small", 2019, 12, 12, 768, d_vocab=50_257, n_ctx=1024, published=124e6, source=_GPT2
    ),
    _gpt(
        "GPT-2 XL", 2019, 48, 25, 1600, d_vocab=50_257, n_ctx=1024, published=1.558e9, source=_GPT2
    ),
    _llama("LLaMA 7B", 32, 32, 32, 4096, 11_008, n_ctx=2048, published=6.7e9, source=_LLAMA),
    _llama("LLaMA 65B", 80, 64, 64, 8192, 22_016, n_ctx=2048, published=65.2e9, source=_LLAMA),
    _llama(
        "LLaMA 2 70B",
        80,
        64,
        8,
        8192,
        28_672,
        n_ctx=4096,
        published=70e9,
        source="Touvron et al., Llama 2: Open Foundation and Fine-Tuned Chat Models (2023), "
        "table 1; width of the feed-forward layers of the released model",
    ),
    _gpt(
        "GPT-3",
        2020,
        96,
        96,
        12_288,
        d_vocab=50_257,
        n_ctx=2048,
        published=175e9,
        source="Brown et al., Language Models are Few-Shot Learners (2020), table 2.1; its "
        "vocabulary is that of GPT-2",
    ),
)
