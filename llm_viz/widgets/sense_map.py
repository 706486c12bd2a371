"""`SenseMap`: a word in sentences of two senses, one path a sentence through a model's layers.

The study's result travels in the traits, arrays as half floats. A reader's own sentences are read
by Python, which then sets the trait ``own`` to a result of the same form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import traitlets

from llm_viz.model import LanguageModel
from llm_viz.studies.sense_results import CUES, Cue, ModelSenses, SensesOfWord, measure
from llm_viz.studies.word_senses import WordSensesStudy
from llm_viz.style import COLOURS
from llm_viz.widgets import still
from llm_viz.widgets.base import View

Array = np.ndarray[Any, np.dtype[Any]]
NOTHING: dict[str, Any] = {"words": [], "models": []}
MOST_SENTENCES = 40  # of a sense; more paths cannot be told apart

# A model's name, whether it looks only backwards, its words by cue, and by cue the mean gap of each
# group of words, homonyms, polysemes, and with the cue before words of one sense.
_Told = tuple[str, bool, Mapping[Cue, Sequence[SensesOfWord]], Mapping[Cue, Sequence[Array]]]


class SenseMap(View):
    """A word in two senses: each sentence's path through the layers, and how the senses part.

    Args:
        source: the result of the study `llm_viz.studies.word_senses`; or a model, or a list of
            them, which read the sentences now.
        word: with a study, the word that is shown first; with a model, the word in the sentences.
        senses: with a model, the sentences by the name of their sense: two senses, two sentences
            or more of each. A word that a sentence has twice is marked, as in ``*bank*``.
        lm: a model, or a list of them, for the reader's own sentences; a model as ``source`` serves
            for them, too.
        traits: any other trait, such as ``title``, ``caption``, ``model``, ``layer`` or ``cue``.

    Raises:
        ValueError: no such word in the study or in a sentence; not two senses; one sentence only.

    Examples:
        >>> from llm_viz.studies import word_senses
        >>> llm_viz.widgets.SenseMap(word_senses.load(), "bat", lm=lm)           # doctest: +SKIP
        >>> senses = {"fruit": ["...", "..."], "traffic": ["...", "..."]}
        >>> llm_viz.widgets.SenseMap(lm, "jam", senses)                          # doctest: +SKIP
    """

    front_end = "sense_map"
    heading = "One word, two senses"

    study = traitlets.Dict(NOTHING).tag(sync=True)
    own = traitlets.Dict(NOTHING).tag(sync=True)
    # Empty for the reader's own word.
    word = traitlets.Unicode("").tag(sync=True, linked=True)
    model = traitlets.Unicode("").tag(sync=True, linked=True)
    cue = traitlets.Enum(list(CUES), "before").tag(sync=True, linked=True)
    layer = traitlets.Int(-1, min=-1).tag(sync=True, linked=True)
    can_run = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        source: WordSensesStudy | LanguageModel | Sequence[LanguageModel],
        word: str | None = None,
        senses: Mapping[str, Sequence[str]] | None = None,
        *,
        lm: LanguageModel | Sequence[LanguageModel] | None = None,
        **traits: Any,
    ) -> None:
        if isinstance(source, WordSensesStudy):
            if senses is not None:
                raise ValueError(
                    "a study brings its own sentences; leave senses out, or give a model"
                )
            told = [_of_study(each) for each in source.models]
            held = source.models[0]
            first = held.words["before"][0] if word is None else held.word(word)
        else:
            lms = _models(source)
            lm = lms if lm is None else lm
            if word is None or senses is None:
                raise ValueError(
                    "give a word and its sentences by sense, such as 'bank' and {'money': [...], "
                    "'river': [...]}; or give the result of the study"
                )
            told = _read(lms, word, *_two(senses))
            first = told[0][2]["before"][0]
        self._lms = _models(lm) if lm is not None else []
        names = [name for name, *_ in told]
        start: dict[str, Any] = {"word": first.word, "model": names[0], "layer": first.best - 1}
        super().__init__(study=_pack(told), can_run=bool(self._lms), **(start | traits))
        words = [each["word"] for each in self.study["words"]]
        most = max(each["layers"] for each in self.study["models"])
        self.linked = self.linked | {
            "word": {"kind": "choice", "values": words},
            "model": {"kind": "choice", "values": names},
            "layer": {"kind": "number", "whole": True, "min": -1, "max": most - 1},
        }

    def still(self) -> Element | None:
        """The gap at each layer of the chosen model, and the sentences."""
        held = self.study if self.word else self.own
        models = {each["model"]: each for each in held["models"]}
        if not models:
            return None
        told = models.get(self.model) or next(iter(models.values()))
        each = next((e for e in held["words"] if e["word"] == self.word), held["words"][0])
        cue = self.cue if self.cue in each["cues"] else "before"
        place = [e for e in held["words"] if cue in e["cues"]].index(each)
        gaps = np.frombuffer(told[cue]["gap"], np.float16).reshape(-1, told["layers"] + 1, 3)[place]
        most = max(float(gaps[:, 0].max()), 1e-6)
        rows = [
            still.Bar(
                f"layer {depth - 1}" if depth else "embedding",
                max(0.0, float(gap)) / most,
                f"{gap:.2f} ({low:.2f} to {high:.2f})",
            )
            for depth, (gap, low, high) in enumerate(gaps)
        ]
        held_by_cue = each["cues"][cue]
        sentences = [
            (each["senses"][mark], text)
            for mark, text in zip(held_by_cue["marks"], held_by_cue["sentences"], strict=True)
        ]
        return still.figure(
            self.title or self.heading,
            f"“{each['word']}” in two senses: {' and '.join(each['senses'])} ({told['model']})",
            still.bars(("after", "gap between the senses (interval)"), rows, COLOURS["stream"]),
            still.table(("sense", "sentence"), sentences),
        )

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        if message.get("kind") != "senses":
            return super()._answer(message)
        if not self._lms:
            raise ValueError(
                "this widget has no model to read your own sentences; give it one with lm="
            )
        word = str(message["word"]).strip()
        lists = [_lines(str(message[name])) for name in ("first", "second")]
        told = _read(self._lms, word, ("first sense", "second sense"), *lists)
        names = [name for name, *_ in told]
        with self.hold_sync():
            self.own = _pack(told)
            self.word = ""
            self.cue = "before"
            self.model = self.model if self.model in names else names[0]
            shown = told[names.index(self.model)]
            self.layer = shown[2]["before"][0].best - 1
        return {}, []


def _models(lm: LanguageModel | Sequence[LanguageModel]) -> list[LanguageModel]:
    return [lm] if isinstance(lm, LanguageModel) else list(lm)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _two(
    senses: Mapping[str, Sequence[str]],
) -> tuple[tuple[str, str], Sequence[str], Sequence[str]]:
    if len(senses) != 2:
        raise ValueError(f"there are {len(senses)} senses; expected two, each with its sentences")
    (one, first), (other, second) = senses.items()
    for name, sentences in senses.items():
        if isinstance(sentences, str):
            raise TypeError(f"the sentences of {name!r} are one string; expected a list of them")
    return (one, other), first, second


def _read(
    lms: Sequence[LanguageModel],
    word: str,
    names: tuple[str, str],
    first: Sequence[str],
    second: Sequence[str],
) -> list[_Told]:
    if max(len(first), len(second)) > MOST_SENTENCES:
        raise ValueError(
            f"there are {max(len(first), len(second))} sentences of one sense; give at most "
            f"{MOST_SENTENCES}, more paths cannot be told apart"
        )
    return [
        (lm.info.id, lm.is_causal, {"before": [measure(lm, word, first, second, names)]}, {})
        for lm in lms
    ]


def _of_study(each: ModelSenses) -> _Told:
    two = {cue: [held.first[:, 0], held.second[:, 0]] for cue, held in each.groups.items()}
    two["before"].append(each.scenes.second[:, 0])
    return each.model, each.causal, each.words, two


def _pack(told: Sequence[_Told]) -> dict[str, Any]:
    """What the front end reads (`js/src/sense_map/data.js`): texts once, arrays as half floats."""
    _, _, by_cue, _ = told[0]
    words: list[dict[str, Any]] = []
    for each in by_cue["before"]:
        cues = {
            cue: {
                "sentences": list(held.sentences),
                "spans": [list(span) for span in held.spans],
                "marks": list(held.marks),
            }
            for cue, all_held in by_cue.items()
            for held in all_held
            if held.word == each.word
        }
        words.append(
            {"word": each.word, "kind": each.kind, "senses": list(each.senses), "cues": cues}
        )
    models = []
    for name, causal, by_cue, groups in told:
        model: dict[str, Any] = {"model": name, "causal": causal}
        for cue, held in by_cue.items():
            model["layers"] = len(held[0].gap) - 1
            model[cue] = {
                "points": _halves(np.stack([each.points for each in held])),
                "gap": _halves(np.stack([each.gap for each in held])),
                "nearest": np.stack([each.nearest for each in held]).tobytes(),
            }
            if cue in groups:
                model[cue]["groups"] = _halves(np.stack(groups[cue]))
        models.append(model)
    return {"words": words, "models": models}


def _halves(array: Array) -> bytes:
    return array.astype("<f2").tobytes()
