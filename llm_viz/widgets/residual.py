"""`ResidualStream`: how each layer pushed a token's logit up or down, step by step to the last.

Everything on the page is added up from whole hundredths of a logit, see `llm_viz.widgets.pushes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import traitlets

from llm_viz.analyses.attribution import Component, check_attributable
from llm_viz.model import LanguageModel
from llm_viz.style import COLOURS, written
from llm_viz.widgets import still
from llm_viz.widgets.base import View
from llm_viz.widgets.pushes import IN_A_LOGIT, pack_prompt, shape_of, steps_of

STILL_ROWS = 10
ORDERS = ["size", "up", "down", "depth"]
COLOUR_OF = {
    "embedding": COLOURS["stream"],
    "head": COLOURS["attention"],
    "bias": COLOURS["attention"],
    "mlp": COLOURS["mlp"],
    "constant": COLOURS["off"],
}


class ResidualStream(View):
    """What every attention layer and every FFN added to a token's logit, and the running total.

    The logit is taken apart as `llm_viz.analyses.logit_attribution` does it, with the scale of the
    final norm held at what it was. A layer's attention opens into its heads.

    Args:
        lm: a model that predicts tokens; it also reads the reader's own text.
        texts: the prompt or prompts to choose from; or a mapping from each to tokens of its own.
        tokens: whose logits can be chosen after every text, besides the likeliest ten and the token
            that really comes next; by id or by exact text (``" Paris"``).
        positions: of each text, the tokens after which the prediction can be looked at; negative
            ones count from the end. None carries every position, of a text of more than 32 tokens
            the last 32.
        labels: how the prompts are called in the list; their texts if left out.
        token, minus: what is shown first, by id or by exact text: the token whose logit it is
            (None: the likeliest), and one whose logit is taken away from it.
        traits: any other trait, such as ``title``, ``caption``, ``prompt``, ``position``,
            ``layer``, ``heads`` or ``order``.

    Raises:
        ValueError: no text, a text for a token that is not one token, or a model whose logits are
            no such sum.
        IndexError: a position is out of a text's range.

    Examples:
        >>> llm_viz.widgets.ResidualStream(                              # doctest: +SKIP
        ...     lm, "The capital of France is", token=" Paris", minus=" Tokyo", tokens=[" Tokyo"]
        ... )
    """

    front_end = "residual"
    heading = "A logit, step by step"

    prompts = traitlets.List(traitlets.Dict()).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    shape = traitlets.Dict().tag(sync=True)
    own = traitlets.Dict().tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    prompt = traitlets.Int(0, min=-1).tag(sync=True, linked=True)
    position = traitlets.Int(None, allow_none=True, min=0).tag(sync=True, linked=True)
    token = traitlets.Int(None, allow_none=True, min=0).tag(sync=True, linked=True)
    minus = traitlets.Int(None, allow_none=True, min=0).tag(sync=True, linked=True)
    layer = traitlets.Int(None, allow_none=True, min=0).tag(sync=True, linked=True)
    heads = traitlets.Bool(False).tag(sync=True, linked=True)
    order = traitlets.Enum(ORDERS, "size").tag(sync=True, linked=True)

    def __init__(
        self,
        lm: LanguageModel,
        texts: str | Sequence[str] | Mapping[str, Sequence[int | str]],
        *,
        tokens: Sequence[int | str] = (),
        positions: Sequence[int] | None = None,
        labels: Sequence[str] | None = None,
        token: int | str | None = None,
        minus: int | str | None = None,
        **traits: Any,
    ) -> None:
        check_attributable(lm)
        of_text = _by_text(texts)
        if labels is not None and len(labels) != len(of_text):
            raise ValueError(f"{len(labels)} labels for {len(of_text)} prompts; give one for each")
        first, taken = (None if t is None else lm.token_id(t) for t in (token, minus))
        self._lm = lm
        self._tokens = [lm.token_id(each) for each in _listed(tokens)]
        self._tokens += [each for each in (first, taken) if each is not None]
        shape = shape_of(lm)
        packed = [
            pack_prompt(
                lm,
                text,
                [*self._tokens, *map(lm.token_id, own)],
                constant=shape["constant"],
                positions=positions,
            )
            for text, own in of_text.items()
        ]
        super().__init__(
            prompts=packed,
            labels=list(labels or of_text),
            shape=shape,
            token=first,
            minus=taken,
            **traits,
        )
        longest = max(len(each["tokens"]) for each in packed)
        most = {
            "prompt": len(packed),
            "position": longest,
            "layer": lm.dims.n_layers,
            "token": lm.dims.d_vocab,
            "minus": lm.dims.d_vocab,
        }
        self.linked = {
            **self.linked,
            **{name: {**self.linked[name], "min": 0, "max": n - 1} for name, n in most.items()},
        }

    def still(self) -> Element:
        """The biggest pushes of the prompt, position and token that are chosen."""
        title = self.title or self.heading
        prompt = self.own if self.prompt == -1 else self.prompts[self.prompt]
        position = prompt["positions"][-1] if self.position is None else self.position
        try:
            steps, chances = steps_of(prompt, position)
        except ValueError as error:
            return still.figure(title, str(error))
        names = prompt["names"]
        token = self.token if self.token in steps else next(iter(steps))
        values = steps[token]
        what = f"logit of {names[str(token)]} ({written(chances[token])})"
        if self.minus in steps and self.minus != token:
            values = values - steps[self.minus]
            what = f"logit of {names[str(token)]} less that of {names[str(self.minus)]}"
        components = components_of(self.shape)
        best = np.argsort(-np.abs(values), kind="stable")[:STILL_ROWS]
        most = max(1, int(np.abs(values).max()))
        rows = [
            still.Bar(
                components[i].label,
                abs(int(values[i])) / most,
                _words(values[i]),
                COLOUR_OF[components[i].kind],
            )
            for i in best
        ]
        picture = still.bars(("part of the model", "pushed the logit"), rows, COLOURS["off"])
        read = "".join(prompt["tokens"][: position + 1])
        text = (
            f"{read} … The {what} is {_signed(values.sum())}, the sum of what {len(values)} parts "
            f"added, the last norm's scale held as it was; here are the {len(best)} biggest."
        )
        return still.figure(title, text, picture)

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        if message.get("kind") != "pushes":
            return super()._answer(message)
        text = str(message.get("text"))
        if not text.strip():
            raise ValueError("the text is empty; type at least one character")
        packed = pack_prompt(self._lm, text, self._tokens, constant=self.shape["constant"])
        buffers = [packed.pop("steps"), packed.pop("chances")]
        return {"prompt": packed}, buffers


def components_of(shape: Mapping[str, Any]) -> list[Component]:
    """The components that a prompt's steps stand for, see `llm_viz.widgets.pushes.shape_of`."""
    found = [Component("embedding")]
    for layer in range(shape["layers"]):
        found += [Component("head", layer, head) for head in range(shape["heads"])]
        if shape["bias"]:
            found.append(Component("bias", layer))
        found.append(Component("mlp", layer))
    return [*found, Component("constant")] if shape["constant"] else found


def _by_text(
    texts: str | Sequence[str] | Mapping[str, Sequence[int | str]],
) -> dict[str, list[int | str]]:
    if isinstance(texts, Mapping):
        found = {text: _listed(own) for text, own in texts.items()}
    else:
        found = {text: [] for text in ([texts] if isinstance(texts, str) else texts)}
    if not found:
        raise ValueError("give a text, or a list of texts, whose prediction to take apart")
    return found


def _listed(tokens: int | str | Sequence[int | str]) -> list[int | str]:
    return [tokens] if isinstance(tokens, int | str) else list(tokens)


def _signed(hundredths: int) -> str:
    return f"{hundredths / IN_A_LOGIT:+.2f}".replace("-", "−")


def _words(hundredths: int) -> str:
    return f"{'up' if hundredths > 0 else 'down'} by {abs(hundredths) / IN_A_LOGIT:.2f}"
