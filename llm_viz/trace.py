"""`Trace`: what a model computed on one text, frozen, and the one format it travels in.

A trace holds the text, its tokens, where the numbers come from, and read-only float32 arrays by
site name. The same bytes serve as a file, as a widget's trait, and inside a page: safetensors, with
a JSON header. How arrays are packed for a page is left to `llm_viz.encoding`; running a model is
left to `llm_viz.model`.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import safetensors.numpy

from llm_viz import encoding
from llm_viz.files import written_whole
from llm_viz.names import NARROWED, SITES, check_sites

SCHEMA = 1
# Derived arrays up to this size are kept once computed; larger ones are made afresh each time.
KEEP_DERIVED_BYTES = 64 * 2**20

Array = np.ndarray[Any, np.dtype[Any]]


class MissingSiteError(KeyError):
    """A trace was asked for a site that it does not hold."""

    def __str__(self) -> str:  # KeyError would show the repr of the message
        return str(self.args[0])


@dataclass(frozen=True)
class Dims:
    """Sizes of a model. ``d_vocab`` is 0 for a model that predicts no tokens."""

    n_layers: int
    n_heads: int
    n_kv_heads: int
    d_model: int
    d_head: int
    d_mlp: int
    d_vocab: int
    n_ctx: int

    @property
    def heads(self) -> list[tuple[int, int]]:
        """Every (layer, head), layer by layer."""
        return [(layer, head) for layer in range(self.n_layers) for head in range(self.n_heads)]


@dataclass(frozen=True)
class ModelInfo:
    """Which model made a trace.

    Attributes:
        id: its name.
        family: which kind of architecture, such as ``"llama"``.
        weight_hash: a fingerprint of its weights.
        vocabulary: file name of the asset that spells all its tokens.
    """

    id: str
    family: str
    weight_hash: str
    vocabulary: str = ""


@dataclass(frozen=True)
class Attention:
    """What is needed to recompute attention from queries and keys.

    Attributes:
        causal: True if a position sees only itself and what came before.
        scale: one factor a layer, usually ``1 / sqrt(d_head)``.
    """

    causal: bool
    scale: tuple[float, ...]


def site_shape(
    name: str, dims: Dims, n_tokens: int, rows: Sequence[int] | None = None
) -> tuple[int, ...]:
    """Shape of a site's array for a text of ``n_tokens``, or of only these ``rows`` of it."""
    sizes = asdict(dims) | {
        "layer": dims.n_layers,
        "head": dims.n_heads,
        "kv_head": dims.n_kv_heads,
        "norm": 2,
        "query": n_tokens,
        "key": n_tokens,
        "pos": n_tokens if rows is None else len(rows),
    }
    return tuple(sizes[axis] for axis in SITES[name].axes)


