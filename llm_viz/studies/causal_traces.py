"""Where facts hang in the model: causal traces of a few dozen, averaged by place as in the paper.

Meng et al. (2022) found that restoring the feed-forward layers of a window in the middle of GPT-2
XL, at the last token of the subject, brings most of a fact back, and took that for the place where
it is stored. Is it so here? Each fact is traced (`llm_viz.analyses.tracing`) and what restoring
gives back is averaged over facts at the same place of the text, with an interval over facts.

A fact counts if its answer is what the model says first when nothing is corrupted; the others are
kept out of the averages and counted. Two controls: places that are no part of the subject, in the
same maps, and noise of another size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.resampling import interval, resampled_means
from llm_viz.analyses.tracing import NOISE, Kind, Tracing, causal_trace
from llm_viz.model import LanguageModel, load_model
from llm_viz.sampling import log_softmax
from llm_viz.studies.results import DATA, Parts, Provenance, of_text, read_arrays, write_arrays
from llm_viz.studies.tracing_file import pack, unpack

Array = np.ndarray[Any, np.dtype[Any]]
Place = Literal["first subject", "middle subject", "last subject", "next", "further", "last"]

STUDY = "causal_traces"
FILE = DATA / "causal_traces.safetensors"
KINDS: tuple[Kind, ...] = ("hidden", "attention", "mlp")
PLACES: tuple[Place, ...] = (
    "first subject",
    "middle subject",
    "last subject",
    "next",
    "further",
    "last",
)
SEEDS = tuple(range(5))
OTHER_NOISE = NOISE / 2  # a control, for the stream only
RESAMPLES = 10_000


class Fact(NamedTuple):
    """A text that ends before its answer, and whom or what it is about."""

    kind: str
    text: str
    subject: str
    answer: str


FACTS = (
    Fact("capital", "The capital of Japan is", "Japan", " Tokyo"),
    Fact("capital", "The capital of South Korea is", "South Korea", " Seoul"),
    Fact("capital", "The capital of the United Kingdom is", "United Kingdom", " London"),
    Fact("capital", "The capital of Northern Ireland is", "Northern Ireland", " Belfast"),
    Fact("capital", "The capital of New Zealand is", "New Zealand", " Wellington"),
    Fact("language", "The official language of Saudi Arabia is", "Saudi Arabia", " Arabic"),
    Fact("language", "The official language of South Korea is", "South Korea", " Korean"),
    Fact("language", "The official language of Costa Rica is", "Costa Rica", " Spanish"),
    Fact("language", "The official language of Israel is", "Israel", " Hebrew"),
    Fact("language", "The official language of Iran is", "Iran", " Persian"),
    Fact("currency", "The currency of South Africa is the", "South Africa", " rand"),
    Fact("place", "The Eiffel Tower is located in the city of", "Eiffel Tower", " Paris"),
    Fact("place", "The Space Needle is located in the city of", "Space Needle", " Seattle"),
    Fact("place", "Big Ben is located in the city of", "Big Ben", " London"),
    Fact("place", "Mount Everest is located in the country of", "Mount Everest", " Nepal"),
    Fact("place", "The Grand Canyon is located in the state of", "Grand Canyon", " Arizona"),
    Fact("place", "The Sahara Desert is located on the continent of", "Sahara Desert", " Africa"),
    Fact("place", "Mount Fuji is a mountain in", "Mount Fuji", " Japan"),
    Fact("place", "The Ganges River is a river in", "Ganges River", " India"),
    Fact("place", "The Yangtze River is a river in", "Yangtze River", " China"),
    Fact("place", "Polar bears live in the", "Polar bears", " Arctic"),
    Fact("person", "Vladimir Putin is the president of", "Vladimir Putin", " Russia"),
    Fact("person", "Adam Smith worked in the field of", "Adam Smith", " economics"),
    Fact("person", "Marie Curie worked in the field of", "Marie Curie", " chemistry"),
    Fact("invention", "Alexander Graham Bell invented the", "Alexander Graham Bell", " telephone"),
    Fact("invention", "Thomas Edison invented the", "Thomas Edison", " light"),
    Fact("invention", "The Wright brothers invented the", "Wright brothers", " airplane"),
    Fact("work", "The Mona Lisa was painted by", "Mona Lisa", " Leonardo"),
    Fact("work", "The Iliad was written by the Greek poet", "Iliad", " Homer"),
    Fact("maker", "The iPhone was developed by", "iPhone", " Apple"),
)
SHOWN = (  # whose whole maps the file holds
    "The capital of Japan is",
    "The Eiffel Tower is located in the city of",
    "The official language of Saudi Arabia is",
    "Mount Fuji is a mountain in",
    "Alexander Graham Bell invented the",
    "The Mona Lisa was painted by",
)


class Estimate(NamedTuple):
    """A mean over facts, its 95 % interval by bootstrap over facts, and how many facts there are.

    Each is an array where several are told at once.
    """

    mean: Any
    low: Any
    high: Any
    facts: int


@dataclass(frozen=True, eq=False)
class CausalTraces:
    """The result of the study.

    Attributes:
        facts: that were tried.
        known: (fact,) whether the model says the answer first; the rest is of these.
        p_clean, p_corrupted: (fact,) the answer's probability, clean and with the subject
            corrupted; NaN for the latter where the fact is not known.
        effects: (fact, place, kind, layer) how much of the probability restoring gives back: the
            mean over the tokens at that place; NaN where the text has none, or is not known.
        other_corrupted: (fact,) as ``p_corrupted``, with noise of `OTHER_NOISE`.
        other_effects: (fact, place, layer) of the stream, likewise.
        traces: of the facts in `SHOWN`, whole.
        provenance: where the numbers come from.
    """

    facts: tuple[Fact, ...]
    known: Array
    p_clean: Array
    p_corrupted: Array
    effects: Array
    other_corrupted: Array
    other_effects: Array
    traces: tuple[Tracing, ...]
    provenance: Provenance

    @property
    def n_excluded(self) -> int:
        """How many facts the model does not know to begin with."""
        return int((~self.known).sum())

    @property
    def total_effect(self) -> Estimate:
        """How much of the answer's probability the noise takes away."""
        return estimate((self.p_clean - self.p_corrupted)[self.known])

    def average(self, kind: Kind, place: Place) -> Estimate:
        """(layer,) what restoring a kind at a place gives back, over the facts that have it."""
        return estimate(self._held(kind, place))

    def best(self, kind: Kind, place: Place) -> tuple[int, Estimate]:
        """The layer where restoring gives most back, and how much.

        The layer is chosen on every other fact that has the place, and reported on the rest: the
        largest of many means would flatter itself on the facts that chose it.
        """
        held = self._held(kind, place)
        layer = int(np.argmax(held[::2].mean(axis=0)))
        return layer, estimate(held[1::2, layer])

    def third(self, kind: Kind, place: Place, number: int) -> Estimate:
        """What restoring gives back in the first (0), middle (1) or last third of the layers."""
        return estimate(self._thirds(kind, place)[:, number])

    def middle_over_early(self, kind: Kind, place: Place) -> Estimate:
        """The middle third less the first: above 0 if a kind works in the middle of the model."""
        thirds = self._thirds(kind, place)
        return estimate(thirds[:, 1] - thirds[:, 0])

    def find(self, text: str) -> Tracing:
        """The whole trace of a text, by its beginning.

        Raises:
            KeyError: none of the texts begins so, or several do.
        """
        return of_text(self.traces, text)

    def _thirds(self, kind: Kind, place: Place) -> Array:
        """(fact, 3) means over thirds of the layers."""
        parts = np.array_split(self._held(kind, place), 3, axis=1)
        return np.stack([part.mean(axis=1) for part in parts], axis=1)

    def _held(self, kind: Kind, place: Place) -> Array:
        """(fact, layer) the effects at a place, of the known facts that have it."""
        of_place = self.effects[:, PLACES.index(place), KINDS.index(kind)]
        held: Array = of_place[~np.isnan(of_place).any(axis=1)]
        return held


