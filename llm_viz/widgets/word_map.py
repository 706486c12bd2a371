"""`WordMap`: words on a flat map, laid out in several ways, and what each hides of neighbours."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.analyses.projection import Array, Layout, kept, nearest_to
from llm_viz.analyses.vectors import neighbours, unit_vectors
from llm_viz.analyses.words import find_word
from llm_viz.studies import word_layouts
from llm_viz.style import written
from llm_viz.widgets import still, word_groups
from llm_viz.widgets.assets import publish_plotly
from llm_viz.widgets.map_view import MapView, choice, read_asset
from llm_viz.widgets.page_words import PUBLISHED, page_vectors
from llm_viz.widgets.word_assets import (
    publish_layouts,
    publish_maps,
    publish_words,
)

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

NEIGHBOURS = 10
NAMES = {"pca": "PCA", "umap": "UMAP", "tsne": "t-SNE"}


class WordMap(MapView):
    """20,000 words on a flat map, and what it hides: who the neighbours of a word really are.

    The page computes by itself. It has no use for a model; plotly.js comes when the map scrolls
    into view.

    Args:
        vectors: see `llm_viz.load_vectors`.
        word: the chosen word.
        method: which map is shown first: ``"pca"``, ``"umap"`` or ``"tsne"``, or a name of yours;
            UMAP, or your first one, if left out.
        dims: 2 or 3.
        layouts: maps of your own, by name, in place of the book's: of the most frequent words of
            letters of these vectors (`llm_viz.analyses.frequent_words`), as many as the map has
            points.
        groups: words to colour, by the name of their group, at most six; words that are not on the
            map are left out.
        colour: the group that is coloured; ``"all"``, ``"none"``, or its name.
        traits: any other trait, such as ``title`` or ``caption``.

    Raises:
        ValueError: no map has these words, or the map or group that is asked for is not there.
        KeyError: the word is not on the map; the sentence holds the nearest spellings.

    Examples:
        >>> llm_viz.widgets.WordMap(llm_viz.load_vectors())      # doctest: +SKIP
        >>> words = analyses.frequent_words(vectors, 5000)       # doctest: +SKIP
        >>> mine = analyses.layout(analyses.unit_vectors(vectors, words), "umap")
        >>> llm_viz.widgets.WordMap(vectors, layouts={"my map": mine})
    """

    front_end = "word_map"
    heading = "A map of words"

    maps = traitlets.List(traitlets.Dict()).tag(sync=True)
    method = traitlets.Unicode("").tag(sync=True, linked=True)
    dims = traitlets.Int(2, min=2, max=3).tag(sync=True, linked=True)

    def __init__(
        self,
        vectors: KeyedVectors,
        word: str = "cat",
        *,
        method: str | None = None,
        dims: int = 2,
        layouts: Mapping[str, Layout] | None = None,
        groups: Mapping[str, Collection[str]] = word_groups.GROUPS,
        colour: str = word_groups.ALL,
        **traits: Any,
    ) -> None:
        assets, maps = _book(vectors) if layouts is None else _own(vectors, layouts)
        shown = method or ("umap" if layouts is None else maps[0]["method"])
        if shown not in (methods := list(dict.fromkeys(each["method"] for each in maps))):
            raise ValueError(f"method is {shown!r}; expected one of {', '.join(methods)}")
        if dims not in (2, 3):
            raise ValueError(f"dims is {dims}; expected 2 or 3")
        held = page_vectors(assets)
        super().__init__(
            word=find_word(held, word),
            maps=maps,
            method=shown,
            dims=dims,
            groups=(told := word_groups.told(groups, held.key_to_index)),
            colour=word_groups.known_group(colour, told),
            assets=assets | {"plotly": publish_plotly()},
            **traits,
        )

    @traitlets.default("linked")
    def _rules(self) -> dict[str, dict[str, Any]]:
        methods = list(dict.fromkeys(each["method"] for each in self.maps))
        return super()._rules() | {"method": choice(methods)}

    def still(self) -> Element:
        """The neighbours of the word in all dimensions and on the map, side by side."""
        title = self.title or self.heading
        vectors = page_vectors(self.assets)
        try:
            near = neighbours(vectors, self.word, NEIGHBOURS, None)
        except (KeyError, ValueError) as error:  # a word that the reader typed
            return still.figure(title, str(error))
        fits = [each for each in self.maps if each["method"] == self.method]
        shown = next((each for each in fits if each["dims"] == self.dims), (fits or self.maps)[0])
        points, told = read_asset(self.assets["layouts"], "llm_viz_layouts", shown["tensor"])
        places = nearest_to(points, vectors.key_to_index[near.word], NEIGHBOURS)
        text = (
            f"Over all {len(points):,} words, {shown['name']} in {shown['dims']} dimensions keeps "
            f"{written(told['kept'][shown['tensor']])} of the ten nearest neighbours."
        )
        return self.tables(text, near.words, (vectors.index_to_key[i] for i in places))


def _book(vectors: KeyedVectors) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """The book's words and maps: file names by role, and what maps there are."""
    assets = {"words": publish_words(vectors, PUBLISHED), "layouts": publish_layouts()}
    held = word_layouts.load()
    if word_layouts.words_digest(page_vectors(assets).index_to_key) != held.words:
        raise ValueError(
            "the book's maps are of the words of glove-50d, and these vectors have others; lay "
            "them out with llm_viz.analyses.layout and give them as layouts={name: layout}"
        )
    made = word_layouts.MAPS
    return assets, [_told(method, dims, tensor) for tensor, (method, dims) in made.items()]


def _own(
    vectors: KeyedVectors, layouts: Mapping[str, Layout]
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """A reader's own maps, published with the words that they are of."""
    sizes = {len(made.points) for made in layouts.values()}
    if len(sizes) != 1:
        raise ValueError(
            f"the maps have {', '.join(map(str, sorted(sizes))) or 'no'} points; expected one map "
            "or more, all of the same words"
        )
    (n,) = sizes
    assets = {"words": publish_words(vectors, min(n, PUBLISHED))}
    held = page_vectors(assets)
    if len(held) != n:
        raise ValueError(
            f"the maps have {n:,} points and there are {len(held):,} words for them; lay out the "
            f"words of llm_viz.analyses.frequent_words(vectors, n), at most {PUBLISHED:,}"
        )
    rows = unit_vectors(held, held.index_to_key)
    tensors = {f"map{i}": word_layouts.scaled(made) for i, made in enumerate(layouts.values())}
    shares = {name: round(_kept(rows, points), 4) for name, points in tensors.items()}
    digest = word_layouts.words_digest(held.index_to_key)
    assets["layouts"] = publish_maps(tensors, shares, digest)
    names = zip(layouts, tensors.items(), strict=True)
    return assets, [_told(name, points.shape[1], tensor) for name, (tensor, points) in names]


def _kept(rows: Array, points: Array) -> float:
    return kept(rows, points, min(NEIGHBOURS, len(rows) - 1))


def _told(method: str, dims: int, tensor: str) -> dict[str, Any]:
    """A map as the front end reads it."""
    return {"method": method, "name": NAMES.get(method, method), "dims": dims, "tensor": tensor}
