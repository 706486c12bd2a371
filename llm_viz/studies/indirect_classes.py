"""Which heads earn a name in the indirect-object task, and by what.

A head that writes the answer and looks at it is a name mover. One that acts by way of later heads
is told by the place where it acts and by what it looks at there, see `classes`. The classes are
those of Wang et al., "Interpretability in the Wild" (2022), and one more, the *giver suppressor*,
that the finding half showed us: the head that writes most here does not write the answer, it writes
against the other name. The thresholds are ours and were chosen before any head was seen; that a
backup must end up writing for the answer was added after. The heads that these two rules concern,
L23H3 and L29H0, belong to the circuit with them or without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from llm_viz.analyses.attention import ranked_heads
from llm_viz.studies.indirect_heads import LOOKS, Array, Look

Class = Literal[
    "name mover",
    "giver suppressor",
    "negative name mover",
    "inhibition",
    "duplicate token",
    "induction",
    "previous token",
    "backup name mover",
    "other",
]

CLASSES: tuple[Class, ...] = (
    "name mover",
    "giver suppressor",
    "negative name mover",
    "inhibition",
    "duplicate token",
    "induction",
    "previous token",
    "backup name mover",
    "other",
)
LEAST_EFFECT = 0.1  # logits: a head with less is not named
LEAST_LOOK = 0.1  # attention: a head with less does not count as looking there


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of all heads, over the prompts on which they are found.

    Attributes:
        direct, to_share, giver_share: (3, layer, head) each with its interval, see
            `llm_viz.studies.indirect_heads.Reading`.
        end, end_indirect, giver, next: (3, layer, head) likewise, see `Effects` there.
        backup: (3, layer, head) by how much a head's direct share rises once the name movers and
            the giver suppressors are switched off; zero until they are known.
        looks: (look, layer, head) mean attention in `LOOKS`.
    """

    direct: Array
    to_share: Array
    giver_share: Array
    end: Array
    end_indirect: Array
    giver: Array
    next: Array
    backup: Array
    looks: Array

    @property
    def strength(self) -> Array:
        """(layer, head) the largest effect, up or down, in logits: by it heads are ranked."""
        parts = (self.direct, self.end_indirect, self.giver, self.next)
        strongest: Array = np.max([np.abs(part[0]) for part in parts], axis=0)
        return strongest

    def look(self, name: Look) -> Array:
        """(layer, head) the mean attention of one of `LOOKS`."""
        rows: Array = self.looks[LOOKS.index(name)]
        return rows


def classes(evidence: Evidence) -> Mapping[tuple[int, int], tuple[Class, ...]]:
    """The heads that earn a name, strongest first, each with all names that it earns.

    An effect counts if it is at least `LEAST_EFFECT` and its interval leaves out 0; a look if it is
    at least `LEAST_LOOK` and larger than those it is held against.

    - *name mover*: writes for the answer, and looks from the end at the indirect object more than
      at either mention of the giver. *Negative*: writes against it, and looks at it likewise.
    - *giver suppressor*: writes against the giver's own logit and so for the answer, and looks from
      the end at the giver's second mention more than at the indirect object.
    - *inhibition*: acts at the end by way of later parts, and looks from there at the giver's
      second mention more than at the indirect object.
    - *duplicate token*, *induction*: act at the giver's second mention, and look from there at the
      first, or at the token after the first, whichever is more.
    - *previous token*: acts at the token after the giver's first mention, and looks back at it.
    - *backup name mover*: its direct share rises once those that write the answer are off, and
      is then for the answer.
    - *other*: has one of the first four effects, but looks elsewhere.
    """
    see = {name: evidence.look(name) for name in LOOKS}

    def acts(effect: Array) -> Array:
        value, low, _ = effect
        found: Array = (value >= LEAST_EFFECT) & (low > 0)
        return found

    def looks(name: Look, *others: Look) -> Array:
        found: Array = see[name] >= LEAST_LOOK
        for other in others:
            found = found & (see[name] > see[other])
        return found

    def turned(effect: Array) -> Array:
        negative: Array = -effect[[0, 2, 1]]  # the ends of the interval change places
        return negative

    against = turned(evidence.direct)
    at_answer = looks("end to", "end giver first", "end giver")
    at_giver = looks("end giver", "end to")
    movers = acts(evidence.direct) & at_answer
    suppressors = acts(evidence.direct) & acts(turned(evidence.giver_share)) & at_giver
    # What is switched off cannot step in, and less of a push the other way is no help either.
    taken_over = np.where(movers | suppressors, 0, evidence.direct[0] + evidence.backup[0])
    earned: dict[Class, Array] = {
        "name mover": movers,
        "giver suppressor": suppressors,
        "negative name mover": acts(against) & at_answer,
        "inhibition": acts(evidence.end_indirect) & at_giver,
        "duplicate token": acts(evidence.giver) & looks("giver giver first", "giver next"),
        "induction": acts(evidence.giver) & looks("giver next", "giver giver first"),
        "previous token": acts(evidence.next) & looks("next giver first"),
        "backup name mover": acts(evidence.backup) & (taken_over >= LEAST_EFFECT),
    }
    effect = acts(evidence.direct) | acts(against) | acts(evidence.end_indirect)
    effect |= acts(evidence.giver) | acts(evidence.next)
    earned["other"] = effect & ~np.any(list(earned.values()), axis=0)
    named = np.any(list(earned.values()), axis=0)
    return {
        head: tuple(name for name, found in earned.items() if found[head])
        for head in ranked_heads(evidence.strength)
        if named[head]
    }
