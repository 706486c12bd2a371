"""What the study `knowing_copying` found, and the file that keeps it and that pages read.

Safetensors, i items, f facts among them, w windows (every window of FFNs, then of attentions, each
by start and then by width), L layers, c chosen windows:

- ``log_probs`` (i, w), ``before`` (i,), ``zero_log_probs`` (i, 2, L), ``told_log_probs`` (2, f, 1 +
  c): U16, how many 1024ths of a nat below certainty; see `llm_viz.packed`;
- ``zero_best``, ``told_best``: U16, the likeliest token, by its place in the list of tokens;
- ``best`` (i, w): U8, likewise, by its place in the item's own list: few tokens are ever likeliest.

Under ``llm_viz_knowing`` in the header: the schema, the items and the excluded candidates, the
list of tokens, for each item a list of places in it (``said``), the chosen windows and the
provenance. `js/src/layer_windows/file.js` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from llm_viz import packed
from llm_viz.analyses.layer_windows import KINDS, Kind, Window, every_window
from llm_viz.files import written_whole
from llm_viz.packed import from_steps, to_steps
from llm_viz.studies.facts_and_copies import Candidate, Group
from llm_viz.studies.knowing_statistics import Told, share_told, told
from llm_viz.studies.results import Array, Provenance

KEY = "llm_viz_knowing"
SCHEMA = 1
MOST_SAID = 256  # tokens that are likeliest for one item with some window off
Half = Literal["choosing", "reporting"]
HALVES: tuple[Half, ...] = get_args(Half)
Telling = Literal["fact", "wrong"]
TELLINGS: tuple[Telling, ...] = get_args(Telling)
GROUPS: tuple[Group, ...] = get_args(Group)


@dataclass(frozen=True)
class Item(Candidate):
    """A candidate that the whole model gets right.

    Attributes:
        half: the one on which windows are chosen, or the one on which they are reported.
        n_tokens: of its text, the start token included.
    """

    half: Half = "choosing"
    n_tokens: int = 0


@dataclass(frozen=True)
class Excluded:
    """A candidate that is no item.

    Attributes:
        candidate: which.
        said: the token that the model prefers, as shown to people.
        prob: what it gives to the answer.
        untold: the answer of a copy came without being told, so that it need not be copied.
    """

    candidate: Candidate
    said: str
    prob: float
    untold: bool


@dataclass(frozen=True)
class Kept:
    """What a window leaves of one group of items.

    Attributes:
        right: how many are still right.
        of: how many there are; with everything on, all of them are right.
        share: ``right / of``, with its 95 % interval (Wilson's).
        prob: mean probability of the right answer, with its 95 % interval (bootstrap over items).
        before: the same with everything on.
    """

    right: int
    of: int
    share: Told
    prob: Told
    before: Told


@dataclass(frozen=True)
class Chosen:
    """A window that was chosen on one half of the items, and what it does to the other.

    Attributes:
        window: of all of its kind and width the one that most lowers ``lowers`` and spares the
            other group, on the choosing half.
        lowers: ``"fact"`` or ``"copy"``.
        chosen_on: what it leaves of each group there: too good to be believed.
        kept: what it leaves of each group on the reporting half.
        gap: on the reporting half: share of the other group still right, less that of ``lowers``,
            with its 95 % interval (bootstrap over items).
        others: mean share still right of each group there over all other windows of this kind and
            width: what a window drawn by lot does.
        others_prob: mean probability of the right answer, likewise.
        others_gap: mean of the same gap over them.
        beaten: share of these windows whose gap on the reporting half is smaller.
    """

    window: Window
    lowers: Group
    chosen_on: Mapping[Group, Kept]
    kept: Mapping[Group, Kept]
    gap: Told
    others: Mapping[Group, float]
    others_prob: Mapping[Group, float]
    others_gap: float
    beaten: float


@dataclass(frozen=True)
class Regained:
    """Facts with one window off, told and untold; items by their place in the study.

    Attributes:
        window: what is off; None: nothing.
        known: facts that are right untold with everything on: all that were asked for.
        lost: of these, no longer right with the window off.
        regained: of the lost, right once the fact stands in the prompt.
        told: of the known, right once it stands there.
        misled: of the known, those for which the model repeats something wrong that stands there.
    """

    window: Window | None
    known: tuple[int, ...]
    lost: tuple[int, ...]
    regained: tuple[int, ...]
    told: tuple[int, ...]
    misled: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class KnowingCopying:
    """The result of the study.

    Attributes:
        items: facts, then copies.
        excluded: the candidates that are no items.
        n_layers: of the model.
        before: (item,) log-probability of the answer with everything on, in nats.
        log_probs: (item, window) with each of `windows` off, by mean ablation.
        best: (item, window) the likeliest token then.
        zero_log_probs, zero_best: (item, kind, layer) with one layer off, by zero ablation.
        told_log_probs: (telling, fact, 1 + window told): with the fact, or a wrong one, in front of
            the question, the log-probability of what was told; with everything on, then with each
            of ``told_windows`` off.
        told_best: likewise, the likeliest token.
        told_windows: every chosen window once.
        answers, wrong: (item,) their tokens; ``wrong`` is -1 for copies.
        names: of all tokens, as shown to people, by id.
        chosen: see `Chosen`; FFNs first, then by width.
        provenance: where the numbers come from.
    """

    items: tuple[Item, ...]
    excluded: tuple[Excluded, ...]
    n_layers: int
    before: Array
    log_probs: Array
    best: Array
    zero_log_probs: Array
    zero_best: Array
    told_log_probs: Array
    told_best: Array
    told_windows: tuple[Window, ...]
    answers: Array
    wrong: Array
    names: Mapping[int, str]
    chosen: tuple[Chosen, ...]
    provenance: Provenance

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Every window, in the order of the arrays."""
        return tuple(window for kind in KINDS for window in every_window(kind, self.n_layers))

    @cached_property
    def right(self) -> Array:
        """(item, window) bool: the answer is the likeliest token."""
        found: Array = self.best == self.answers[:, None]
        return found

    @cached_property
    def halves(self) -> dict[Half, tuple[int, ...]]:
        """The places of the items of each half."""
        return {half: self.places(half=half) for half in HALVES}

    @cached_property
    def regained(self) -> tuple[Regained, ...]:
        """For nothing off and for each of ``told_windows``: all facts, of both halves."""
        return tuple(self.regain(window) for window in (None, *self.told_windows))

    def places(self, group: Group | None = None, half: Half | None = None) -> tuple[int, ...]:
        """The places of the items of a group, or a half, or both."""
        return tuple(
            i
            for i, item in enumerate(self.items)
            if group in (None, item.group) and half in (None, item.half)
        )

    def row(self, window: Window) -> int:
        """The place of a window in the arrays.

        Raises:
            KeyError: it does not lie within the model.
        """
        if window not in self.windows:
            raise KeyError(f"the study has no {window.label}; its layers go to {self.n_layers - 1}")
        return self.windows.index(window)

    def kept(self, window: Window, group: Group, half: Half | None = None) -> Kept:
        """What a window leaves of a group: of one half of it, or of both."""
        return kept(self, window, self.places(group, half))

    def choice(self, kind: Kind, width: int, lowers: Group) -> Chosen:
        """The chosen window of a kind and a width.

        Raises:
            KeyError: none was chosen.
        """
        for each in self.chosen:
            if (each.window.kind, each.window.width, each.lowers) == (kind, width, lowers):
                return each
        widths = sorted({each.window.width for each in self.chosen})
        raise KeyError(f"no {kind} window of width {width} was chosen; the widths are {widths}")

    def regain(self, window: Window | None, half: Half | None = None) -> Regained:
        """What telling does for the facts, all of them or those of one half, with a window off.

        Raises:
            KeyError: facts were told with the chosen windows off only, and it is none of them.
        """
        if window is not None and window not in self.told_windows:
            told_of = ", ".join(each.label for each in self.told_windows)
            raise KeyError(f"nothing was told with {window.label} off; it was with {told_of} off")
        facts = self.places("fact")  # the arrays' rows
        at = 0 if window is None else 1 + self.told_windows.index(window)
        by_telling = [self.answers[list(facts)], self.wrong[list(facts)]]
        repeated = [self.told_best[i, :, at] == wanted for i, wanted in enumerate(by_telling)]
        row = None if window is None else self.row(window)
        known = tuple(i for i in facts if half in (None, self.items[i].half))
        lost = tuple(i for i in known if row is not None and not self.right[i, row])
        told_right, misled = (tuple(i for i in known if each[facts.index(i)]) for each in repeated)
        regained = tuple(i for i in lost if i in told_right)
        return Regained(window, known, lost, regained, told_right, misled)


def kept(study: KnowingCopying, window: Window, places: Sequence[int]) -> Kept:
    """What a window leaves of some items."""
    rows, at = list(places), study.row(window)
    right = int(study.right[rows, at].sum())
    return Kept(
        right,
        len(rows),
        share_told(right, len(rows)),
        told(np.exp(study.log_probs[rows, at])),
        told(np.exp(study.before[rows])),
    )


def pack(study: KnowingCopying) -> bytes:
    """A result as bytes: as the file holds it, and as a page gets it."""
    tokens = sorted(study.names)
    place = np.full(max(tokens) + 1, -1)
    place[tokens] = np.arange(len(tokens))
    said = [np.unique(row, return_inverse=True) for row in study.best]
    if (most := max(len(tokens_said) for tokens_said, _ in said)) > MOST_SAID:
        raise ValueError(f"an item has {most} likeliest tokens; a file holds at most {MOST_SAID}")
    arrays = {
        "log_probs": to_steps(study.log_probs),
        "before": to_steps(study.before),
        "zero_log_probs": to_steps(study.zero_log_probs),
        "told_log_probs": to_steps(study.told_log_probs),
        "best": np.stack([inverse for _, inverse in said]).astype(np.uint8),
        "zero_best": place[study.zero_best].astype(np.uint16),
        "told_best": place[study.told_best].astype(np.uint16),
    }
    content = {
        "schema": SCHEMA,
        "layers": study.n_layers,
        "items": [asdict(item) for item in study.items],
        "excluded": [asdict(each) for each in study.excluded],
        "tokens": tokens,
        "names": [study.names[token] for token in tokens],
        "said": [place[tokens_said].tolist() for tokens_said, _ in said],
        "answers": study.answers.tolist(),
        "wrong": study.wrong.tolist(),
        "told_windows": [asdict(window) for window in study.told_windows],
        "chosen": [asdict(each) for each in study.chosen],
        "provenance": asdict(study.provenance),
    }
    return packed.pack(KEY, arrays, content)


def unpack(data: bytes) -> KnowingCopying:
    """The result that `pack` packed, within the error that is stated above."""
    held, arrays = packed.unpack(KEY, data)
    tokens = np.array(held["tokens"])
    return KnowingCopying(
        items=tuple(Item(**item) for item in held["items"]),
        excluded=tuple(
            Excluded(**{**each, "candidate": Candidate(**each["candidate"])})
            for each in held["excluded"]
        ),
        n_layers=held["layers"],
        before=from_steps(arrays["before"]),
        log_probs=from_steps(arrays["log_probs"]),
        best=np.stack(
            [tokens[places][row] for places, row in zip(held["said"], arrays["best"], strict=True)]
        ),
        zero_log_probs=from_steps(arrays["zero_log_probs"]),
        zero_best=tokens[arrays["zero_best"]],
        told_log_probs=from_steps(arrays["told_log_probs"]),
        told_best=tokens[arrays["told_best"]],
        told_windows=tuple(Window(**window) for window in held["told_windows"]),
        answers=np.array(held["answers"]),
        wrong=np.array(held["wrong"]),
        names=dict(zip(held["tokens"], held["names"], strict=True)),
        chosen=tuple(map(_chosen, held["chosen"])),
        provenance=Provenance(**held["provenance"]),
    )


def save(path: Path, study: KnowingCopying) -> None:
    """Write a result, whole or not at all."""
    with written_whole(path) as part:
        part.write_bytes(pack(study))


def load(path: Path) -> KnowingCopying:
    """What `save` wrote."""
    return unpack(path.read_bytes())


def _chosen(held: Mapping[str, Any]) -> Chosen:
    by_group = {
        name: {group: _kept(each) for group, each in held[name].items()}
        for name in ("chosen_on", "kept")
    }
    window = Window(**held["window"])
    return Chosen(**{**held, **by_group, "window": window, "gap": tuple(held["gap"])})


def _kept(held: Mapping[str, Any]) -> Kept:
    intervals = {name: tuple(held[name]) for name in ("share", "prob", "before")}
    return Kept(**{**held, **intervals})
