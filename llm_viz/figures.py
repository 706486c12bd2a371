"""Plain Plotly figures that more than one place uses, in the book's colours.

Colour means one thing through the whole book (Okabe & Ito's palette, safe for colour-blind
readers): `llm_viz.style.COLOURS`. Every figure brings its own text alternative in
``layout.meta["alt"]``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from llm_viz.style import COLOURS, written

__all__ = ["by_layer", "by_part", "intervals", "lines", "probability_bars", "vectors", "written"]

_LINES = ("#CC79A7", "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9")
_DIVERGING = [[0, "#0072B2"], [0.5, "#FFFFFF"], [1, "#D55E00"]]


def probability_bars(
    probs: Mapping[str, float], *, title: str, alt: str, unit: str = "probability"
) -> go.Figure:
    """One horizontal bar for each label, in the order given."""
    labels, values = [_plain(label) for label in probs], list(probs.values())
    figure = go.Figure(
        go.Bar(
            x=values,
            y=labels,
            orientation="h",
            marker_color=COLOURS["probability"],
            text=[written(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
            name=unit,
        )
    )
    figure.update_xaxes(title=unit, tickformat=".0%", range=[0, 1.08 * max([*values, 0.01])])
    figure.update_yaxes(autorange="reversed", automargin=True)
    return _styled(figure, title, alt, height=90 + 34 * len(labels))


def lines(
    x: Sequence[float],
    series: Mapping[str, Sequence[float]],
    *,
    title: str,
    alt: str,
    x_title: str,
    y_title: str,
    log_y: bool = False,
) -> go.Figure:
    """One line for each named series over a common x."""
    figure = go.Figure()
    for (name, values), colour in zip(series.items(), _LINES * len(series), strict=False):
        figure.add_scatter(
            x=list(x), y=list(values), name=name, mode="lines+markers", line_color=colour
        )
    figure.update_xaxes(title=x_title)
    figure.update_yaxes(title=y_title, type="log" if log_y else "linear", rangemode="tozero")
    return _styled(figure, title, alt, height=420)


def by_layer(
    series: Mapping[str, Sequence[float]], *, title: str, alt: str, y_title: str
) -> go.Figure:
    """One line for each named series over the depths of a model: the embedding, then its layers.

    The embedding stands at -1 and layers are numbered from 0, as in the views.
    """
    depths = max(map(len, series.values()))
    x_title = "after layer (-1 is the embedding)"
    return lines(
        range(-1, depths - 1), series, title=title, alt=alt, x_title=x_title, y_title=y_title
    )


def intervals(
    values: Mapping[str, tuple[float, float, float]],
    *,
    title: str,
    alt: str,
    x_title: str,
    beside: tuple[str, Sequence[float]] | None = None,
    colour: str = COLOURS["attention"],
) -> go.Figure:
    """One point for each label, in the order given, with a bar from low to high: 95 % intervals.

    Args:
        values: by label, the value, the low end and the high end of its interval.
        title, alt, x_title: of the figure, in words; the unit belongs into ``x_title``.
        beside: a name and a grey mark for each label, such as what a control gave.
        colour: of the points.
    """
    labels = [_plain(label) for label in values]
    points, lows, highs = zip(*values.values(), strict=True)
    figure = go.Figure(
        go.Scatter(
            x=points,
            y=labels,
            mode="markers",
            marker={"color": colour, "size": 10},
            error_x={
                "array": [high - value for value, high in zip(points, highs, strict=True)],
                "arrayminus": [value - low for value, low in zip(points, lows, strict=True)],
                "thickness": 2,
            },
            name="with its 95 % interval",
        )
    )
    if beside is not None:
        name, others = beside
        figure.add_scatter(
            x=list(others),
            y=labels,
            mode="markers",
            marker={"color": COLOURS["off"], "size": 12, "symbol": "line-ns-open"},
            name=name,
        )
    figure.update_layout(showlegend=True)  # of one series too: it says what the bars are
    figure.update_xaxes(title=x_title, zeroline=True)
    figure.update_yaxes(autorange="reversed", automargin=True)
    return _styled(figure, title, alt, height=150 + 34 * len(labels))


def by_part(
    attention: Sequence[tuple[float, float, float]],
    mlp: Sequence[tuple[float, float, float]],
    *,
    title: str,
    alt: str,
    y_title: str,
) -> go.Figure:
    """Two bars a layer, its attention's and its feed-forward's: value, low and high end of each."""
    figure = go.Figure()
    for name, bars, colour in (("attention", attention, "attention"), ("feed-forward", mlp, "mlp")):
        value, low, high = np.array(bars, np.float64).reshape(-1, 3).T
        figure.add_bar(
            x=list(range(len(value))),
            y=np.round(value, 4),
            error_y={
                "type": "data",
                "symmetric": False,
                "array": np.round(high - value, 4),
                "arrayminus": np.round(value - low, 4),
                "thickness": 1,
                "width": 2,
            },
            name=name,
            marker_color=COLOURS[colour],
        )
    figure.update_xaxes(title="layer")
    figure.update_yaxes(title=y_title, zeroline=True)
    return _styled(figure, title, alt, height=380)


def vectors(
    values: Any, labels: Sequence[str], *, title: str, alt: str, unit: str = "value"
) -> go.Figure:
    """Vectors as rows of colour: (rows, d), blue below zero, vermilion above."""
    values = np.asarray(values, np.float32)
    bound = float(np.abs(values).max())
    figure = go.Figure(
        go.Heatmap(
            z=np.round(values, 3),
            y=[f"{row}: {_plain(label)}" for row, label in enumerate(labels)],
            colorscale=_DIVERGING,
            zmin=-bound,
            zmax=bound,
            colorbar={"title": unit, "thickness": 12},
            hovertemplate="%{y}<br>number %{x}: %{z}<extra></extra>",
        )
    )
    figure.update_xaxes(title=f"which of the {values.shape[1]} numbers")
    figure.update_yaxes(autorange="reversed", automargin=True)
    return _styled(figure, title, alt, height=130 + 34 * len(labels))


def _plain(label: str) -> str:
    """A label that Plotly shows as it is, and does not read as markup."""
    return label.replace("&", "&amp;").replace("<", "&lt;")


def _styled(figure: go.Figure, title: str, alt: str, height: int) -> go.Figure:
    figure.update_layout(
        title={"text": title, "x": 0, "xanchor": "left"},
        height=height,
        margin={"l": 10, "r": 20, "t": 50, "b": 50},
        legend={"orientation": "h", "y": -0.2},
        meta={"alt": alt},
    )
    return figure
