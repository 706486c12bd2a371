"""Nine pixels, two hidden layers, four answers: the smallest network that learns to see.

It looks at a display of 3 x 3 pixels and says which of four symbols it shows. It learns one example
at a time, by plain gradient descent: show, compare, nudge every weight downhill. The page's own
network (`js/src/pixels/network.js`) computes the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

SYMBOLS = ("solid", "vertical", "horizontal", "diagonal")
WHITE, BLACK = 1.0, -1.0
N_PIXELS = 9
NOISE = 0.5  # how far a pixel of an example may be from pure white or black
TEST_SEED, TEST_COPIES = 2**32 - 1, 20  # the noisy symbols that accuracy is measured on

# White lines on black, pixel by pixel, row by row; the same lines in black on white follow below.
_LINES = {
    "solid": ("111111111",),
    "vertical": ("100100100", "010010010", "001001001"),
    "horizontal": ("111000000", "000111000", "000000111"),
    "diagonal": ("100010001", "001010100"),
}
_SWAPPED = str.maketrans("01", "10")
IMAGES: dict[str, tuple[str, ...]] = {
    symbol: (*lines, *(line.translate(_SWAPPED) for line in lines))
    for symbol, lines in _LINES.items()
}


class PixelNetwork(nn.Module):
    """9 pixels -> ``hidden`` -> ``hidden`` -> 4 symbols, in float64.

    A neuron multiplies what it gets by its weights, adds all up, and squashes the sum. A bias, one
    weight more whose input is always 1, lets it lean: without it, an image and the same image with
    black and white swapped could not get the same answer, because tanh(-x) = -tanh(x).

    Args:
        hidden: neurons in each of the two hidden layers.
        seed: of the random weights that it begins with.

    Raises:
        ValueError: ``hidden`` is below 1.
    """

    def __init__(self, hidden: int = 8, seed: int = 1) -> None:
        super().__init__()
        if hidden < 1:
            raise ValueError(f"hidden is {hidden}; a layer needs at least 1 neuron")
        sizes = (N_PIXELS, hidden, hidden, len(SYMBOLS))
        self.layers = nn.ModuleList(
            nn.Linear(wide, high, dtype=torch.float64) for wide, high in pairwise(sizes)
        )
        random = mulberry32(2 * seed)
        for layer, wide in zip(self.layers, sizes, strict=False):
            most = wide**-0.5
            for numbers in layer.parameters():  # its weights, neuron by neuron; then its biases
                drawn = [most * (2 * random() - 1) for _ in range(numbers.numel())]
                numbers.data = torch.tensor(drawn, dtype=torch.float64).reshape(numbers.shape)

    def forward(self, pixels: Tensor) -> Tensor:
        """The sums of the four output neurons, before they are squashed: (..., 9) -> (..., 4)."""
        first, second, last = self.layers
        hidden = torch.tanh(first(pixels))
        hidden = torch.tanh(second(hidden))
        sums: Tensor = last(hidden)
        return sums

    def answer(self, pixels: Tensor) -> Tensor:
        """Four numbers from 0 to 1, one a symbol; the highest wins.

        Each output is squashed alone, so the four need not sum to 1.
        """
        return torch.sigmoid(self(pixels))


@dataclass(frozen=True)
class Example:
    """A noisy image and its symbol.

    Attributes:
        pixels: (9,), row by row, from -1 (black) to 1 (white).
        symbol: its place in `SYMBOLS`.
    """

    pixels: Tensor
    symbol: int

    @property
    def wanted(self) -> Tensor:
        """What the outputs should be: 1 for the symbol, 0 for the three others."""
        wanted = torch.zeros(len(SYMBOLS), dtype=torch.float64)
        wanted[self.symbol] = 1
        return wanted


def loss_of(network: PixelNetwork, example: Example) -> Tensor:
    """How wrong the outputs are, in nats: the surprise at what each should have been, summed.

    Its slope at each output's sum is simply output minus what was wanted.
    """
    return functional.binary_cross_entropy_with_logits(
        network(example.pixels), example.wanted, reduction="sum"
    )


def learn(network: PixelNetwork, example: Example, rate: float) -> float:
    """Show one example, compare, and nudge every weight a little downhill.

    Args:
        network: is changed.
        example: what it is shown.
        rate: how far to go against the gradient.

    Returns:
        The loss before the nudge.
    """
    weights = list(network.parameters())
    loss = loss_of(network, example)
    slopes = torch.autograd.grad(loss, weights)
    with torch.no_grad():
        for weight, slope in zip(weights, slopes, strict=True):
            weight.sub_(rate * slope)
    return loss.item()


def examples(seed: int = 1, noise: float = NOISE) -> Iterator[Example]:
    """Noisy symbols without end: each symbol as often as the others, then any of its images."""
    random = mulberry32(2 * seed + 1)
    while True:
        symbol = int(random() * len(SYMBOLS))
        images = IMAGES[SYMBOLS[symbol]]
        image = images[int(random() * len(images))]
        yield Example(_noisy(image, noise, random), symbol)


def noisy_symbols() -> list[Example]:
    """Every image many times, each with noise of its own: always the same, never learned from."""
    random = mulberry32(TEST_SEED)
    return [
        Example(_noisy(image, NOISE, random), symbol)
        for symbol, name in enumerate(SYMBOLS)
        for image in IMAGES[name]
        for _ in range(TEST_COPIES)
    ]


def accuracy(network: PixelNetwork) -> float:
    """The share of the noisy test symbols for which the highest output is the right one."""
    shown = noisy_symbols()
    with torch.no_grad():
        said = network(torch.stack([example.pixels for example in shown])).argmax(dim=1)
    return float((said == torch.tensor([example.symbol for example in shown])).double().mean())


def pixels_of(image: str) -> Tensor:
    """An image written as nine characters, 1 for white and 0 for black, as pixels.

    Raises:
        ValueError: it is no such image.
    """
    if len(image) != N_PIXELS or not set(image) <= {"0", "1"}:
        raise ValueError(f"{image!r} is no image; expected nine characters, each 0 or 1")
    return torch.tensor([WHITE if c == "1" else BLACK for c in image], dtype=torch.float64)


def _noisy(image: str, noise: float, random: Callable[[], float]) -> Tensor:
    moved = [noise * (2 * random() - 1) for _ in range(N_PIXELS)]
    return (pixels_of(image) + torch.tensor(moved, dtype=torch.float64)).clamp(BLACK, WHITE)


def mulberry32(seed: int) -> Callable[[], float]:
    """Random numbers on [0, 1) that JavaScript draws too (Tommy Ettinger, public domain)."""
    state, word = seed & 0xFFFFFFFF, 0xFFFFFFFF

    def draw() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & word
        mixed = ((state ^ (state >> 15)) * (state | 1)) & word
        mixed ^= (mixed + ((mixed ^ (mixed >> 7)) * (mixed | 61) & word)) & word
        return (mixed ^ (mixed >> 14)) / 2**32

    return draw
