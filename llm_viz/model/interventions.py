"""What is switched off during a run: whole heads, attention layers, feed-forward layers.

`Edits` is plain data that the forward pass consults; putting it in force and undoing it is the
work of `LanguageModel.ablate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from llm_viz.trace import Dims


@dataclass(frozen=True)
class Edits:
    """Parts whose output is replaced by zero.

    Attributes:
        heads: by layer, the heads whose ``z`` is zero.
        attns: layers whose ``attn_out`` is zero, bias included.
        mlps: layers whose ``mlp_out`` is zero, bias included.
    """

    heads: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    attns: frozenset[int] = frozenset()
    mlps: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.heads or self.attns or self.mlps)

    def __or__(self, other: Edits) -> Edits:
        """Everything that either switches off."""
        heads = {
            layer: tuple(sorted({*self.heads.get(layer, ()), *other.heads.get(layer, ())}))
            for layer in {*self.heads, *other.heads}
        }
        return Edits(heads, self.attns | other.attns, self.mlps | other.mlps)


NO_EDITS = Edits()


def ablation(
    dims: Dims,
    heads: Iterable[tuple[int, int]] = (),
    attns: Iterable[int] = (),
    mlps: Iterable[int] = (),
) -> Edits:
    """Edits that switch off (layer, head) pairs, attention layers and feed-forward layers.

    Raises:
        IndexError: a layer or head is out of range.
        TypeError: ``heads`` is not a list of pairs.
    """

    def layer_of(value: int) -> int:
        if not -dims.n_layers <= value < dims.n_layers:
            raise IndexError(
                f"layer {value} is out of range; the layers go from 0 to {dims.n_layers - 1}"
            )
        return int(value) % dims.n_layers

    by_layer: dict[int, set[int]] = {}
    for pair in heads:
        try:
            layer, head = pair
        except (TypeError, ValueError):
            raise TypeError(
                f"heads holds {pair!r}; expected (layer, head) pairs such as [(18, 6)]"
            ) from None
        if not -dims.n_heads <= head < dims.n_heads:
            raise IndexError(
                f"head {head} is out of range; the heads go from 0 to {dims.n_heads - 1}"
            )
        by_layer.setdefault(layer_of(layer), set()).add(int(head) % dims.n_heads)
    return Edits(
        {layer: tuple(sorted(found)) for layer, found in by_layer.items()},
        frozenset(map(layer_of, attns)),
        frozenset(map(layer_of, mlps)),
    )
