"""`Induction`: loss along random tokens said twice, and along ordinary text, with heads off.

Everything that is drawn comes from the study of induction heads; the page computes nothing anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import traitlets

from llm_viz.studies import induction as studied
from llm_viz.style import COLOURS
from llm_viz.widgets import still
from llm_viz.widgets.base import View

LINES = ("both", "induction", "other")
KINDS = ("repeated", "ordinary")


class Induction(View):
    """What is lost with the best induction heads off, beside as many other heads.

    Args:
        study: what `llm_viz.studies.induction.load` gives; None loads it.
        traits: any other trait, such as ``title``, ``off`` (how many of the best induction heads
            are off) or ``line`` (``"both"``, ``"induction"``: only with these off, ``"other"``:
            only with as many others off).

    Raises:
        ValueError: more heads are off than the study has.

    Examples:
        >>> llm_viz.widgets.Induction(off=6)                             # doctest: +SKIP
    """

    front_end = "induction"
    heading = "Copying, and the heads that do it"

    study = traitlets.Dict().tag(sync=True)
    off = traitlets.Int(0, min=0, max=studied.MOST_OFF).tag(sync=True, linked=True)
    line = traitlets.Enum(LINES, "both").tag(sync=True, linked=True)

    def __init__(self, study: studied.Induction | Path | None = None, **traits: Any) -> None:
        if not isinstance(study, studied.Induction):
            study = studied.load(study or studied.FILE)
        self._study = study
        if traits.get("off", 0) > len(study.heads):
            raise ValueError(f"off is {traits['off']}; the study has {len(study.heads)} heads")
        super().__init__(study=packed(study), **traits)

    def still(self) -> Element:
        """The loss of the second half by how many heads are off, as bars, and all as a table."""
        rows = []
        for off in range(len(self._study.heads) + 1):
            means = [getattr(self._study, kind).summary(off) for kind in KINDS]
            rows.append((off, [found[by] for found in means for by in ("best", "other")]))
        most = max(found[0][0] for _, found in rows)
        bars = [
            still.Bar(_named(off), found[0][0] / most, f"{found[0][0]:.2f}") for off, found in rows
        ]
        columns = (
            "heads off",
            "repeated, induction heads",
            "repeated, other heads",
            "ordinary, induction heads",
            "ordinary, other heads",
        )
        cells = [
            (str(off), *(f"{mean:.2f} ({low:.2f} to {high:.2f})" for mean, low, high in found))
            for off, found in rows
        ]
        return still.figure(
            self.title or self.heading,
            "Random tokens said twice: mean loss of the second time.",
            still.bars(("induction heads off", "loss, nats a token"), bars, COLOURS["loss"]),
            still.table(columns, cells),
        )


def packed(study: studied.Induction) -> dict[str, Any]:
    """What the front end draws; losses and shares as half floats (1 part in 2,048)."""
    texts = [getattr(study, kind) for kind in KINDS]
    curves = [
        [[curve.mean, curve.low, curve.high] for curve in (each.best, each.other)] for each in texts
    ]
    offs = range(len(study.heads) + 1)
    feeding = study.feeding
    return {
        "model": study.provenance.model,
        "n_tokens": len(study.example) // 2,
        "texts": len(study.repeated.each_best[0]),
        "draws": len(study.draws),
        "heads": [_label(*head) for head in study.heads],
        "example": list(study.example),
        "curves": _halves(curves),  # (kind, by, mean low high, off, pos)
        "totals": _halves(
            [_totals(each, offs) for each in texts]
        ),  # (kind, by, off, mean low high)
        "fed": [_label(*head) for head in feeding.fed],
        "feeders": [_label(*head) for head in feeding.off],
        "shares": _halves(
            _totals(feeding, range(len(feeding.off) + 1))
        ),  # (by, off, mean low high)
    }


def _totals(found: studied.Losses | studied.Feeding, offs: range) -> list[Any]:
    summaries = [found.summary(off) for off in offs]
    return [[each[by] for each in summaries] for by in ("best", "other")]


def _halves(values: Any) -> bytes:
    return np.array(values, "<f2").tobytes()


def _label(layer: int, head: int) -> str:
    return f"L{layer}H{head}"


def _named(off: int) -> str:
    return "none" if not off else f"the best {off}" if off > 1 else "the best"
