"""Our own prompts for the study `indirect_object`: two people, one of whom gives the other a thing.

"When Mary and John went to the store, John gave a drink to": whoever reads on expects *Mary*, the
indirect object, and not the giver, whose name came twice. Task and example: Wang et al.,
"Interpretability in the Wild: a Circuit for Indirect Object Identification in GPT-2 small" (2022);
all wording but that example is ours.

The prompts come in two halves that share no template, name, place or thing, so that what is found
on the one can be reported on the other. In each half the giver is named first as often as second,
and each name is given to as often as it gives. Names, places and things are one token each to
SmolLM2, so that all prompts of a template have the same tokens in the same places but for these.
The tests hold the prompts to this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Half = Literal["finding", "reporting"]
HALVES: tuple[Half, ...] = ("finding", "reporting")
ROUNDS = 4  # pairs of people in each template, each in both orders
REFERENCES = 16


@dataclass(frozen=True)
class Material:
    """What one half of the prompts is made of.

    Attributes:
        templates: texts with {first} and {second} for the two people, {giver}, {place}, {thing}.
        names, places, things: what stands in them.
    """

    templates: tuple[str, ...]
    names: tuple[str, ...]
    places: tuple[str, ...]
    things: tuple[str, ...]


MATERIAL: dict[Half, Material] = {
    "finding": Material(
        (
            "When {first} and {second} went to the {place}, {giver} gave a {thing} to",
            "After lunch {first} and {second} met at the {place}, and {giver} handed a {thing} to",
            "While {first} and {second} were waiting at the {place}, {giver} offered a {thing} to",
            (
                "Yesterday {first} and {second} had a long talk at the {place}. Later {giver} "
                "sent a {thing} to"
            ),
            "Because {first} and {second} were friends from the {place}, {giver} lent a {thing} to",
            (
                "Last week {first} and {second} visited the {place} together, and then {giver} "
                "showed a {thing} to"
            ),
        ),
        ("Mary", "John", "Anna", "Peter", "Laura", "Mark", "Susan", "Paul"),
        ("store", "park", "school", "station", "beach", "library"),
        ("drink", "book", "letter", "ring", "ball", "ticket"),
    ),
    "reporting": Material(
        (
            "As soon as {first} and {second} arrived at the {place}, {giver} passed a {thing} to",
            (
                "Then {first} and {second} walked to the {place}. At the door {giver} gave a "
                "{thing} to"
            ),
            (
                "In the evening {first} and {second} sat by the {place}, where {giver} brought "
                "a {thing} to"
            ),
            "Before {first} and {second} left the {place}, {giver} returned a {thing} to",
            (
                "On Monday {first} and {second} were working at the {place}, so {giver} sold a "
                "{thing} to"
            ),
            (
                "Since {first} and {second} shared a tent near the {place}, {giver} promised a "
                "{thing} to"
            ),
        ),
        ("Sarah", "David", "Emma", "Tom", "Alice", "James", "Kate", "Henry"),
        ("hospital", "garden", "river", "museum", "church", "castle"),
        ("key", "cup", "photo", "map", "gift", "flower"),
    ),
}


@dataclass(frozen=True)
class Prompt:
    """One prompt, and what its parts are.

    Attributes:
        template: with {first}, {second} and {giver} left open.
        to: the indirect object: the name that should come next.
        giver: the name that comes twice.
        third: a name that does not stand in the prompt.
        giver_first: True if the giver is the first of the two to be named.
    """

    template: str
    to: str
    giver: str
    third: str
    giver_first: bool

    @property
    def text(self) -> str:
        """The prompt."""
        return self._with(self.giver, self.giver)

    @property
    def swapped(self) -> str:
        """The other of the two gives: now the giver of the prompt itself should come next."""
        return self._with(self.giver, self.to)

    @property
    def third_gives(self) -> str:
        """A third person gives: no name comes twice, and either of the two may come next."""
        return self._with(self.giver, self.third)

    @property
    def third_named(self) -> str:
        """A third person is named where the giver was first: again no name comes twice."""
        return self._with(self.third, self.giver)

    def _with(self, named: str, giver: str) -> str:
        first, second = (named, self.to) if self.giver_first else (self.to, named)
        return self.template.format(first=first, second=second, giver=giver)


def prompts(half: Half) -> tuple[Prompt, ...]:
    """The prompts of a half, template by template; two that differ in their order side by side."""
    held, made = MATERIAL[half], []
    for number, template in enumerate(held.templates):
        for turn in range(ROUNDS):
            to = 2 * turn + number
            to_giver_third = _three(held, to, to + 1 + number % 3, to + 5)
            filled = _filled(held, template, number + turn, number + 2 * turn)
            one = Prompt(filled, *to_giver_third, giver_first=False)
            made += [one, replace(one, giver_first=True)]
    return tuple(made)


def references(half: Half) -> dict[str, tuple[str, ...]]:
    """By template: texts in which three people stand, each named once, to take means over."""
    held, made = MATERIAL[half], {}
    for number, template in enumerate(held.templates):
        texts = []
        for turn in range(REFERENCES):
            steps = (0, 3, 5) if turn % 2 else (0, 6, 1)
            first, second, giver = _three(held, *(turn // 2 + step for step in steps))
            filled = _filled(held, template, number + turn, number + turn // 2)
            texts.append(filled.format(first=first, second=second, giver=giver))
        made[template] = tuple(texts)
    return made


def _three(held: Material, *places: int) -> tuple[str, str, str]:
    one, two, three = (held.names[place % len(held.names)] for place in places)
    return one, two, three


def _filled(held: Material, template: str, place: int, thing: int) -> str:
    """The template with a place and a thing, and its people left open."""
    return template.format(
        first="{first}",
        second="{second}",
        giver="{giver}",
        place=held.places[place % len(held.places)],
        thing=held.things[thing % len(held.things)],
    )


EXAMPLE = Prompt(
    "When {first} and {second} went to the store, {giver} gave a drink to",
    to="Mary",
    giver="John",
    third="Anna",
    giver_first=False,
)

# Chosen before any was tried; the study reports all of them. The first is the article's.
VALET_PROMPTS = (
    "When Mary and John went to the restaurant, John gave his keys to",
    "When Mary and John went to the restaurant, John gave his car keys to",
    "When Mary and John drove to the restaurant, John gave his car keys to",
    "When Mary and John went to the restaurant, Mary gave her keys to",
    "When Mary and John arrived at the hotel, John gave his car keys to",
    "A valet was waiting outside. When Mary and John went to the restaurant, John gave his keys to",
    "John went to the restaurant alone. At the door John gave his keys to",
    "When Mary and John went to the restaurant, John gave his keys to the",
)
VALET_WORDS = (" the", " valet", " Mary")
