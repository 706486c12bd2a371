"""`LearningMap`: words finding their places while vectors are learned, epoch by epoch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.analyses.projection import nearest_to
from llm_viz.widgets import still, word_groups
from llm_viz.widgets.assets import publish_plotly
from llm_viz.widgets.map_view import MapView, read_asset
from llm_viz.widgets.word_assets import publish_learning

if TYPE_CHECKING:
    from llm_viz.studies.word_learning import WordLearning


class LearningMap(MapView):
    """Words finding their places: the map of a study of learning, epoch by epoch.

    Args:
        study: see `llm_viz.studies.word_learning`.
        word: the chosen word.
        epoch: how often the text has been read; all the way if left out.
        groups, colour, traits: see `WordMap`.

    Raises:
        ValueError: there is no such epoch or group.
        KeyError: the study does not follow the word.

    Examples:
        >>> llm_viz.widgets.LearningMap(word_learning.load(), "war")    # doctest: +SKIP
    """

    front_end = "learning_map"
    heading = "Words finding their places"

    epochs = traitlets.Int(0).tag(sync=True)
    epoch = traitlets.Int(0, min=0).tag(sync=True, linked=True)

    def __init__(
        self,
        study: WordLearning,
        word: str = "war",
        *,
        epoch: int | None = None,
        groups: Mapping[str, Collection[str]] = word_groups.GROUPS,
        colour: str = word_groups.ALL,
        **traits: Any,
    ) -> None:
        last = len(study.loss) - 1
        epoch = last if epoch is None else epoch
        if not 0 <= epoch <= last:
            raise ValueError(f"epoch is {epoch}; expected 0 to {last}")
        study.near(word, epoch)  # says what is wrong with the word, if anything is
        super().__init__(
            word=word,
            epoch=epoch,
            epochs=last,
            groups=(told := word_groups.told(groups, study.words)),
            colour=word_groups.known_group(colour, told),
            assets={"learning": publish_learning(study), "plotly": publish_plotly()},
            **traits,
        )

    @traitlets.default("linked")
    def _rules(self) -> dict[str, dict[str, Any]]:
        rules = super()._rules()
        return rules | {"epoch": rules["epoch"] | {"max": self.epochs}}

    def still(self) -> Element:
        """The neighbours of the word at this epoch, true and on the map, side by side."""
        places, told = read_asset(self.assets["learning"], "llm_viz_learning", "places")
        nearest, _ = read_asset(self.assets["learning"], "llm_viz_learning", "neighbours")
        words = told["words"]
        epoch = min(self.epoch, self.epochs)
        if self.word not in words:
            problem = f"{self.word!r} is not among the {len(words):,} words of this study"
            return still.figure(self.title or self.heading, problem)
        place = words.index(self.word)
        near = nearest_to(places[epoch], place, nearest.shape[2])
        text = (
            f"The text was read {epoch} times: loss {told['loss'][epoch]:.2f} nats, "
            f"WordSim {told['wordsim'][epoch]:.2f}."
        )
        lists = ([words[i] for i in which] for which in (nearest[epoch, place], near))
        return self.tables(text, *lists)
