"""Still pictures: what a view shows where nothing can be moved.

A page without JavaScript, a notebook on a site that only displays it, a printed copy: there a view
is one table whose rows carry bars, so that picture and table are one. Elements are built as a tree,
never from strings: a token that looks like HTML stays text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

CLASS = "llm-viz-still"  # host.js takes it away when the view is live
NOTE = (
    "A still picture. It comes alive where JavaScript runs and the page's files lie beside it "
    "(a book in a zip has to be unpacked first)."
)


class Bar(NamedTuple):
    """One row of a picture: what it is, how long its bar is (0 to 1), and that length in words.

    A ``colour`` is for this bar alone.
    """

    label: str
    share: float
    text: str
    colour: str = ""


def figure(title: str, text: str, *parts: Element) -> Element:
    """A picture with its title, the text that it is about, and the word that it is a still one."""
    root = Element("figure", {"class": CLASS})
    caption = SubElement(root, "figcaption")
    SubElement(caption, "strong").text = title
    if text:
        SubElement(root, "p").text = text
    root.extend(parts)
    note = SubElement(root, "p")
    SubElement(note, "small").text = NOTE
    return root


def bars(columns: tuple[str, str], rows: Iterable[Bar], colour: str) -> Element:
    """A table with a bar in each row.

    Args:
        columns: what the labels are, and what the bars measure, with its unit.
        rows: the bars, top to bottom.
        colour: of the bars, as CSS writes it.
    """
    table = _table([columns[0], "", columns[1]])
    body = SubElement(table, "tbody")
    for label, share, text, own_colour in rows:
        row = SubElement(body, "tr")
        SubElement(row, "th", {"scope": "row"}).text = label
        cell = SubElement(row, "td", {"style": "width: 60%"})
        size = {"width": "100%", "height": "14", "aria-hidden": "true"}
        length = {"width": f"{100 * share:.3f}%", "height": "14", "fill": own_colour or colour}
        SubElement(SubElement(cell, "svg", size), "rect", length)
        SubElement(row, "td").text = text
    return table


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Element:
    """A plain table."""
    root = _table(columns)
    body = SubElement(root, "tbody")
    for cells in rows:
        row = SubElement(body, "tr")
        for cell in cells:
            SubElement(row, "td").text = cell
    return root


def html(root: Element) -> str:
    """The picture as HTML."""
    return tostring(root, encoding="unicode", method="html")


def _table(columns: Sequence[str]) -> Element:
    root = Element("table", {"style": "width: 100%"})
    head = SubElement(SubElement(root, "thead"), "tr")
    for column in columns:
        SubElement(head, "th", {"scope": "col"} if column else {}).text = column
    return root