@dataclass(frozen=True, eq=False)
class Trace:
    """The activations of one run, by site.

    Attributes:
        text: the text as given.
        tokens: the tokens as shown to people, the start token included.
        token_ids: their ids.
        model: which model computed them.
        dims: the sizes of that model.
        attention: how its attention turns queries and keys into a pattern.
        arrays: the stored arrays by site name, float32 and read-only.
        rows: for a site whose ``pos`` axis was narrowed, the text positions of its rows.
        producer: ``"torch"`` or ``"browser"``.

    Examples:
        >>> trace = lm.run("The cat sat")                          # doctest: +SKIP
        >>> trace["pattern"].shape                                 # doctest: +SKIP
        (30, 9, 4, 4)
    """

    text: str
    tokens: tuple[str, ...]
    token_ids: tuple[int, ...]
    model: ModelInfo
    dims: Dims
    attention: Attention
    arrays: Mapping[str, Array]
    rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    producer: Literal["torch", "browser"] = "torch"
    _derived: dict[str, Array] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if len(self.tokens) != len(self.token_ids):
            raise ValueError(
                f"{len(self.tokens)} tokens but {len(self.token_ids)} token ids; they must match"
            )
        frozen = {}
        for name in check_sites(tuple(self.arrays)):
            array = np.asarray(self.arrays[name])
            if array.dtype != np.float32:
                raise ValueError(f"site {name!r} is {array.dtype}; a trace holds float32")
            expected = site_shape(name, self.dims, len(self.tokens), self.rows.get(name))
            if array.shape != expected:
                raise ValueError(f"site {name!r} has shape {array.shape}; expected {expected}")
            array = array.view()
            array.flags.writeable = False
            frozen[name] = array
        object.__setattr__(self, "arrays", frozen)

    def __len__(self) -> int:
        return len(self.token_ids)

    def __repr__(self) -> str:
        return (
            f"Trace({self.model.id}, {len(self)} tokens, {self.text[:40]!r}, "
            f"sites: {', '.join(self.sites)})"
        )

    @property
    def sites(self) -> tuple[str, ...]:
        """Every site this trace can give, stored or derived, in the order of the table."""
        return tuple(name for name in SITES if name in self)

    def __contains__(self, name: object) -> bool:
        if name in self.arrays:
            return True
        derived = isinstance(name, str) and name in SITES and SITES[name].derived
        return derived and "q_rot" in self.arrays and "k_rot" in self.arrays

    def __getitem__(self, name: str) -> Array:
        """The array of a site, float32 and read-only.

        Raises:
            KeyError: the name is no site, or this trace lacks it; the message says how to get it.
        """
        check_sites((name,))
        if name in self.arrays:
            return self.arrays[name]
        if name in self._derived:
            return self._derived[name]
        if name not in self:
            raise MissingSiteError(self._how_to_get(name))
        d = self.dims
        array = np.empty((d.n_layers, d.n_heads, len(self), len(self)), np.float32)
        for layer in range(d.n_layers):
            self._attend(name, layer, slice(None), out=array[layer])
        array.flags.writeable = False
        if array.nbytes <= KEEP_DERIVED_BYTES:
            self._derived[name] = array
        return array

    def head(self, name: str, layer: int, head: int) -> Array:
        """One head's matrix of shape (query, key), without computing the other heads.

        Args:
            name: ``"pattern"`` or ``"attn_scores"``.
            layer: 0 to n_layers - 1; negative counts from the end.
            head: 0 to n_heads - 1; negative counts from the end.
        """
        if name not in ("pattern", "attn_scores"):
            raise ValueError(f"head() gives 'pattern' or 'attn_scores', not {name!r}")
        layer = index_in(layer, self.dims.n_layers, "layer")
        head = index_in(head, self.dims.n_heads, "head")
        for held in (self.arrays, self._derived):
            if name in held:
                return held[name][layer, head]
        if name not in self:
            raise MissingSiteError(self._how_to_get(name))
        matrix = np.empty((1, len(self), len(self)), np.float32)
        self._attend(name, layer, slice(head, head + 1), out=matrix)
        matrix.flags.writeable = False
        return matrix[0]

    def at(self, name: str, position: int = -1) -> Array:
        """A site's array at one position of the text, without its ``pos`` axis.

        Args:
            name: a site with a ``pos`` axis, such as ``"resid_post"`` (layer, d_model).
            position: 0 to the number of tokens - 1; negative counts from the end.

        Raises:
            KeyError: this trace lacks the site, or holds it at other positions only.
            IndexError: the text has no such position.
        """
        position = index_in(position, len(self), "position")
        array = self[name]
        axes = SITES[name].axes
        if "pos" not in axes:
            raise ValueError(f"{name!r} has the axes {', '.join(axes)}; at() needs one named pos")
        rows = self.rows.get(name, tuple(range(len(self))))
        if position not in rows:
            raise MissingSiteError(
                f"this trace holds {name} for the positions {list(rows)} only, not {position}; "
                "run the text again with positions=None"
            )
        return array.take(rows.index(position), axis=axes.index("pos"))

    def logits_at(self, position: int = -1) -> Array:
        """The logits (d_vocab,) that follow the token at ``position`` of the text."""
        return self.at("logits", position)

    def select(
        self, sites: Iterable[str] | None = None, positions: Sequence[int] | None = None
    ) -> Trace:
        """A smaller trace: only these sites, and the widest only at these positions.

        A derived site that is named becomes a stored one, so that it can stand alone.
        """
        names = check_sites(tuple(sites)) if sites is not None else tuple(self.arrays)
        arrays = {name: self[name] for name in names}
        rows = {name: kept for name, kept in self.rows.items() if name in arrays}
        if positions is not None:
            wanted = tuple(index_in(p, len(self), "position") for p in positions)
            for name in NARROWED & arrays.keys():
                axis = SITES[name].axes.index("pos")
                arrays[name] = np.stack([self.at(name, p) for p in wanted], axis)
                rows[name] = wanted
        return Trace(
            self.text,
            self.tokens,
            self.token_ids,
            self.model,
            self.dims,
            self.attention,
            arrays,
            rows,
            self.producer,
        )

    def encode(self, *, compact: bool = True) -> bytes:
        """The trace as bytes.

        Args:
            compact: True packs logits and patterns for a page, with the errors that
                `llm_viz.encoding` states; False keeps every float32 as it is.
        """
        tensors: dict[str, Array] = {}
        encodings: dict[str, str] = {}
        for name, array in self.arrays.items():
            how = encoding.COMPACT.get(name) if compact else None
            if how == "sqrt_u8_lower" and not self.attention.causal:
                how = None  # only causal patterns have an empty upper triangle
            if how is None:
                tensors[name] = array
            else:
                encodings[name] = how
                tensors.update(encoding.pack(how, name, array))
        # The format wants C order, which neither slices nor fancy indexing promise.
        tensors = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
        header = {
            "schema": SCHEMA,
            "producer": self.producer,
            "model": asdict(self.model),
            "text": self.text,
            "tokens": self.tokens,
            "token_ids": self.token_ids,
            "dims": asdict(self.dims),
            "attention": asdict(self.attention),
            "rows": self.rows,
            "encodings": encodings,
        }
        return safetensors.numpy.save(tensors, {"llm_viz": json.dumps(header)})

    @classmethod
    def decode(cls, data: bytes) -> Trace:
        """Read a trace from bytes.

        Raises:
            ValueError: the bytes are truncated, are no trace, or are of a newer schema.
        """
        header = _read_header(data)
        try:
            tensors = safetensors.numpy.load(data)
        except Exception as error:
            raise ValueError(f"the trace is damaged: {error}") from error
        try:
            how = header["encodings"]
            arrays = {n: a for n, a in tensors.items() if n in SITES and n not in how}
            for name, kind in how.items():
                arrays[name] = encoding.unpack(kind, name, tensors, len(header["tokens"]))
            return cls(
                text=header["text"],
                tokens=tuple(header["tokens"]),
                token_ids=tuple(header["token_ids"]),
                model=ModelInfo(**header["model"]),
                dims=Dims(**header["dims"]),
                attention=Attention(
                    header["attention"]["causal"], tuple(header["attention"]["scale"])
                ),
                arrays=arrays,
                rows={name: tuple(rows) for name, rows in header["rows"].items()},
                producer=header["producer"],
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"the header of the trace is incomplete: {error}") from error

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the trace to a file, exactly, whole or not at all."""
        with written_whole(Path(path)) as part:
            part.write_bytes(self.encode(compact=False))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Trace:
        """Read a trace from a file that `save` wrote."""
        return cls.decode(Path(path).read_bytes())

    def _attend(self, name: str, layer: int, heads: slice, out: Array) -> None:
        """Fill ``out`` (head, query, key) with scores or pattern, from queries and keys."""
        d = self.dims
        q = self.arrays["q_rot"][layer, heads]
        shared_by = d.n_heads // d.n_kv_heads
        kv = np.arange(d.n_heads)[heads] // shared_by
        k = self.arrays["k_rot"][layer][kv]
        np.matmul(q, k.swapaxes(-1, -2), out=out)
        out *= np.float32(self.attention.scale[layer])
        if name == "attn_scores":
            return
        if self.attention.causal:
            np.copyto(out, -np.inf, where=~np.tri(len(self), dtype=bool))
        out -= out.max(axis=-1, keepdims=True)
        np.exp(out, out=out)
        out /= out.sum(axis=-1, keepdims=True)

    def _how_to_get(self, name: str) -> str:
        holds = ", ".join(self.sites) or "no sites"
        advice = f"run the text again with sites=({name!r}, ...) or without sites="
        if self.producer == "torch" and self.model.family == "other":
            advice = "models of this architecture are read from outside and do not give it"
        return f"this trace has no {name!r} (it has {holds}); {advice}"


def _read_header(data: bytes) -> dict[str, Any]:
    try:
        (length,) = struct.unpack_from("<Q", data)
        if length > len(data) - 8:
            raise ValueError(f"its header claims {length} bytes, but {len(data) - 8} are there")
        header = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["llm_viz"])
    except (struct.error, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"these bytes are no llm_viz trace: {error}") from error
    if not isinstance(header, dict) or header.get("schema") != SCHEMA:
        raise ValueError(
            f"the trace is of another schema than {SCHEMA}; update llm_viz, or run the text again"
        )
    return header


def index_in(value: int, size: int, what: str) -> int:
    """A place among ``size`` others, from 0 on; negative ones count from the end.

    Raises:
        IndexError: there is no such place; the sentence calls it ``what``.
    """
    if not -size <= value < size:
        raise IndexError(f"{what} {value} is out of range; it goes from 0 to {size - 1}")
    return int(value) % size
