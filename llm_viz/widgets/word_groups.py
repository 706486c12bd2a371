"""Groups of words that belong together, to colour on a map: kinds of things, and parts of speech.

They were chosen by hand, before anybody looked where they fall. Some words have a second sense
(*turkey*, *march*, *may*), and the map shows which one the texts meant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

ALL, NONE = "all", "none"  # which groups are coloured, besides one by its name

# Okabe & Ito's palette (safe for colour-blind readers) without the green, which marks neighbours,
# and the black, which nobody would find in the dark.
COLOURS = ("#E69F00", "#0072B2", "#56B4E9", "#D55E00", "#CC79A7", "#F0E442")

GROUPS: Mapping[str, tuple[str, ...]] = {
    name: tuple(words.split())
    for name, words in {
        "Animals": (
            "dog cat horse cow pig sheep goat chicken duck goose rabbit mouse rat fox wolf "
            "bear lion tiger elephant monkey deer camel whale shark dolphin snake frog turtle "
            "spider bee ant butterfly eagle owl pigeon crow"
        ),
        "Countries": (
            "france germany italy spain portugal england scotland ireland belgium switzerland "
            "austria poland hungary greece turkey russia ukraine sweden norway denmark finland "
            "china japan korea india pakistan iran iraq israel egypt morocco kenya nigeria "
            "ethiopia canada mexico cuba brazil argentina chile peru australia indonesia vietnam "
            "thailand"
        ),
        "Capitals": (
            "paris berlin rome madrid lisbon london edinburgh dublin brussels bern vienna warsaw "
            "budapest athens ankara moscow kiev stockholm oslo copenhagen helsinki beijing tokyo "
            "seoul delhi islamabad tehran baghdad jerusalem cairo nairobi ottawa havana santiago "
            "lima canberra jakarta hanoi bangkok"
        ),
        "Numbers": (
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
            "fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy "
            "eighty ninety hundred thousand million billion"
        ),
        "Verbs": (
            "go went gone come came see saw seen take took taken give gave given make made know "
            "knew known think thought say said tell told find found eat ate drink drank sleep "
            "slept run ran walk walked speak spoke write wrote read sing sang"
        ),
        "Days and months": (
            "monday tuesday wednesday thursday friday saturday sunday january february march april "
            "may june july august september october november december"
        ),
    }.items()
}


def told(groups: Mapping[str, Collection[str]], known: Iterable[str]) -> list[dict[str, Any]]:
    """The groups of two words or more on the map; a word is in the first only.

    Each keeps the colour and the mark of its place among all groups, so that a group looks alike on
    every map.
    """
    if len(groups) > len(COLOURS):
        raise ValueError(f"there are {len(groups)} groups; there are colours for {len(COLOURS)}")
    free = set(known)
    found = []
    for place, (name, words) in enumerate(groups.items()):
        held = [word for word in dict.fromkeys(words) if word in free]
        free.difference_update(held)
        if len(held) > 1:
            found.append({"name": name, "colour": COLOURS[place], "mark": place, "words": held})
    return found


def known_group(colour: str, groups: Sequence[Mapping[str, Any]]) -> str:
    """The name of the group that is coloured, if it is one.

    Raises:
        ValueError: it is none.
    """
    names = [ALL, NONE, *(group["name"] for group in groups)]
    if colour not in names:
        raise ValueError(f"colour is {colour!r}; expected one of {', '.join(names)}")
    return colour
