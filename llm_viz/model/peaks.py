"""`Peaks`: where every neuron is strongest, kept while texts are read.

A text of 1,000 tokens has 46 million activations in a small model. None is stored: as each
feed-forward layer is computed, a histogram counts its activations, and only places that beat the
weakest of those kept so far are looked at closer. No logits are computed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from llm_viz.model.capture import Recorder
from llm_viz.model.transformer import Transformer

Array = np.ndarray[Any, np.dtype[Any]]

LOWEST, HIGHEST = -6, 6  # powers of two between which sizes of activations are told apart
# A float32's exponent and the first bit of its fraction are the number of its bin, so that the
# bins of a power of two are two: 1 to 1.5 and 1.5 to 2.
_SHIFT = 22
_BINS = 2 * (HIGHEST - LOWEST)  # of each sign; between the two signs is one for what is smaller
_BEFORE_FIRST = 2 * (127 + LOWEST) - 1
_SIZES = [2.0**power * half for power in range(LOWEST, HIGHEST) for half in (1, 1.5)]
EDGES: Array = np.array([-(2.0**HIGHEST), *(-size for size in reversed(_SIZES))])
EDGES = np.concatenate([EDGES, -EDGES[::-1]])
EDGES.setflags(write=False)


class Peaks:
    """The k strongest windows of every neuron and sign, for each group of texts by itself.

    A window of a text counts once for each neuron and sign, with its strongest place, so that a
    text that says one thing over and over does not crowd out the others. The start token in front
    of a window is read but never counted.

    Args:
        network: holds the weights.
        k: how many windows to keep.
        groups: of texts, kept apart.
        before, after: how many activations to keep around each place.
        start_id: the token that stands in front of each window, if the model wants one.
    """

    def __init__(
        self,
        network: Transformer,
        *,
        k: int,
        groups: int,
        before: int,
        after: int,
        start_id: int | None,
    ) -> None:
        d, device = network.config.dims, network.device
        self._network = network
        self._start_id = start_id
        shape = (d.n_layers, groups, 2, d.d_mlp, k)
        self._values = torch.zeros(shape, device=device)
        self._places = torch.full(shape, -1, dtype=torch.int32, device=device)
        self._around = torch.zeros((*shape, before + 1 + after), dtype=torch.float16, device=device)
        self._counts = torch.zeros(
            (d.n_layers, d.d_mlp * (len(EDGES) - 1)), dtype=torch.int32, device=device
        )
        self._scales = torch.zeros((), dtype=torch.float64, device=device)
        self._rows = torch.arange(d.d_mlp, dtype=torch.int32, device=device)[:, None, None]
        self._steps = torch.arange(-before, after + 1, device=device)

    @torch.inference_mode()
    def read(self, token_ids: Array, places: Array, group: int) -> None:
        """Read windows side by side and take down what beats the places kept so far.

        Args:
            token_ids: (window, n) tokens, all windows of one length, without the start token.
            places: (window,) the number that stands for the first token of each; the others follow
                it one by one.
            group: which group of texts they belong to.
        """
        device = self._network.device
        ids = torch.tensor(np.asarray(token_ids, np.int64), device=device)
        first = torch.tensor(np.asarray(places, np.int32), device=device)
        starts = 0
        if self._start_id is not None:
            starts = 1
            ids = torch.cat([ids.new_full((len(ids), 1), self._start_id), ids], dim=1)

        def hear(post: Float[Tensor, "B T d_mlp"], layer: int) -> None:
            values = post.permute(2, 0, 1)[:, :, starts:].float()
            self._count(values, layer)
            for side, sign in enumerate((1, -1)):
                self._keep(values, sign, first, (layer, group, side))

        record = _Listener("mlp_post", hear, self._network)
        stream = self._network.forward(ids, record=record)
        self._scales += self._network.final_scale(stream[:, starts:]).double().sum()

    def arrays(self) -> dict[str, Array]:
        """What is kept so far.

        Returns:
            ``values`` (layer, group, side, neuron, k) float32, sizes of activations, the strongest
            first, 0 where there is none; ``places``, likewise, -1 where there is none; ``around``
            (…, k, before + 1 + after) float16, activations by their size on that side; ``counts``
            (layer, neuron, bin); ``scales``, the sum over tokens of what the final norm divides by.
        """
        return {
            "values": self._values.cpu().numpy(),
            "places": self._places.cpu().numpy(),
            "around": self._around.cpu().numpy(),
            "counts": self._counts.view(*self._counts.shape[:1], -1, len(EDGES) - 1).cpu().numpy(),
            "scales": self._scales.cpu().numpy(),
        }

    def restore(self, arrays: dict[str, Array]) -> None:
        """Go on from what `arrays` gave."""
        for name, array in arrays.items():
            held: Tensor = getattr(self, f"_{name}")
            held.copy_(torch.from_numpy(array).view(held.shape))

    def _count(self, values: Float[Tensor, "d_mlp B T"], layer: int) -> None:
        bits = values.contiguous().view(torch.int32)
        size = (bits & 0x7FFFFFFF).bitwise_right_shift_(_SHIFT).sub_(_BEFORE_FIRST)
        size.clamp_(0, _BINS)
        # An arithmetic shift of the sign bit is -1 for negative numbers and 0 for others.
        sign = bits.bitwise_right_shift(31).bitwise_or_(1)
        bins = size.mul_(sign).add_(_BINS).add_(self._rows * (len(EDGES) - 1))
        counted = torch.bincount(bins.flatten(), minlength=self._counts.shape[1])
        self._counts[layer] += counted.to(torch.int32)

    def _keep(
        self,
        values: Float[Tensor, "d_mlp B T"],
        sign: int,
        first: Tensor,
        where: tuple[int, int, int],
    ) -> None:
        held, held_places, held_around = (
            kept[where] for kept in (self._values, self._places, self._around)
        )
        top = values.amax(dim=(1, 2)) if sign > 0 else -values.amin(dim=(1, 2))
        beats = (top > held[:, -1]).nonzero().squeeze(1)
        if not len(beats):
            return
        values = values[beats] * sign
        best, at = values.max(dim=-1)  # (rows, B)
        best = torch.where(best > 0, best, -1)  # nothing kept is weaker than 0
        length = values.shape[-1]
        steps = (at[..., None] + self._steps).clamp_(0, length - 1)
        around = torch.cat(
            [held_around[beats], values.gather(-1, steps).to(held_around.dtype)], dim=1
        )
        places = torch.cat([held_places[beats], at.to(torch.int32) + first], dim=1)
        strongest = torch.cat([held[beats], best], dim=1).topk(held.shape[1], dim=1)
        chosen = strongest.indices
        held[beats] = strongest.values
        held_places[beats] = places.gather(1, chosen)
        held_around[beats] = around.gather(1, chosen[..., None].expand(-1, -1, around.shape[-1]))


class _Listener(Recorder):
    """Hands one site on, layer by layer, and keeps nothing."""

    def __init__(
        self, site: str, hear: Callable[[Tensor, int], None], network: Transformer
    ) -> None:
        super().__init__((), network.config, 0, 0, network.device)
        self._site, self._hear = site, hear

    def put(self, site: str, value: Tensor, layer: int | None = None, norm: int = 0) -> None:
        """Hand on a layer's activations, if they are of the site that is listened to."""
        if site == self._site and layer is not None:
            self._hear(value, layer)
