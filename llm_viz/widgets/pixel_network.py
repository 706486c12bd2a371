"""`PixelNetwork`: nine pixels, a small network, and lessons that it learns before one's eyes."""

from __future__ import annotations

from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.style import COLOURS, written
from llm_viz.training import pixels as training
from llm_viz.widgets import still
from llm_viz.widgets.base import View

MOST_SEEN = 10_000
MOST_HIDDEN = 16
SLOWEST, FASTEST = 0.001, 10.0


class PixelNetwork(View):
    """A display of 3 x 3 pixels to draw on, and a network that learns in the page to name symbols.

    All that the network knows follows from four numbers (its size, the learning rate, the seed, how
    many examples it has seen), so these are its state; `llm_viz.training.pixels` computes the same.

    Args:
        traits: any trait, such as ``title``; ``pixels`` (nine characters, row by row, 1 for white
            and 0 for black), ``rate`` (0.001 to 10), ``hidden`` (1 to 16 neurons in each hidden
            layer), ``seen`` (examples already shown, up to 10,000), ``seed``, or ``look``: the
            picture shows that ``"image"`` or the last ``"lesson"``.

    Raises:
        TraitError: a trait is not as said; it is then named.

    Examples:
        >>> llm_viz.widgets.PixelNetwork(seen=1_000)                     # doctest: +SKIP
    """

    front_end = "pixel_network"
    heading = "A network that learns to see nine pixels"

    pixels = traitlets.Unicode("010010010").tag(sync=True, linked=True)
    rate = traitlets.Float(0.1, min=SLOWEST, max=FASTEST).tag(sync=True, linked=True)
    hidden = traitlets.Int(8, min=1, max=MOST_HIDDEN).tag(sync=True, linked=True)
    seen = traitlets.Int(0, min=0, max=MOST_SEEN).tag(sync=True, linked=True)
    seed = traitlets.Int(2, min=0, max=9_999).tag(sync=True, linked=True)
    look = traitlets.Enum(["image", "lesson"], "image").tag(sync=True, linked=True)

    @traitlets.validate("pixels")
    def _image(self, proposal: Any) -> Any:
        try:
            training.pixels_of(proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(f"pixels: {error}") from None
        return proposal["value"]

    def still(self) -> Element:
        """The four outputs for the image on the display, and how well noisy symbols are named."""
        network = training.PixelNetwork(self.hidden, self.seed)
        for example in islice(training.examples(self.seed), self.seen):
            training.learn(network, example, self.rate)
        outputs = network.answer(training.pixels_of(self.pixels)).tolist()
        bars = [
            still.Bar(symbol, output, f"{output:.2f}")
            for symbol, output in zip(training.SYMBOLS, outputs, strict=True)
        ]
        rows = [self.pixels[at : at + 3] for at in range(0, len(self.pixels), 3)]
        return still.figure(
            self.title or self.heading,
            f"On the display, row by row, 1 for white and 0 for black: {', '.join(rows)}. "
            f"Examples shown before: {self.seen:,}. The network names "
            f"{written(training.accuracy(network))} of the noisy symbols rightly.",
            still.bars(("symbol", "output, 0 to 1"), bars, COLOURS["probability"]),
        )
