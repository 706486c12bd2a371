"""A loaded model checks itself before anyone trusts a picture of it.

Four questions on one sentence: are its numbers finite, does attention recomputed from queries and
keys move the values that the model moved, does switching a layer off change anything, and does the
device agree with the CPU? (A model read from outside is asked the first and the last.) A device
that fails is left, with a warning, for the CPU.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import torch

from llm_viz.model.language_model import LanguageModel

SENTENCE = "The cat sat on the"
_CPU = torch.device("cpu")


class SelfCheckError(RuntimeError):
    """A model does not do what it must do to be looked into."""


def fit_for_use(
    load: Callable[[torch.device], LanguageModel], device: torch.device
) -> LanguageModel:
    """The model on ``device`` if it works there, else on the CPU with a warning.

    Raises:
        SelfCheckError: it does not work on the CPU either.
    """
    if device != _CPU:
        try:
            lm = load(device)
            self_check(lm)
            agree(lm, load(_CPU))
            return lm
        except (SelfCheckError, RuntimeError, NotImplementedError) as error:
            reason = "out of memory" if isinstance(error, torch.OutOfMemoryError) else str(error)
            warnings.warn(
                f"{device} cannot be used for this model ({reason}); running on the CPU",
                stacklevel=3,
            )
    lm = load(_CPU)
    self_check(lm)
    return lm


def self_check(lm: LanguageModel) -> None:
    """Raise a `SelfCheckError` if the model's numbers do not hang together."""
    if not lm.network.opens:
        logits = lm.run(SENTENCE, sites=("logits",))["logits"]
        if not np.isfinite(logits).all():
            raise SelfCheckError(f"{lm.info.id} computes logits that are not finite in {lm.dtype}")
        return
    trace = lm.run(SENTENCE, sites=("q_rot", "k_rot", "v", "z", "resid_final"))
    if not np.isfinite(trace["resid_final"]).all():
        raise SelfCheckError(f"{lm.info.id} computes numbers that are not finite in {lm.dtype}")
    shared_by = lm.dims.n_heads // lm.dims.n_kv_heads
    moved = trace["pattern"] @ np.repeat(trace["v"], shared_by, axis=1)
    error = np.abs(moved - trace["z"]).max() / np.abs(trace["z"]).max()
    if error > _tolerance(lm):
        raise SelfCheckError(
            f"attention recomputed from queries and keys is off by {error:.1%} in {lm.info.id}"
        )
    with lm.ablate(mlps=[0]):
        changed = lm.run(SENTENCE, sites=("resid_final",))
    if np.array_equal(changed["resid_final"], trace["resid_final"]):
        raise SelfCheckError(f"switching a layer of {lm.info.id} off changes nothing")


def agree(lm: LanguageModel, on_cpu: LanguageModel) -> None:
    """Raise a `SelfCheckError` if a device and the CPU disagree on one sentence."""
    site = "resid_final" if lm.network.opens else "logits"
    here, there = (m.run(SENTENCE, sites=(site,))[site] for m in (lm, on_cpu))
    error = np.linalg.norm(here - there) / np.linalg.norm(there)
    if not error < _tolerance(lm):
        raise SelfCheckError(f"its numbers differ from the CPU's by {error:.1%}")


def _tolerance(lm: LanguageModel) -> float:
    return 1e-3 if lm.dtype == torch.float32 else 0.1
