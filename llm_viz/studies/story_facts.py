"""What rides along in a name: little stories, and what can be read off their last word.

Two people look for two things; then one of the two names comes again, as the last word so far. A
probe that knows only other names is asked what this person is looking for (``own``), and what the
other one is (``other``). A vector that holds both things, but not whose they are, gives half of
each. Read off the word before the name as well, where no name can matter. Last, the model itself
is asked: which thing does it name when the story goes on?

Own and other, first and second, he and she are balanced, so that none can stand in for another.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.probe import Array, Probe, probe
from llm_viz.model import LanguageModel, load_model
from llm_viz.sampling import next_token_distribution
from llm_viz.studies.results import DATA, Provenance, read_json, write_json

STUDY = "story_facts"
PAIRS = (
    ("John", "Mary"),
    ("Peter", "Anna"),
    ("Mark", "Helen"),
    ("David", "Susan"),
    ("Paul", "Laura"),
    ("George", "Alice"),
    ("Henry", "Emma"),
    ("Frank", "Julia"),
    ("Thomas", "Kate"),
    ("James", "Linda"),
)
THINGS = ("wallet", "phone", "passport", "umbrella")
FILLER = "It was late on a Friday evening, and outside it had begun to rain. After a long silence,"
GOES_ON = "finally found {possessive}"
FILE = DATA / "story_facts.json"
QUESTIONS = ("own", "other", "first", "second")


@dataclass(frozen=True)
class Story:
    """One story.

    Attributes:
        text: ends with a name.
        goes_on: what is added before the model is asked for the thing.
        pair: the two people.
        own, other: what the last person is looking for, and what the other one is.
        first, second: the same two things in the order in which they are told.
    """

    text: str
    goes_on: str
    pair: tuple[str, str]
    own: str
    other: str
    first: str
    second: str


@dataclass(frozen=True)
class Reading:
    """What a probe reads, by depth: 0 is the embedding, then the stream after each layer.

    Attributes:
        accuracy: share read rightly in stories about people that the probe was not shown.
        low, high: its 95 % interval.
    """

    accuracy: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @classmethod
    def of(cls, found: Probe) -> Reading:
        rounded = (np.round(part, 4).tolist() for part in (found.accuracy, found.low, found.high))
        return cls(*map(tuple, rounded))


@dataclass(frozen=True)
class StoryFacts:
    """The result of the study.

    Attributes:
        at_name: by question (``own``, ``other``, ``first``, ``second``): what is read off the last
            name.
        before_name: likewise, off the word before it.
        own_prob, other_prob: by story: the probability that the model gives to each of the two
            things when the story goes on.
        provenance: where the numbers come from.
    """

    at_name: Mapping[str, Reading]
    before_name: Mapping[str, Reading]
    own_prob: tuple[float, ...]
    other_prob: tuple[float, ...]
    provenance: Provenance

    @property
    def answered(self) -> float:
        """Share of the stories in which the model itself prefers the person's own thing."""
        pairs = zip(self.own_prob, self.other_prob, strict=True)
        return sum(own > other for own, other in pairs) / len(self.own_prob)


def stories() -> tuple[Story, ...]:
    """All stories: each pair, each two things, and each person, order and sex equally often."""
    made = []
    for number, pair in enumerate(PAIRS):
        for turn, (own, other) in enumerate(itertools.permutations(THINGS, 2)):
            told_first = (number + turn) % 2 == 0
            made += [_story(pair, 0, own, other, told_first)]
            made += [_story(pair, 1, own, other, not told_first)]
    return tuple(made)


def _story(pair: tuple[str, str], who: int, own: str, other: str, told_first: bool) -> Story:
    """The story that ends with the name of ``pair[who]``."""
    possessive = ("his", "her")
    told = [
        f"{pair[i]} was looking for {possessive[i]} {own if i == who else other}." for i in (0, 1)
    ]
    things = (own, other) if told_first else (other, own)
    if told_first != (who == 0):
        told.reverse()
    text = f"{told[0]} {told[1]} {FILLER} {pair[who]}"
    return Story(text, GOES_ON.format(possessive=possessive[who]), pair, own, other, *things)


def load(path: Path = FILE) -> StoryFacts:
    """The result as it was computed last."""
    held = read_json(path)
    return StoryFacts(
        at_name=_read(held["at_name"]),
        before_name=_read(held["before_name"]),
        own_prob=tuple(held["own_prob"]),
        other_prob=tuple(held["other_prob"]),
        provenance=Provenance(**held["provenance"]),
    )


def _read(held: Mapping[str, Mapping[str, Sequence[float]]]) -> dict[str, Reading]:
    return {
        question: Reading(**{name: tuple(values) for name, values in reading.items()})
        for question, reading in held.items()
    }


def run(afresh: bool = False) -> Path:
    """Compute the study and write its file. It takes a minute, so it begins anew if interrupted."""
    lm = load_model()
    settings: dict[str, Any] = {
        "pairs": [list(pair) for pair in PAIRS],
        "things": list(THINGS),
        "filler": FILLER,
        "goes_on": GOES_ON,
    }
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(lm.info.weight_hash, settings):
        return FILE
    told = stories()
    at_name, before_name = readings(lm, told)
    own, other = probabilities(lm, told)
    packages = ("numpy", "torch")
    made = Provenance.of(
        STUDY, lm.info.id, lm.info.weight_hash, settings, packages, device=str(lm.device)
    )
    result = StoryFacts(at_name, before_name, own, other, made)
    write_json(FILE, asdict(result))
    return FILE


def readings(
    lm: LanguageModel, told: Sequence[Story]
) -> tuple[dict[str, Reading], dict[str, Reading]]:
    """What can be read, by question: off the last name, and off the word before it."""
    vectors = np.concatenate([_last_two(lm, each) for each in _by_pair(told, "reading")])
    groups = [story.pair for story in told]
    at_name, before_name = (
        {
            question: Reading.of(
                probe(vectors[:, at], [getattr(story, question) for story in told], groups)
            )
            for question in QUESTIONS
        }
        for at in (1, 0)
    )
    return at_name, before_name


def _by_pair(told: Sequence[Story], doing: str) -> Iterable[list[Story]]:
    """The stories of each pair: all at once would take a gigabyte."""
    pairs = [list(each) for _, each in itertools.groupby(told, key=lambda story: story.pair)]
    return tqdm(pairs, f"story facts: {doing}", unit="pair")


def _last_two(lm: LanguageModel, told: Sequence[Story]) -> Array:
    """(story, 2, depth, d_model): at the word before the name, and at the name."""
    traces = lm.run_many([story.text for story in told], ("embed", "resid_post"))
    depths = [
        np.concatenate([trace["embed"][None, -2:], trace["resid_post"][:, -2:]]) for trace in traces
    ]
    return np.stack(depths).swapaxes(1, 2)


def probabilities(
    lm: LanguageModel, told: Sequence[Story]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """By story: what the model gives to the person's own thing, and to the other one."""
    own: list[float] = []
    other: list[float] = []
    for few in _by_pair(told, "asking"):
        texts = [f"{story.text} {story.goes_on}" for story in few]
        for story, trace in zip(few, lm.run_many(texts, ("logits",), positions=[-1]), strict=True):
            probs = next_token_distribution(trace.logits_at()).probs
            for thing, found in ((story.own, own), (story.other, other)):
                (token,) = lm.token_ids(f" {thing}", add_start=False)
                found.append(round(float(probs[token]), 6))
    return tuple(own), tuple(other)
