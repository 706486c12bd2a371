"""`Tokens`: how any text is cut into tokens, typed live or side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.analyses import TextLengths, text_lengths
from llm_viz.model import LanguageModel
from llm_viz.style import COLOURS
from llm_viz.widgets import still
from llm_viz.widgets.assets import publish_tokenizer
from llm_viz.widgets.base import LONGEST_TEXT, View


class Tokens(View):
    """How a text is cut: a chip for each token, and what a token holds.

    The reader types, and the page cuts: the model's tokenizer runs in the browser, where it can.

    Args:
        lm: the model whose tokenizer cuts.
        text: stands in the field at first.
        texts: texts to compare, each with a bar on one scale.
        labels: how these are called, such as languages; left out, they stand for themselves.
        translations: whether `texts` say the same thing; then each is compared with the first.
        measure: what the bars show at first: ``"tokens"``, ``"per_word"``, ``"per_character"`` or
            ``"bytes_per_token"``.
        traits: any other trait, such as ``title`` or ``caption``.

    Raises:
        ValueError: a text that is too long or cannot be read, or labels that are not one a text.

    Examples:
        >>> llm_viz.widgets.Tokens(lm, "The cat sat.")      # doctest: +SKIP
    """

    front_end = "tokens"
    heading = "How a text is cut"

    text = traitlets.Unicode("").tag(sync=True, linked=True)
    texts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    translations = traitlets.Bool(False).tag(sync=True)
    measure = traitlets.Enum(
        ["tokens", "per_word", "per_character", "bytes_per_token"], "tokens"
    ).tag(sync=True, linked=True)
    known = traitlets.Dict().tag(sync=True)
    around = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        lm: LanguageModel,
        text: str = "",
        texts: Sequence[str] | None = None,
        *,
        labels: Sequence[str] | None = None,
        translations: bool = False,
        **traits: Any,
    ) -> None:
        self._lm = lm
        compared = [] if texts is None else list(texts)
        if labels is not None and len(labels) != len(compared):
            raise ValueError(f"{len(labels)} labels for {len(compared)} texts; give one for each")
        super().__init__(
            text=text,
            texts=compared,
            labels=list(labels) if labels is not None else [""] * len(compared),
            translations=translations,
            known={each: self._cut(each) for each in {text: 0, "": 0} | dict.fromkeys(compared)},
            around=_around(lm),
            assets=publish_tokenizer(lm),
            **traits,
        )

    def still(self) -> Element:
        """The texts with their tokens, and how many these are."""
        named = [*zip(self.labels, self.texts, strict=True)] or [("", self.text)]
        counted = [(label or text, text, self._lengths(text)) for label, text in named]
        longest = max(lengths.tokens for _, _, lengths in counted) or 1
        bars = [
            still.Bar(name, lengths.tokens / longest, f"{lengths.tokens:,}")
            for name, _, lengths in counted
        ]
        cut = [(name, " | ".join(self.known[text]["tokens"])) for name, text, _ in counted]
        return still.figure(
            self.title or self.heading,
            "",
            still.bars(("text", "tokens"), bars, COLOURS["stream"]),
            still.table(("text", "its tokens, divided by |"), cut),
        )

    def _lengths(self, text: str) -> TextLengths:
        if text not in self.known:  # the reader's, when the notebook is saved
            self.known = {**self.known, text: self._cut(text)}
        return text_lengths(text, len(self.known[text]["ids"]))

    def _cut(self, text: str) -> dict[str, list[Any]]:
        if not isinstance(text, str):
            raise TypeError(f"a text is {type(text).__name__}; expected a string")
        if len(text) > LONGEST_TEXT:
            raise ValueError(
                f"the text has {len(text):,} characters; at most {LONGEST_TEXT:,} are cut here. "
                "Shorten it"
            )
        ids = self._lm.token_ids(text, add_start=False)
        return {"ids": ids, "tokens": [self._lm.tokenizer.show(i) for i in ids]}

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        if message.get("kind") == "tokens":
            return dict(self._cut(str(message.get("text")))), []
        return super()._answer(message)


def _around(lm: LanguageModel) -> dict[str, list[Any]]:
    """The tokens that stand around every text of this model: number, and how it is shown."""
    ids = {"start": lm.tokenizer.start_id, "end": lm.tokenizer.end_id}
    return {name: [i, lm.tokenizer.show(i)] for name, i in ids.items() if i is not None}
