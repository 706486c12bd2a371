"""WordMap: what it carries, what it refuses, maps of one's own, and its still picture."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz.analyses import kept, layout, unit_vectors
from llm_viz.analyses.projection import Layout
from llm_viz.model.vector_files import keyed
from llm_viz.studies import word_layouts
from llm_viz.widgets import WordMap, word_groups
from llm_viz.widgets.assets import asset_path
from llm_viz.widgets.map_view import read_asset
from llm_viz.widgets.word_groups import COLOURS, GROUPS
from tests.fixtures import make_words

ROWS = make_words.rows().astype(np.float32)
MINE = {
    "flat": Layout("pca", make_words.maps()["map2"].astype(np.float32), 0),
    "solid": Layout("pca", make_words.maps()["map3"].astype(np.float32), 0),
}
KINDS = {"Royals": ("king", "queen", "zebra"), "Men": ("man", "boy", "king"), "Alone": ("dog",)}


@pytest.fixture
def made_up():
    return keyed(make_words.WORDS, ROWS)


def test_it_carries_maps_of_ones_own(made_up) -> None:
    widget = WordMap(made_up, "King", layouts=MINE, groups=KINDS)
    assert (widget.word, widget.method, widget.dims, widget.colour) == ("king", "flat", 2, "all")
    assert [(m["method"], m["name"], m["dims"]) for m in widget.maps] == [
        ("flat", "flat", 2),
        ("solid", "solid", 3),
    ]
    assert set(widget.assets) == {"words", "layouts", "plotly"}
    points, told = read_asset(widget.assets["layouts"], "llm_viz_layouts", "map0")
    np.testing.assert_array_equal(points, word_layouts.scaled(MINE["flat"]))
    assert told["words"] == make_words.digest()
    assert told["kept"]["map0"] == pytest.approx(kept(ROWS, points, 10), abs=0.02)  # 8-bit vectors


def test_the_address_may_hold_what_there_is(made_up) -> None:
    rules = WordMap(made_up, "king", layouts=MINE, groups=KINDS).linked
    assert set(rules) == {"word", "method", "dims", "colour"}
    assert rules["method"] == {"kind": "choice", "values": ["flat", "solid"]}
    assert rules["colour"]["values"] == ["all", "none", "Royals", "Men"]
    assert (rules["dims"]["min"], rules["dims"]["max"]) == (2, 3)


def test_plotly_comes_as_it_is(made_up) -> None:
    name = WordMap(made_up, "king", layouts=MINE).assets["plotly"]
    assert name.endswith(".classic.js")
    assert asset_path(name).read_bytes().startswith(b"/**\n* plotly.js")


def test_groups_are_of_words_on_the_map_and_share_none() -> None:
    told = word_groups.told(KINDS, make_words.WORDS)
    assert [(g["name"], g["words"]) for g in told] == [
        ("Royals", ["king", "queen"]),
        ("Men", ["man", "boy"]),
    ]
    assert [(g["colour"], g["mark"]) for g in told] == [(COLOURS[0], 0), (COLOURS[1], 1)]
    few = word_groups.told({"Nobody": ("xyzzy", "zzz"), **KINDS}, make_words.WORDS)
    assert [(g["colour"], g["mark"]) for g in few] == [(COLOURS[1], 1), (COLOURS[2], 2)]
    with pytest.raises(ValueError, match="there are 7 groups; there are colours for 6"):
        word_groups.told(dict.fromkeys("abcdefg", ("king", "queen")), make_words.WORDS)


def test_the_groups_of_the_book_are_many_words_each() -> None:
    assert 6 <= len(GROUPS) <= len(COLOURS)
    assert min(map(len, GROUPS.values())) > 15
    every = [word for words in GROUPS.values() for word in words]
    assert all(word == word.lower() and word.isalpha() for word in every)
    assert len(set(every)) == len(every)


SHORT = Layout("pca", np.zeros((9, 2), np.float32) + np.arange(9)[:, None], 0)


@pytest.mark.parametrize(
    ("asked", "error", "sentence"),
    [
        ({}, ValueError, "the book's maps are of the words of glove-50d"),
        ({"layouts": {}}, ValueError, "the maps have no points"),
        ({"layouts": MINE | {"short": SHORT}}, ValueError, "the maps have 9, 43 points"),
        ({"layouts": MINE, "word": "kign"}, KeyError, "nearest spellings: 'king'"),
        ({"layouts": MINE, "word": ""}, ValueError, "the word is empty"),
        ({"layouts": MINE, "word": "the king"}, ValueError, "2 words"),
        ({"layouts": {"short": SHORT}, "word": "dog"}, KeyError, "not among the 9 words"),
        ({"layouts": MINE, "method": "umap"}, ValueError, "'umap'; expected one of flat, solid"),
        ({"layouts": MINE, "dims": 4}, ValueError, "dims is 4; expected 2 or 3"),
        ({"layouts": MINE, "colour": "Fruit"}, ValueError, "colour is 'Fruit'; expected one of"),
    ],
)
def test_bad_input(made_up, asked, error, sentence) -> None:
    with pytest.raises(error, match=sentence):
        WordMap(made_up, **({"word": "king"} | asked))


def test_more_points_than_words_are_refused(made_up) -> None:
    many = Layout("pca", np.random.default_rng(0).normal(size=(50, 2)), 0)
    with pytest.raises(ValueError, match="50 points and there are 43 words"):
        WordMap(made_up, "king", layouts={"many": many})


def test_a_layout_of_the_package_fits(made_up) -> None:
    made = layout(unit_vectors(made_up, make_words.WORDS[:30]), "pca", 3)
    widget = WordMap(made_up, "king", layouts={"mine": made}, dims=3)
    assert len(read_asset(widget.assets["words"], "llm_viz_words", "vectors")[0]) == 30
    assert "keeps" in widget._repr_mimebundle_()[0]["text/html"]


def cells(widget: WordMap) -> list[list[str]]:
    rows = (row.findall("td") for row in widget.still().iter("tr"))
    return [[cell.text or "" for cell in row][1:] for row in rows if row]


@pytest.mark.parametrize(("method", "tensor"), [("flat", "map2"), ("solid", "map3")])
def test_its_still_picture_has_both_lists(made_up, method, tensor) -> None:
    widget = WordMap(made_up, "king", layouts=MINE, method=method, dims=3)
    wanted = make_words.expected(make_words.packed())["maps"][tensor]["king"]
    columns = zip(*cells(widget), strict=True)
    lists = [[text.removesuffix(" (in both)") for text in column] for column in columns]
    assert lists == [wanted["true"], wanted["near"]]
    assert sum(row[0].endswith("(in both)") for row in cells(widget)) == wanted["both"]
    html = widget._repr_mimebundle_()[0]["text/html"]
    assert f"king: {wanted['both']} of 10 are the same." in html
    assert f"Over all 43 words, {method} in {tensor[-1]} dimensions keeps" in html


def test_its_still_picture_bears_what_a_reader_typed(made_up) -> None:
    widget = WordMap(made_up, "king", layouts=MINE)
    widget.word = "<b>"
    assert "&lt;b&gt;" in widget._repr_mimebundle_()[0]["text/html"]
    widget.word, widget.method, widget.dims = "king", "nonsense", 3
    assert len(cells(widget)) == 10


@pytest.mark.real_vectors
def test_the_books_own_map(glove) -> None:
    widget = WordMap(glove)
    assert [m["tensor"] for m in widget.maps] == ["pca2", "pca3", "umap2", "umap3", "tsne2"]
    told = {group["name"]: group["words"] for group in widget.groups}
    assert told == {name: list(words) for name, words in GROUPS.items()}
    assert cells(widget)[0][0].startswith("dog")
    assert "UMAP in 2 dimensions keeps 22" in widget._repr_mimebundle_()[0]["text/html"]
