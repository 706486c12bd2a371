"""Plotly figures as HTML: the data, the words, the table."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from myst_nb.core.render import MimeData

from llm_viz.site.plotly_renderer import (
    MIME_TYPE,
    ROWS,
    PlotlyRenderer,
    check_entry_point,
    describe,
    to_html,
)


def as_mime(figure: go.Figure) -> dict[str, Any]:
    """What a kernel sends to a notebook."""
    return json.loads(figure.to_json())


def renderer(warnings: list[str]) -> Any:
    def warn(text: str, **_where: object) -> None:
        warnings.append(text)

    return SimpleNamespace(logger=SimpleNamespace(warning=warn))


def test_handles_its_own_kind_of_output_only() -> None:
    figure = as_mime(go.Figure(go.Scatter(x=[1], y=[2])))
    [node] = PlotlyRenderer.handle_mime(renderer([]), MimeData(MIME_TYPE, figure), inline=False)
    assert 'class="llm-viz-plotly"' in node.astext()
    assert PlotlyRenderer.handle_mime(renderer([]), MimeData("text/plain", "x"), False) is None
    assert PlotlyRenderer.handle_mime(renderer([]), MimeData(MIME_TYPE, figure), True) is None


@pytest.mark.parametrize("kind", ["scattergeo", "choropleth", "scattermap", "densitymapbox"])
def test_warns_of_maps_from_another_host(kind: str) -> None:
    warnings: list[str] = []
    data = MimeData(MIME_TYPE, {"data": [{"type": kind}]})
    PlotlyRenderer.handle_mime(renderer(warnings), data, inline=False)
    assert kind in warnings[0]


def test_a_heatmap_is_no_map() -> None:
    warnings: list[str] = []
    data = MimeData(MIME_TYPE, {"data": [{"type": kind} for kind in ("heatmap", "treemap")]})
    PlotlyRenderer.handle_mime(renderer(warnings), data, inline=False)
    assert warnings == []


def test_carries_data_layout_and_frames_but_no_server_address() -> None:
    figure = as_mime(go.Figure(go.Bar(y=[1]), frames=[go.Frame(name="f", data=[go.Bar(y=[2])])]))
    html = to_html({**figure, "config": {"plotlyServerURL": "https://plot.ly"}})
    drawn = json.loads(re.search(r'<script type="[^"]*">(.*?)</script>', html)[1])  # type: ignore[index]
    assert drawn.keys() == {"data", "layout", "frames"}  # and not the server's address
    assert "https:" not in html


def test_text_in_a_figure_stays_text() -> None:
    figure = as_mime(go.Figure(go.Bar(x=["<b>&"], y=[1], name='"><script>')))
    html = to_html(figure)
    assert "<b>" not in html
    assert html.count("<script") == 1


def test_describes_itself_from_its_titles() -> None:
    figure = go.Figure(go.Scatter(y=[1], name="loss"), layout={"title": "Loss by step"})
    figure.update_xaxes(title="step").update_yaxes(title="nats")
    words = describe(as_mime(figure))
    assert words == "Chart (scatter): Loss by step. across: step. up: nats. series: loss."


def test_the_title_becomes_a_caption_and_gives_its_room_back() -> None:
    layout = {"title": {"text": "One<br><b>two</b> & three"}, "height": 300, "margin": {"t": 50}}
    html = to_html({"data": [{"y": [1]}], "layout": layout})
    assert "<figcaption>One two &amp; three</figcaption>" in html
    drawn = json.loads(re.search(r'<script type="[^"]*">(.*?)</script>', html)[1])  # type: ignore[index]
    assert drawn["layout"] == {"height": 270, "margin": {"t": 20}}
    assert "min-height: 270px" in html


def test_without_a_title_nothing_is_taken_away() -> None:
    html = to_html({"data": [{"y": [1]}], "layout": {"margin": {"t": 50}}})
    assert "<figcaption>" not in html
    assert '"margin":{"t":50}' in html


def test_takes_the_authors_own_words_first() -> None:
    assert (
        describe({"data": [], "layout": {"meta": {"alt": "A falling line."}}}) == "A falling line."
    )


def test_tables_typed_arrays_lists_and_nested_lists() -> None:
    figure = go.Figure([go.Scatter(x=np.arange(3), y=np.array([0.5, 1 / 3, 2.0]))])
    html = to_html(as_mime(figure))
    assert "<td>1</td><td>0.3333</td>" in html
    assert "<td>4</td>" in to_html({"data": [{"type": "heatmap", "z": [[1, 2], [3, 4]]}]})


def test_a_long_table_is_cut_and_says_so() -> None:
    html = to_html({"data": [{"y": list(range(1000))}]})
    table = html[html.index("<table>") : html.index("</table>")]
    assert table.count("<tr>") == ROWS + 1
    assert f"the first {ROWS} of 1,000 rows" in table


def test_the_installed_package_offers_the_renderer() -> None:
    check_entry_point()