def estimate(values: Array) -> Estimate:
    """The mean of values (fact, …) with its interval."""
    low, high = interval(resampled_means(values, resamples=RESAMPLES))
    return Estimate(values.mean(axis=0), low, high, len(values))


def places(traced: Tracing) -> dict[Place, tuple[int, ...]]:
    """Which positions of a text are at each place; none at some. One token is its subject's last.

    Tokens before the subject are at none: nothing can be restored there.
    """
    *before, end = traced.subject
    after = tuple(range(end + 1, len(traced.tokens) - 1))
    return {
        "first subject": tuple(before[:1]),
        "middle subject": tuple(before[1:]),
        "last subject": (end,),
        "next": after[:1],
        "further": after[1:],
        "last": (len(traced.tokens) - 1,),
    }


def by_place(traced: Tracing) -> Array:
    """(place, kind, layer) what restoring gives back, the mean over the tokens at each place."""
    found = np.full((len(PLACES), *traced.p.shape[:2]), np.nan)
    for i, at in enumerate(places(traced).values()):
        if at:
            found[i] = traced.effect[:, :, list(at)].mean(axis=-1)
    return found


def load(path: Path = FILE) -> CausalTraces:
    """The result as it was computed last."""
    arrays, told = read_arrays(path)
    traces = tuple(unpack(arrays[f"trace_{i}"].tobytes()) for i in range(len(told["shown"])))
    names = ("known", "p_clean", "p_corrupted", "effects", "other_corrupted", "other_effects")
    held: Mapping[str, Any] = {name: arrays[name] for name in names}
    return CausalTraces(
        facts=tuple(Fact(*fact) for fact in told["facts"]),
        traces=traces,
        provenance=Provenance(**told["provenance"]),
        **held,
    )


