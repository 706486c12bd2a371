"""Token ids instead of text: what comes next, token by token, and what was made of each token.

For those who hold the tokens of a text themselves, a window of it or what they have read so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from llm_viz.model.interventions import Edits
from llm_viz.model.network import Network
from llm_viz.model.readout import READOUT_ROWS, chosen_tokens

Array = np.ndarray[Any, np.dtype[Any]]


class Stepper:
    """Reads on and says what could come next; what was read is kept and not read again.

    The same pieces, cut at the same places, give the same logits to the last bit, on one machine in
    one setting. Other pieces of the same text (one by one or all at once) give them up to rounding.

    Args:
        network: holds the weights.
        edits: what is changed on the way.
        room: how many tokens it can read in all.
    """

    def __init__(self, network: Network, edits: Edits, room: int) -> None:
        if not 1 <= room <= network.config.dims.n_ctx:
            raise ValueError(
                f"room is {room}; expected 1 to what the model reads at most, "
                f"{network.config.dims.n_ctx:,} tokens"
            )
        self._network = network
        self._edits = edits
        self._room = room
        self._cache = network.new_cache(1, room)

    def read(self, token_ids: Sequence[int]) -> Array:
        """Read these tokens; the logits of the one after them, (d_vocab,) float32.

        Raises:
            ValueError: there is none, or more than there is room for.
            IndexError: there is no such token.
        """
        if not 1 <= len(token_ids) <= self._room - self._cache.length:
            raise ValueError(
                f"{len(token_ids)} tokens to read; expected 1 to {self._room - self._cache.length}"
                f", the room that is left of {self._room}"
            )
        d_vocab, device = self._network.config.dims.d_vocab, self._network.device
        new = chosen_tokens(token_ids, d_vocab, device)[None]
        x = self._network.forward(new, edits=self._edits, cache=self._cache)
        with torch.inference_mode():
            return self._network.readout(x[:, -1])[0].float().cpu().numpy()


@torch.inference_mode()
def token_log_probs(network: Network, edits: Edits, token_ids: Sequence[int]) -> Array:
    """See `LanguageModel.token_log_probs`."""
    d = network.config.dims
    if not 1 <= len(token_ids) <= d.n_ctx + 1:
        raise ValueError(
            f"{len(token_ids):,} tokens; expected 1 to {d.n_ctx + 1:,}, one more than the model "
            "reads: the last one is only predicted"
        )
    ids = chosen_tokens(token_ids, d.d_vocab, network.device)
    if len(ids) == 1:
        return np.empty(0, np.float32)
    x = network.forward(ids[None, :-1], edits=edits)[0]
    found = []
    for first in range(0, len(x), READOUT_ROWS):
        block = slice(first, first + READOUT_ROWS)
        log_probs = network.readout(x[block]).float().log_softmax(-1)
        found.append(log_probs.gather(-1, ids[1:][block, None])[:, 0].cpu())
    return torch.cat(found).numpy()
