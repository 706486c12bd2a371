"""What is changed during a run: values put in the place of those that the model computed.

An `Edits` is plain data that the forward pass consults at every site: which values go in, at which
layer, heads and positions, and, where many runs stand side by side in a batch, in which of its
rows. Putting edits in force and undoing them is left to `llm_viz.model.editing`; where the values
come from, to `llm_viz.model.reference` and `llm_viz.model.patches`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from llm_viz.names import SITES
from llm_viz.trace import Dims

# Sites whose values the rest of the pass reads, so that a change there changes what follows.
EDITABLE = (
    "embed",
    "resid_pre",
    "q",
    "k",
    "v",
    "q_rot",
    "k_rot",
    "attn_scores",
    "pattern",
    "z",
    "attn_out",
    "resid_mid",
    "mlp_gate",
    "mlp_pre",
    "mlp_post",
    "mlp_out",
    "resid_post",
    "resid_final",
)
BEFORE_BLOCKS = -1  # the layer of edits to the embeddings


@dataclass(frozen=True, eq=False)
class Write:
    """Values that replace those of one site at one layer.

    Attributes:
        site, layer: where. ``resid_post`` is the ``resid_pre`` of the next layer.
        heads: which heads, for a site that has them; else None.
        values: (heads, rows, width), or (rows, width) for a site without heads; one head or row
            serves for all. None writes zeros.
        take: (n,) which row of ``values`` each position gets, -1 leaves it alone, and so do
            positions from n on. None: every position gets the only row.
        n_tokens: how many tokens a text must have, or None.
        reach: how many it must have at least.
        row: the one text of the batch that is changed; None changes all.
    """

    site: str
    layer: int
    heads: tuple[int, ...] | None = None
    values: Tensor | None = None
    take: Tensor | None = None
    n_tokens: int | None = None
    reach: int = 0
    row: int | None = None

    def put(self, x: Tensor, start: int, first_head: int) -> None:
        """Write into ``x``, (B, heads, T, width) or (B, T, width).

        Args:
            x: changed in place.
            start: which position of the text its first one is.
            first_head: where in ``x`` the site's heads begin.
        """
        x = x if self.row is None else x[self.row : self.row + 1]
        values = x.new_zeros(1, 1) if self.values is None else self.values
        where = None
        if self.take is not None:
            rows = self.take[start : start + x.shape[-2]]
            where = (rows >= 0).nonzero()[:, 0]
            if self.values is not None:
                values = values[..., rows[where], :]
        if self.heads is None:
            x[:, slice(None) if where is None else where] = values
            return
        heads = torch.tensor(self.heads, device=x.device) + first_head
        if where is None:
            x[:, heads] = values
        else:
            x[:, heads[:, None], where] = values

    def only_at(self, positions: Sequence[int]) -> Write:
        """The same at some positions only, counted from 0."""
        reach = max(positions, default=-1) + 1
        take = torch.zeros(reach, dtype=torch.long) if self.take is None else self.take
        if reach > len(take):
            raise ValueError(f"position {reach - 1} is beyond the {len(take)} that stand in")
        kept = torch.full_like(take, -1)
        kept[list(positions)] = take[list(positions)]
        return replace(self, take=kept, reach=reach)

    def check(self, length: int) -> None:
        """Raise a ValueError if a text of ``length`` tokens cannot be changed so."""
        if self.n_tokens is not None and length != self.n_tokens:
            raise ValueError(
                f"the values for {self.site} come from {self.n_tokens} tokens and this text has "
                f"{length}; use texts of equal length, or name the positions to change"
            )
        if length < self.reach:
            raise ValueError(
                f"position {self.reach - 1} is to be changed; this text has positions 0 to "
                f"{length - 1}"
            )


@dataclass(frozen=True, eq=False)
class Edits:
    """Writes in the order in which they are made; later ones win where they overlap."""

    writes: tuple[Write, ...] = ()
    _at: dict[tuple[str, int], list[Write]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for write in self.writes:
            self._at.setdefault((write.site, write.layer), []).append(write)

    def __bool__(self) -> bool:
        return bool(self.writes)

    def __or__(self, other: Edits) -> Edits:
        """Both, ``other`` last."""
        return together([self, other])

    def touches(self, layer: int, *sites: str) -> bool:
        """True if any of the sites is changed at this layer."""
        return any((site, layer) in self._at for site in sites)

    def apply(
        self, site: str, layer: int, x: Tensor, start: int = 0, *, first_head: int = 0
    ) -> Tensor:
        """``x`` with what is written there; ``x`` itself, never changed, if nothing is."""
        writes = self._at.get((site, layer))
        if writes is None:
            return x
        x = x.clone()
        for write in writes:
            write.put(x, start, first_head)
        return x

    def check(self, lengths: Iterable[int]) -> None:
        """Raise a ValueError if texts of so many tokens cannot be changed so."""
        for length in lengths:
            for write in self.writes:
                write.check(length)

    @property
    def rewrites_attention(self) -> bool:
        """True if patterns are no longer what queries and keys give."""
        return any(write.site in ("attn_scores", "pattern") for write in self.writes)

    @property
    def first_layer(self) -> int:
        """The first layer that differs: `BEFORE_BLOCKS`, or 0 up to the number of layers."""
        return min((write.layer for write in self.writes), default=0)

    def in_row(self, row: int) -> Edits:
        """The same, made in one row of a batch only."""
        return Edits(tuple(replace(write, row=row) for write in self.writes))


NO_EDITS = Edits()


def together(several: Iterable[Edits]) -> Edits:
    """All of them, in this order."""
    return Edits(tuple(write for edits in several for write in edits.writes))


def write_to(
    dims: Dims,
    site: str,
    layer: int | None,
    heads: Sequence[int] | None = None,
    values: Tensor | None = None,
    take: Tensor | None = None,
    n_tokens: int | None = None,
    reach: int = 0,
) -> Write:
    """A `Write` whose place is checked and brought into its one form.

    Raises:
        KeyError: there is no such site.
        ValueError: a site where a change would change nothing, a layer that is missing or too much,
            or heads for a site that has none.
        IndexError: the layer or a head is out of range.
    """
    if site not in SITES:
        raise KeyError(f"unknown site {site!r}; the sites are {', '.join(SITES)}")
    if site not in EDITABLE:
        raise ValueError(
            f"{site} is read by nothing that follows; change one of {', '.join(EDITABLE)}"
        )
    axes = SITES[site].axes
    if ("layer" in axes) != (layer is not None):
        needed = "name its layer" if layer is None else "it has no layers, so name none"
        raise ValueError(f"{site} is to be changed; {needed}")
    place = BEFORE_BLOCKS if layer is None else layer_of(layer, dims)
    if site in ("resid_post", "resid_final"):
        place = dims.n_layers if layer is None else place + 1
        site = "resid_pre"
    chosen = None
    if (axis := next((a for a in ("head", "kv_head") if a in axes), None)) is not None:
        n_heads = dims.n_heads if axis == "head" else dims.n_kv_heads
        wanted = range(n_heads) if heads is None else heads
        chosen = tuple(head_of(head, n_heads, axis) for head in wanted)
    elif heads is not None:
        raise ValueError(f"{site} has no heads; leave heads out")
    return Write(site, place, chosen, values, take, n_tokens, reach)


def layer_of(layer: int, dims: Dims) -> int:
    """A layer's number from 0 on.

    Raises:
        IndexError: there is no such layer.
    """
    if not -dims.n_layers <= layer < dims.n_layers:
        raise IndexError(
            f"layer {layer} is out of range; the layers go from 0 to {dims.n_layers - 1}"
        )
    return int(layer) % dims.n_layers


def head_of(head: int, n_heads: int, axis: str = "head") -> int:
    """A head's number from 0 on.

    Raises:
        IndexError: there is no such head.
    """
    if not -n_heads <= head < n_heads:
        called = "heads" if axis == "head" else "key/value heads"
        raise IndexError(f"head {head} is out of range; the {called} go from 0 to {n_heads - 1}")
    return int(head) % n_heads


def position_of(position: int, length: int) -> int:
    """A position from 0 on.

    Raises:
        IndexError: there is no such position.
    """
    if not -length <= position < length:
        raise IndexError(
            f"position {position} is out of range; this text has positions 0 to {length - 1}"
        )
    return int(position) % length


def heads_by_layer(heads: Iterable[tuple[int, int]], dims: Dims) -> dict[int, tuple[int, ...]]:
    """(layer, head) pairs as heads by layer, in order and without repeats.

    Raises:
        IndexError: a layer or head is out of range.
        TypeError: something is not a pair.
    """
    found: dict[int, set[int]] = {}
    for pair in heads:
        try:
            layer, head = pair
        except (TypeError, ValueError):
            raise TypeError(
                f"heads holds {pair!r}; expected (layer, head) pairs such as [(18, 6)]"
            ) from None
        found.setdefault(layer_of(layer, dims), set()).add(head_of(head, dims.n_heads))
    return {layer: tuple(sorted(found[layer])) for layer in sorted(found)}
