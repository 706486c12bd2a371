"""`read`: runs a batch of texts through a network and gives what was captured of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from llm_viz.model.capture import Recorder
from llm_viz.model.interventions import Edits, position_of
from llm_viz.model.network import Network
from llm_viz.model.readout import READOUT_ROWS
from llm_viz.names import NARROWED, SITES

Array = np.ndarray[Any, np.dtype[Any]]


@torch.inference_mode()
def read(
    network: Network,
    edits: Edits,
    batch: list[list[int]],
    wanted: tuple[str, ...],
    positions: Sequence[int] | None,
) -> list[tuple[dict[str, Array], dict[str, tuple[int, ...]]]]:
    """Arrays by site, and the rows of narrowed sites, for each text of one batch.

    Args:
        network: holds the weights.
        edits: what is changed on the way.
        batch: token ids of each text.
        wanted: names of sites; derived ones become what they are derived from, unless the edits
            part the two.
        positions: where `NARROWED` sites are kept; None keeps all.

    Raises:
        IndexError: a position is out of a text's range.
        ValueError: the edits do not fit a text's length.
        MemoryError: the device has too little memory.
    """
    lengths = [len(ids) for ids in batch]
    longest = max(lengths)
    padded = torch.tensor([ids + [0] * (longest - len(ids)) for ids in batch])
    stored = set(wanted) - {"logits"}
    edits.check(lengths)
    derivable = "q_rot" in network.sites and not edits.rewrites_attention
    if derivable and any(SITES[name].derived for name in stored):
        stored = {name for name in stored if not SITES[name].derived} | {"q_rot", "k_rot"}
    kept = None
    if positions is not None:
        kept = [tuple(position_of(p, length) for p in positions) for length in lengths]
    try:
        record = Recorder(stored, network.config, len(batch), longest, network.device, kept)
        ragged = len(set(lengths)) > 1
        x = network.forward(
            padded.to(network.device),
            record=record,
            edits=edits,
            lengths=torch.tensor(lengths, device=network.device) if ragged else None,
        )
        held = []
        for i, (length, arrays) in enumerate(zip(lengths, record.arrays(lengths), strict=True)):
            if "logits" in wanted:
                arrays["logits"] = _logits(network, x[i, list(kept[i]) if kept else slice(length)])
            rows = {site: kept[i] for site in arrays if site in NARROWED} if kept else {}
            held.append((arrays, rows))
    except torch.OutOfMemoryError as error:
        raise MemoryError(
            f"{longest:,} tokens need more memory than {network.device} has free; ask for fewer "
            "sites, shorten the text, or load the model with device='cpu'"
        ) from error
    return held


def _logits(network: Network, x: torch.Tensor) -> Array:
    if network.device.type == "cpu":  # the result is all the memory that it takes
        return network.readout(x).float().numpy()
    logits = np.empty((len(x), network.config.dims.d_vocab), np.float32)
    for start in range(0, len(x), READOUT_ROWS):
        block = slice(start, start + READOUT_ROWS)
        logits[block] = network.readout(x[block]).float().cpu().numpy()
    return logits
