"""Sentences that grammar alone cannot settle, and how a model takes them.

*Fruit flies like a banana*: *flies* may be insects or a verb, *like* a verb or a comparison. Both
words stand in sentences of ours whose grammar is plain; the vectors of the two old sentences are
held against those. *The customer asked the mechanic to fix his car*: whose car it is, the next word
tells. Swapping the two people shows whether the model reads who asked whom. All of it takes
seconds, so it is computed where it is shown and nothing is kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from llm_viz.analyses.occurrences import word_vectors
from llm_viz.analyses.probe import Array, lean
from llm_viz.model import LanguageModel
from llm_viz.sampling import next_token_distribution

ASKED = ("Fruit flies like a banana.", "Time flies like an arrow.")
# By word, the two ways to take it: (what it is then called, sentences).
PLAIN: dict[str, tuple[tuple[str, tuple[str, ...]], tuple[str, tuple[str, ...]]]] = {
    "flies": (
        (
            "insects",
            (
                "In summer the kitchen was full of flies.",
                "The spider ate two flies before noon.",
                "He studied the eyes of flies under a lens.",
                "A frog catches flies with its tongue.",
                "Dead flies lay on the window sill.",
                "The horse shook its head to keep off the flies.",
            ),
        ),
        (
            "a verb",
            (
                "The heron rises and flies over the lake.",
                "This airline flies to Oslo every day.",
                "My kite flies higher than yours.",
                "An owl flies without a sound.",
                "Each spring the stork flies back to the north.",
                "Her plane flies at noon.",
            ),
        ),
    ),
    "like": (
        (
            "a verb",
            (
                "Most children like a story before they sleep.",
                "Cats like a warm place near the stove.",
                "Some guests like a walk after dinner.",
                "Bees like a garden full of thyme.",
                "Old people like a bench in the sun.",
                "Horses like a carrot now and then.",
            ),
        ),
        (
            "a comparison",
            (
                "The runner fell like a stone.",
                "Her voice rang like a bell.",
                "He eats like a horse.",
                "The news spread like a fire.",
                "She sings like a bird.",
                "The boat turned like a leaf.",
            ),
        ),
    ),
}

# The sentence, the person whose thing it is, the other one, and two ways to ask.
POSSESSIONS = (
    (
        "The {} asked the {} to fix his car.",
        "customer",
        "mechanic",
        ("The car belongs to the", "In other words, the car of the"),
    ),
    (
        "The {} urged the {} to do her homework.",
        "student",
        "professor",
        ("The homework belongs to the", "In other words, the homework of the"),
    ),
)


class Whose(NamedTuple):
    """Who a model says the thing belongs to: the probability of either as the next word."""

    text: str
    owner: str
    owner_prob: float
    other: str
    other_prob: float


def whose(lm: LanguageModel) -> list[Whose]:
    """Ask a model whose the car and the homework are, with the two people in either order."""
    asked = [
        (f"{sentence.format(*people)} {question}", owner, other)
        for sentence, owner, other, questions in POSSESSIONS
        for people in ((owner, other), (other, owner))
        for question in questions
    ]
    traces = lm.run_many([text for text, _, _ in asked], ("logits",), positions=[-1])
    found = []
    for (text, owner, other), trace in zip(asked, traces, strict=True):
        probs = next_token_distribution(trace.logits_at()).probs
        of_owner, of_other = (float(probs[lm.token_id(f" {who}")]) for who in (owner, other))
        found.append(Whose(text, owner, of_owner, other, of_other))
    return found


def leanings(lm: LanguageModel, word: str) -> dict[str, Array]:
    """Of each sentence of `ASKED`, which way a model takes a word.

    Args:
        lm: the model.
        word: ``"flies"`` or ``"like"``.

    Returns:
        By sentence: (depth,) see `llm_viz.analyses.lean`; above 0 is the first way of `PLAIN`.
        Depth 0 is the embedding.

    Raises:
        KeyError: another word.
    """
    if word not in PLAIN:
        raise KeyError(f"there are plain sentences for {' and '.join(PLAIN)}, not for {word!r}")
    labels = [way for way, sentences in PLAIN[word] for _ in sentences]
    plain = [sentence for _, sentences in PLAIN[word] for sentence in sentences]
    vectors = word_vectors(lm, [*plain, *ASKED], word).vectors
    found = lean(vectors[: len(plain)], labels, vectors[len(plain) :])
    return dict(zip(ASKED, np.round(found, 4), strict=True))
