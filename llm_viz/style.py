"""What means the same through the whole book: the colours, and how a probability is written."""

from __future__ import annotations

COLOURS = {
    "attention": "#0072B2",
    "mlp": "#E69F00",
    "stream": "#009E73",
    "probability": "#CC79A7",
    "loss": "#D55E00",
    "off": "#8A8A8A",
}


def written(probability: float) -> str:
    """A probability as the whole book writes it: two digits, or *1 in N* below a thousandth.

    `js/src/format.js` writes the same.

    Examples:
        >>> written(0.325), written(0.0412), written(0.00008)
        ('32 %', '4.1 %', '1 in 12,000')
    """
    if probability <= 0:
        return "0 %"
    if 0.995 <= probability < 1:
        return ">99 %"  # "100 %" would claim certainty
    if probability < 0.001:
        return f"1 in {float(f'{1 / probability:.1e}'):,.0f}"
    percent = float(f"{100 * probability:.1e}")
    decimals = 0 if percent >= 10 else 1 if percent >= 1 else 2
    return f"{percent:.{decimals}f} %"
