"""The pairs of words of the study `word_pairs`, what it holds, and what a chapter asks of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from llm_viz.studies.answer_scores import Array, Mean, mean_by_name, mean_over_items
from llm_viz.studies.results import Provenance

_PAIRS = (
    "Donald Trump, Barack Obama, Hong Kong, vice versa, Los Angeles, San Francisco, New York, "
    "Hillary Clinton, Albert Einstein, Isaac Newton, Charles Darwin, Abraham Lincoln, "
    "George Washington, Martin Luther, Karl Marx, Adolf Hitler, Winston Churchill, Nelson Mandela, "
    "Harry Potter, Buenos Aires, Puerto Rico, Costa Rica, Sri Lanka, Saudi Arabia, Las Vegas, "
    "Tel Aviv, Sierra Leone, El Salvador, Papua New, Rio de, Notre Dame, hip hop, ad hoc, et al, "
    "per cent, status quo, de facto, Viet Nam, Wall Street, Silicon Valley, Red Cross, "
    "Supreme Court, Prime Minister, Mark Twain, Leonardo da, Vladimir Putin, Ronald Reagan, "
    "Franklin Roosevelt, Theodore Roosevelt, Thomas Jefferson, Jimmy Carter, Joe Biden, "
    "Bill Gates, Steve Jobs, Stephen Hawking, Pablo Picasso, Jane Austen, Ernest Hemingway, "
    "Napoleon Bonaparte, Julius Caesar, Mahatma Gandhi, Joseph Stalin, Saddam Hussein, "
    "Johann Sebastian, Ludwig van, Vincent van, Homo sapiens, Middle Ages, Mount Everest, "
    "Adobe Photoshop, El Paso, Santa Claus, Star Wars, Monte Carlo, Taj Mahal, Tour de, "
    "carbon dioxide, polar bear, nitric oxide, Ivy League"
)
Pair = tuple[str, str]
PAIRS: tuple[Pair, ...] = tuple(
    (first, second) for first, second in (pair.split() for pair in _PAIRS.split(", "))
)


@dataclass(frozen=True, eq=False)
class PairsIn:
    """What was found of the pairs in one context.

    Attributes:
        context, template: what it is called, and the prompt.
        scores: (pair of `PAIRS`, 2) log-probability in nats, and rank, of the second word.
        known: the pairs whose second word is the likeliest of all tokens.
        ranks: (known pair, depth) rank of the second word by the logit lens: the embedding, then
            after each layer.
        components: names of the model's parts.
        pushes: (known pair, component) what each adds to the logit of the second word less the mean
            of the other known pairs' second words.
        edits: names of what was switched off: ``L5 FFN``, ``L5 attention``, ``FFNs 0-9``,
            ``attention 0-9``, ``FFNs 1-9`` …
        off: by what stood in for it: (known pair, edit, 2) log-probability and rank.
    """

    context: str
    template: str
    scores: Array
    known: tuple[Pair, ...]
    ranks: Array
    components: tuple[str, ...]
    pushes: Array
    edits: tuple[str, ...]
    off: Mapping[str, Array]

    @property
    def whole(self) -> Array:
        """(known pair,) probability of the second word in the whole model."""
        chosen = [pair in self.known for pair in PAIRS]
        probs: Array = np.exp(self.scores[chosen, 0].astype(np.float64))
        return probs

    def without(self, edit: str, by: str = "mean") -> dict[str, Mean]:
        """With something off: ``"probability"`` and ``"first"``, the share still the likeliest.

        Raises:
            ValueError: it was not switched off.
        """
        if edit not in self.edits:
            raise ValueError(f"{edit!r} was not switched off; there are {', '.join(self.edits)}")
        found = self.off[by][:, self.edits.index(edit)]
        return {
            "probability": mean_over_items(np.exp(found[:, 0].astype(np.float64))),
            "first": mean_over_items(found[:, 1] == 1),
        }

    def mean_pushes(self, kind: str = "") -> dict[str, Mean]:
        """By component, all or those of a kind (``"FFN"``), the mean push over the known pairs."""
        return mean_by_name(self.components, self.pushes, kind)

    def pushed_by(self, kind: str, layers: Iterable[int] | None = None) -> Mean:
        """The mean push of some layers' parts of a kind (``"FFN"``, ``"attention"``), or of all."""
        wanted = None if layers is None else {f"L{layer} {kind}" for layer in layers}
        chosen = [
            name.endswith(kind) if wanted is None else name in wanted for name in self.components
        ]
        return mean_over_items(self.pushes[:, chosen].sum(axis=1))


@dataclass(frozen=True, eq=False)
class WordPairs:
    """The result of the study.

    Attributes:
        contexts: by name: ``"alone"``, ``"in a sentence"``.
        provenance: where the numbers come from.
    """

    contexts: Mapping[str, PairsIn]
    provenance: Provenance
