"""What the study `indirect_object` found, and the file that keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from llm_viz.studies.indirect_classes import Class, Evidence
from llm_viz.studies.indirect_heads import Array
from llm_viz.studies.indirect_prompts import Half
from llm_viz.studies.results import Provenance, read_arrays, write_arrays

Told = tuple[float, float, float]  # a value, and the low and high end of its interval


@dataclass(frozen=True)
class Scores:
    """How well the model does on one half of the prompts.

    Attributes:
        difference: mean logit difference, the indirect object less the giver.
        right: share of the prompts in which it is above 0.
        prob_to: mean probability of the indirect object.
        best: share of the prompts in which it is the likeliest token of all.
    """

    difference: Told
    right: float
    prob_to: Told
    best: float


@dataclass(frozen=True)
class Found:
    """A head of the circuit.

    Attributes:
        layer, head: which.
        classes: the names that it earns, see `llm_viz.studies.indirect_classes.classes`.
        strength: its largest effect on the finding half, in logits.
        restored: what the head brings back: by how much the difference of a changed prompt rises if
            its own output there is that of the unchanged one, largest over places, mean over
            prompts.
    """

    layer: int
    head: int
    classes: tuple[Class, ...]
    strength: float
    restored: float

    @property
    def label(self) -> str:
        """As people call it: ``L23H3``."""
        return f"L{self.layer}H{self.head}"


@dataclass(frozen=True)
class Kept:
    """What is left of the logit difference on the reporting half with some heads off.

    Attributes:
        heads: how many of all are on.
        difference: mean logit difference.
        share: the mean as a share of that with all heads on.
        random: mean differences with as many heads on, drawn at random, one for each draw.
    """

    heads: int
    difference: Told
    share: Told
    random: tuple[float, ...]


@dataclass(frozen=True)
class Continuation:
    """How the model goes on from one of the valet prompts.

    Attributes:
        text: the prompt.
        best: the likeliest tokens, as shown to people, with their probabilities.
        words: by word of `VALET_WORDS`: the probability of the whole word, and the rank of its
            first token, 1 for the likeliest; *valet* is two tokens.
    """

    text: str
    best: tuple[tuple[str, float], ...]
    words: Mapping[str, tuple[float, int]]


@dataclass(frozen=True, eq=False)
class IndirectObject:
    """The result of the study.

    Attributes:
        scores: by half.
        differences: by half: the logit difference of each prompt, in their order.
        evidence: of every head, from the finding half.
        circuit: the heads that earned a name there, strongest first.
        without: mean difference on the reporting half with every head off.
        whole: the circuit on, all others off.
        curve: likewise the strongest heads of all, whether named or not, more and more of them.
        switched_off: by class: the heads of that class off, all others on; ``random`` are as many
            heads off that are not in the circuit.
        valet: see `Continuation`.
        provenance: where the numbers come from.
    """

    scores: Mapping[Half, Scores]
    differences: Mapping[Half, Array]
    evidence: Evidence
    circuit: tuple[Found, ...]
    without: Told
    whole: Kept
    curve: tuple[Kept, ...]
    switched_off: Mapping[Class, Kept]
    valet: tuple[Continuation, ...]
    provenance: Provenance

    def of_class(self, name: Class) -> tuple[Found, ...]:
        """The heads of one class, strongest first."""
        return tuple(found for found in self.circuit if name in found.classes)


def save(path: Path, result: IndirectObject) -> None:
    """Write a result, whole or not at all."""
    arrays = {f.name: getattr(result.evidence, f.name) for f in fields(Evidence)}
    arrays |= {f"differences_{half}": rows for half, rows in result.differences.items()}
    told = {
        "scores": {half: asdict(scores) for half, scores in result.scores.items()},
        "circuit": [asdict(found) for found in result.circuit],
        "without": result.without,
        "whole": asdict(result.whole),
        "curve": [asdict(kept) for kept in result.curve],
        "switched_off": {name: asdict(kept) for name, kept in result.switched_off.items()},
        "valet": [asdict(each) for each in result.valet],
        "provenance": asdict(result.provenance),
    }
    small = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
    write_arrays(path, small, told)


def load(path: Path) -> IndirectObject:
    """What `save` wrote."""
    arrays, told = read_arrays(path)
    halves: tuple[Half, ...] = ("finding", "reporting")
    return IndirectObject(
        scores={half: _scores(told["scores"][half]) for half in halves},
        differences={half: arrays[f"differences_{half}"] for half in halves},
        evidence=Evidence(**{f.name: arrays[f.name] for f in fields(Evidence)}),
        circuit=tuple(
            Found(**{**each, "classes": tuple(each["classes"])}) for each in told["circuit"]
        ),
        without=tuple(told["without"]),
        whole=_kept(told["whole"]),
        curve=tuple(map(_kept, told["curve"])),
        switched_off={name: _kept(each) for name, each in told["switched_off"].items()},
        valet=tuple(map(_continuation, told["valet"])),
        provenance=Provenance(**told["provenance"]),
    )


def _scores(held: dict[str, Any]) -> Scores:
    return Scores(tuple(held["difference"]), held["right"], tuple(held["prob_to"]), held["best"])


def _kept(held: dict[str, Any]) -> Kept:
    return Kept(
        held["heads"], tuple(held["difference"]), tuple(held["share"]), tuple(held["random"])
    )


def _continuation(held: dict[str, Any]) -> Continuation:
    words = {word: (prob, rank) for word, (prob, rank) in held["words"].items()}
    return Continuation(held["text"], tuple((token, prob) for token, prob in held["best"]), words)
