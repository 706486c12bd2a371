"""Three relations between two words, and prompts that ask for them: for the study of the vectors.

Country and capital, present and past tense, small and capital letter. Every word is one token with
the space before it, so that its rank is that of the whole word. Each relation has a prompt that
asks for the second word (`Relation.asks`), prompts of the same ending that do not (`plain`), and
prompts after which the model says the first word itself (`says`): there a vector that was seen
where the relation was asked for can be tried.

Items of even number choose, those of odd number are reported; China and Poland are among these.
Whole words in capitals are left out: nearly all of them are several tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Item = tuple[str, str]


@dataclass(frozen=True)
class Relation:
    """A relation and its prompts; ``{}`` in these stands for the first word.

    Attributes:
        name: what it is called.
        given, answer: what its first and its second words are.
        items: the words, without the space before them.
        asks: after it comes the second word.
        plain: they end as ``asks`` does, and do not ask for the second word.
        says: by name: after them comes the first word. The first of them chooses.
    """

    name: str
    given: str
    answer: str
    items: tuple[Item, ...]
    asks: str
    plain: tuple[str, ...]
    says: Mapping[str, str]


def _items(words: str) -> tuple[Item, ...]:
    """From ``France Paris, Poland Warsaw``."""
    pairs = [pair.split() for pair in words.split(",")]
    return tuple((first, second) for first, second in pairs)


CAPITALS = _items(
    "France Paris, Poland Warsaw, Germany Berlin, China Beijing, Italy Rome, Japan Tokyo, "
    "Spain Madrid, Portugal Lisbon, Greece Athens, Austria Vienna, Hungary Budapest, "
    "Russia Moscow, Ukraine Kiev, Egypt Cairo, Iraq Baghdad, Iran Tehran, Cuba Havana, Peru Lima, "
    "Chile Santiago, Canada Ottawa, Australia Canberra, Kenya Nairobi, Ireland Dublin, "
    "Sweden Stockholm, Norway Oslo, Denmark Copenhagen, Finland Helsinki, Belgium Brussels, "
    "Switzerland Bern, Netherlands Amsterdam, Syria Damascus, Israel Jerusalem, "
    "Afghanistan Kabul, Philippines Manila, Jamaica Kingston, Tunisia Tunis, England London, "
    "Scotland Edinburgh, Bulgaria Sofia"
)
PAST = _items(
    "go went, see saw, take took, give gave, know knew, come came, run ran, eat ate, write wrote, "
    "drive drove, speak spoke, sing sang, think thought, buy bought, bring brought, sleep slept, "
    "find found, make made, begin began, drink drank, swim swam, win won, lose lost, feel felt, "
    "keep kept, leave left, meet met, pay paid, say said, sell sold, send sent, sit sat, "
    "stand stood, teach taught, tell told, wear wore, break broke, choose chose, fall fell, "
    "fly flew, forget forgot, grow grew, hear heard, hold held, lead led, build built, "
    "catch caught, draw drew, spend spent, throw threw, wake woke"
)
WORDS = (
    "hello world house table river music green water paper light stone north south ocean happy "
    "silver garden window market summer winter bridge doctor school letter number animal flower "
    "forest mountain kitchen engine student machine planet orange purple history science nature "
    "energy coffee guitar island"
)
CASES = tuple((word, word.capitalize()) for word in WORDS.split())

QUESTION = "Q: What is the capital of France?{0}A: Paris{0}Q: What is the capital of {{}}?{0}A:"
REPEATED = "{0}, {0}, {0}, {0},"
SAYS = "Q: Say the country France. A: France Q: Say the country {}. A:"
PRESENT = "play -> play\nwalk -> walk\nlook -> look\n{} ->"
SMALL = "apple -> apple\nhorse -> horse\ncloud -> cloud\n{} ->"

RELATIONS = (
    Relation(
        "capital",
        "country",
        "capital",
        CAPITALS,
        "The capital of {} is",
        ("The flag of {} is", "The language of {} is", "The people of {} is"),
        {
            "said again": SAYS,
            "repeated": REPEATED,
            "the question that fails": QUESTION.format(" "),
        },
    ),
    Relation(
        "past",
        "present",
        "past",
        PAST,
        "play -> played\nwalk -> walked\nlook -> looked\n{} ->",
        (PRESENT,),
        {"said again": PRESENT, "repeated": REPEATED},
    ),
    Relation(
        "case",
        "small",
        "capitalised",
        CASES,
        "apple -> Apple\nhorse -> Horse\ncloud -> Cloud\n{} ->",
        (SMALL,),
        {"said again": SMALL, "repeated": REPEATED},
    ),
)
# Ways to ask for a capital, as the article asks and otherwise.
ASKED = {
    "one example": QUESTION.format(" "),
    "one example, on lines": QUESTION.format("\n"),
    "three examples, on lines": (
        "Q: What is the capital of France?\nA: Paris\nQ: What is the capital of Spain?\nA: Madrid\n"
        "Q: What is the capital of Egypt?\nA: Cairo\nQ: What is the capital of {}?\nA:"
    ),
    "a list": "France: Paris\nSpain: Madrid\nEgypt: Cairo\n{}:",
    "a sentence": "The capital of {} is",
    "a longer sentence": "The capital of {} is the city of",
}
SHOWN = "Poland"  # the country whose way through the layers is kept for each of these


def filled(template: str, word: str) -> str:
    """A prompt with its word in it, wherever the prompt has a place for it."""
    return template.replace("{0}", word).replace("{}", word)