def run(afresh: bool = False) -> Path:
    """Compute the study, or go on with it, and write its file."""
    lm = load_model(device="cpu")
    settings = {
        "facts": [list(fact) for fact in FACTS],
        "shown": list(SHOWN),
        "noise": NOISE,
        "other_noise": OTHER_NOISE,
        "seeds": list(SEEDS),
    }
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(lm.info.weight_hash, settings):
        return FILE
    parts = Parts(STUDY, lm.info.weight_hash, settings, afresh=afresh)
    clean = [lm.run(fact.text, ("logits",), positions=[-1])["logits"][0] for fact in FACTS]
    answers = [lm.token_id(fact.answer) for fact in FACTS]
    known = np.array([row.argmax() == i for row, i in zip(clean, answers, strict=True)])
    p_clean = np.exp([log_softmax(row)[i] for row, i in zip(clean, answers, strict=True)])
    shape = (len(FACTS), len(PLACES), len(KINDS), lm.dims.n_layers)
    effects, p_corrupted = np.full(shape, np.nan), np.full(len(FACTS), np.nan)
    other_effects, other_corrupted = np.full((*shape[:2], shape[3]), np.nan), p_corrupted.copy()
    packed: dict[str, Array] = {}
    for i in tqdm(np.flatnonzero(known), "causal traces", unit="fact"):
        fact = FACTS[i]
        made = parts.array(str(i), partial(_packed, lm, fact, NOISE, KINDS))
        traced = unpack(made.tobytes())
        effects[i], p_corrupted[i] = by_place(traced), traced.p_corrupted
        if fact.text in SHOWN:
            packed[fact.text] = made
        made = parts.array(f"{i}-other", partial(_packed, lm, fact, OTHER_NOISE, ("hidden",)))
        traced = unpack(made.tobytes())
        other_effects[i], other_corrupted[i] = by_place(traced)[:, 0], traced.p_corrupted
    made_by = Provenance.of(STUDY, lm.info.id, lm.info.weight_hash, settings, ("numpy", "torch"))
    arrays = {
        "known": known,
        "p_clean": p_clean.astype(np.float32),
        "p_corrupted": p_corrupted.astype(np.float32),
        "effects": effects.astype(np.float32),
        "other_corrupted": other_corrupted.astype(np.float32),
        "other_effects": other_effects.astype(np.float32),
        **{f"trace_{n}": packed[text] for n, text in enumerate(SHOWN)},
    }
    told = {key: settings[key] for key in ("facts", "shown")} | {"provenance": asdict(made_by)}
    write_arrays(FILE, arrays, told)
    parts.clear()
    return FILE


def _packed(lm: LanguageModel, fact: Fact, noise: float, kinds: tuple[Kind, ...]) -> Array:
    traced = causal_trace(
        lm, fact.text, fact.subject, fact.answer, noise=noise, seeds=SEEDS, kinds=kinds
    )
    return np.frombuffer(pack(traced), np.uint8)
