"""Figures: the numbers that went in are the numbers drawn, and each can be read without eyes."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz import figures


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (1, "100 %"),
        (0.325, "32 %"),
        (0.0995, "10 %"),
        (0.0412, "4.1 %"),
        (0.0025, "0.25 %"),
        (0.00999, "1.0 %"),
        (0.001, "0.10 %"),
        (0.07, "7.0 %"),
        (0.0009, "1 in 1,100"),
        (0.00008, "1 in 12,000"),
        (0.9999, ">99 %"),
        (0, "0 %"),
    ],
)
def test_how_a_probability_is_written(probability: float, text: str) -> None:
    assert figures.written(probability) == text


def test_bars_draw_what_they_are_given() -> None:
    figure = figures.probability_bars({"<b>": 0.5, "b": 0.25}, title="T", alt="A")
    assert list(figure.data[0].x) == [0.5, 0.25]
    assert list(figure.data[0].y) == ["&lt;b>", "b"]
    assert figure.layout.meta["alt"] == "A"


def test_lines_and_vectors() -> None:
    figure = figures.lines(
        [0, 1], {"a": [1, 2], "b": [3, 4]}, title="T", alt="A", x_title="x", y_title="y", log_y=True
    )
    assert [list(line.y) for line in figure.data] == [[1, 2], [3, 4]]
    assert figure.data[0].line.color != figure.data[1].line.color
    strip = figures.vectors(np.array([[1.0, -2.0]]), ["·the"], title="T", alt="A")
    assert strip.data[0].zmax == 2 == -strip.data[0].zmin
    assert np.asarray(strip.data[0].z).tolist() == [[1.0, -2.0]]


def test_intervals_reach_from_low_to_high_beside_their_controls() -> None:
    figure = figures.intervals(
        {"<i>": (1.0, 0.5, 2.0), "b": (3.0, 3.0, 3.5)},
        title="T",
        alt="A",
        x_title="logits",
        beside=("by lot", [4.0, 5.0]),
    )
    found, control = figure.data
    assert (list(found.y), list(found.x)) == (["&lt;i>", "b"], [1, 3])
    assert (list(found.error_x.array), list(found.error_x.arrayminus)) == ([1, 0.5], [0.5, 0])
    assert (control.name, list(control.x)) == ("by lot", [4, 5])
    assert figure.layout.meta["alt"] == "A"


def test_lines_by_layer_begin_with_the_embedding() -> None:
    figure = figures.by_layer({"a": [0.0, 1.0, 2.0]}, title="T", alt="A", y_title="gap")
    (line,) = figure.data
    assert (list(line.x), list(line.y)) == ([-1, 0, 1], [0, 1, 2])
    assert "embedding" in figure.layout.xaxis.title.text
    assert figure.layout.meta["alt"] == "A"


def test_bars_by_part_have_their_colours_and_intervals() -> None:
    figure = figures.by_part(
        [(1, 0.5, 2), (-1, -2, 0)], [(3, 3, 4), (0, 0, 0)], title="T", alt="A", y_title="push"
    )
    attention, mlp = figure.data
    assert (attention.marker.color, mlp.marker.color) == ("#0072B2", "#E69F00")
    assert [list(bars.y) for bars in figure.data] == [[1, -1], [3, 0]]
    assert list(attention.error_y.array) == [1, 1]
    assert list(attention.error_y.arrayminus) == [0.5, 1]
    assert figure.layout.meta["alt"] == "A"
