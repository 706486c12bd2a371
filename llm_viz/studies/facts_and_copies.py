"""The questions of the study `knowing_copying`: what a model may know, what it can only copy.

A *fact* is asked for out of the blue: "The capital of France is". A *copy* was told a moment ago
and can be known from nowhere else: "Tom lives in Rome. Tom lives in". Their answers are of like
kinds: cities, languages, colours, animals, days, trades, word forms. Which candidates become items
of the study is decided by the model as it is: it has to get them right.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Group = Literal["fact", "copy"]
Pairs = Mapping[str, str]


@dataclass(frozen=True)
class Candidate:
    """A question with one right answer.

    Attributes:
        group: ``"fact"`` or ``"copy"``.
        kind: what it is about, in a word or two; the halves are drawn within each kind.
        told: what stands before the question; empty for a fact.
        asked: the question, a beginning of a sentence without the blank that follows.
        answer: the word that makes it true, with the blank before it.
        wrong: the answer to another question of the kind, for a fact; empty for a copy.
    """

    group: Group
    kind: str
    told: str
    asked: str
    answer: str
    wrong: str = ""

    @property
    def text(self) -> str:
        """What the model reads."""
        return self.told + self.asked

    def after(self, answer: str) -> str:
        """The question once more, after it was answered: told a fact, or something wrong."""
        return f"{self.asked}{answer}. {self.asked}"


KNOWN = "As everyone knows, "  # some facts begin so: they are as long as the copies
FACTS: tuple[tuple[str, str, Pairs], ...] = (
    (
        "capitals",
        f"{KNOWN}the capital of {{}} is",
        {
            "France": "Paris",
            "Spain": "Madrid",
            "Russia": "Moscow",
            "Cuba": "Havana",
            "Poland": "Warsaw",
            "Canada": "Ottawa",
            "Egypt": "Cairo",
            "Norway": "Oslo",
            "Scotland": "Edinburgh",
        },
    ),
    (
        "capitals",
        "We flew to the capital of {}, the city of",
        {
            "Germany": "Berlin",
            "Italy": "Rome",
            "Japan": "Tokyo",
            "Greece": "Athens",
            "England": "London",
            "China": "Beijing",
            "Sweden": "Stockholm",
            "Iran": "Tehran",
            "Portugal": "Lisbon",
        },
    ),
    (
        "languages",
        f"{KNOWN}the official language of {{}} is",
        {
            "France": "French",
            "Germany": "German",
            "Italy": "Italian",
            "Mexico": "Spanish",
            "Japan": "Japanese",
            "Greece": "Greek",
            "Brazil": "Portuguese",
            "China": "Chinese",
            "Turkey": "Turkish",
            "Poland": "Polish",
        },
    ),
    (
        "continents",
        "{} is a country on the continent of",
        {
            "France": "Europe",
            "Egypt": "Africa",
            "China": "Asia",
            "Kenya": "Africa",
            "Vietnam": "Asia",
            "Spain": "Europe",
        },
    ),
    (
        "opposites",
        "The opposite of {} is",
        {
            "hot": "cold",
            "big": "small",
            "light": "dark",
            "rich": "poor",
            "young": "old",
            "friend": "enemy",
        },
    ),
    (
        "opposites",
        "The opposite of the word {} is the word",
        {
            "black": "white",
            "north": "south",
            "true": "false",
            "strong": "weak",
            "deep": "shallow",
            "buy": "sell",
        },
    ),
    (
        "colours",
        "The colour of {} is",
        {
            "blood": "red",
            "grass": "green",
            "tomato": "red",
            "sky": "blue",
            "snow": "white",
            "strawberry": "red",
        },
    ),
    (
        "animals",
        "The young of a {} is called a",
        {"cat": "kitten", "dog": "puppy", "cow": "calf", "sheep": "lamb", "chicken": "chick"},
    ),
    (
        "days and months",
        "{},",
        {
            "Monday, Tuesday": "Wednesday",
            "Wednesday, Thursday": "Friday",
            "Thursday, Friday": "Saturday",
            "Saturday, Sunday": "Monday",
            "January, February": "March",
            "March, April": "May",
            "May, June": "July",
            "February, March": "April",
        },
    ),
    (
        "people",
        "{} was a famous",
        {
            "Mozart": "composer",
            "Aristotle": "philosopher",
            "Albert Einstein": "physicist",
            "Adam Smith": "economist",
            "Charles Dickens": "author",
            "Homer": "poet",
        },
    ),
    (
        "authors",
        "{} was written by",
        {
            "Hamlet": "William",
            "Oliver Twist": "Charles",
            "Paradise Lost": "John",
            "The Odyssey": "Homer",
            "Pride and Prejudice": "Jane",
            "Frankenstein": "Mary",
        },
    ),
    (
        "plurals",
        "The plural form of the word {} is",
        {
            "man": "men",
            "woman": "women",
            "child": "children",
            "foot": "feet",
            "tooth": "teeth",
            "mouse": "mice",
            "knife": "knives",
            "book": "books",
        },
    ),
    (
        "past tenses",
        "Today I {}, and yesterday I",
        {
            "go": "went",
            "see": "saw",
            "eat": "ate",
            "take": "took",
            "write": "wrote",
            "find": "found",
            "buy": "bought",
            "sell": "sold",
        },
    ),
    (
        "pairs",
        "The {} and the",
        {
            "king": "queen",
            "boy": "girl",
            "brother": "sister",
            "husband": "wife",
            "father": "mother",
            "prince": "princess",
        },
    ),
)
COPIES: tuple[tuple[str, str, Pairs], ...] = (
    (
        "capitals",
        "The capital of {} is",
        {
            "Vostria": "Madrid",
            "Belkoria": "Tokyo",
            "Zandor": "Berlin",
            "Quillaria": "Cairo",
            "Morvenia": "Oslo",
            "Taskany": "Moscow",
        },
    ),
    (
        "homes",
        "{} moved to",
        {
            "Tom": "Vienna",
            "Anna": "Dublin",
            "Peter": "Rome",
            "Ruth": "Havana",
            "Carl": "Athens",
            "Emma": "Warsaw",
        },
    ),
    (
        "languages",
        "The language of {} is",
        {
            "Sarah": "Greek",
            "Mark": "Arabic",
            "Julia": "Polish",
            "Henry": "Swedish",
            "Kate": "Turkish",
            "Oscar": "Finnish",
        },
    ),
    (
        "opposites",
        "The opposite of {} is",
        {"glim": "cold", "zorb": "weak", "wug": "low", "blick": "empty", "fep": "late"},
    ),
    (
        "qualities",
        "The {} was",
        {
            "door": "cold",
            "box": "weak",
            "road": "narrow",
            "house": "empty",
            "fence": "low",
            "soup": "sweet",
        },
    ),
    (
        "colours",
        "My {} is",
        {"coat": "green", "boat": "yellow", "chair": "purple", "hat": "red"},
    ),
    (
        "animals",
        "The young of a {} is called a",
        {"glim": "kitten", "zorb": "calf", "wug": "lamb", "dax": "chick"},
    ),
    (
        "animals",
        "{} keeps a",
        {"Sam": "goat", "Laura": "calf", "Paul": "lamb", "Frank": "parrot"},
    ),
    (
        "days and months",
        "The {} is in",
        {"fair": "March", "wedding": "July", "contest": "May", "race": "October"},
    ),
    (
        "days and months",
        "The {} is on",
        {"party": "Friday", "test": "Monday", "concert": "Sunday", "meeting": "Thursday"},
    ),
    (
        "people",
        "Mr {} is a",
        {
            "Hill": "composer",
            "Stone": "farmer",
            "Brook": "physicist",
            "Marsh": "poet",
            "Wells": "baker",
            "Forest": "judge",
        },
    ),
    (
        "authors",
        "{} was written by",
        {"Red Stones": "Peter", "Old Rain": "Anna", "Nine Doors": "Oscar", "Blue Salt": "Laura"},
    ),
    (
        "plurals",
        "The plural of {} is",
        {"glim": "mice", "zorb": "feet", "wug": "cities", "dax": "men"},
    ),
    (
        "past tenses",
        "All day long {}",
        {"Eve": "sang", "Jack": "slept", "Nora": "wrote", "Hugo": "ran"},
    ),
    (
        "pairs",
        "The {} and the",
        {"king": "lion", "boy": "stone", "brother": "river", "uncle": "candle"},
    ),
    (
        "passwords",
        "The password is",
        {word: word for word in ("tiger", "queen", "window", "paper", "thunder", "silver")},
    ),
)
LISTS = (  # each is said twice, but for its last word
    "lamp river chair green",
    "seven doctor violin stone",
    "paper sister cloud engine",
    "window coffee soldier blue",
    "king, bottle, garden, north",
    "apple, winter, bridge, horse",
    "river, table, lion, clock",
    "door, silver, uncle, corn",
)


# Asked for the means alone. Word forms are grammar rather than facts; two kinds of copies, so that
# both groups are of like size.
SET_ASIDE: frozenset[tuple[Group, str]] = frozenset(
    {
        ("fact", "plurals"),
        ("fact", "past tenses"),
        ("fact", "pairs"),
        ("copy", "opposites"),
        ("copy", "qualities"),
    }
)


def candidates() -> tuple[Candidate, ...]:
    """All of them: the facts, then the copies."""
    return tuple(each for each in _asked() if (each.group, each.kind) not in SET_ASIDE)


def typical_texts() -> list[str]:
    """Every third of all questions: what a text of the study is like."""
    return [each.text for each in _asked()][::3]


def _asked() -> tuple[Candidate, ...]:
    return (*_facts(), *_copies())


def _facts() -> Iterator[Candidate]:
    for kind, frame, pairs in FACTS:
        answers = list(pairs.values())
        for i, (name, answer) in enumerate(pairs.items()):
            wrong = _other(answer, itertools.chain(answers[i:], answers[:i]))
            yield Candidate("fact", kind, "", frame.format(name), f" {answer}", f" {wrong}")


def _other(answer: str, answers: Iterable[str]) -> str:
    """The first answer that is another one."""
    return next(other for other in answers if other != answer)


def _copies() -> Iterator[Candidate]:
    for kind, frame, pairs in COPIES:
        for name, answer in pairs.items():
            asked = frame.format(name)
            yield Candidate("copy", kind, f"{asked} {answer}. ", asked, f" {answer}")
    for words in LISTS:
        asked, _, last = words.rpartition(" ")
        end = ". " if "," in words else " "
        yield Candidate("copy", "word lists", f"{words}{end}", asked, f" {last}")
