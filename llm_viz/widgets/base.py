"""`View`: what every widget of the package has in common.

A view's state is its traits, so that a page can show it again without Python. Messages serve only
to ask Python for what needs the model or a shared file, and each is answered once, with data or
with one sentence that says what went wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from xml.etree.ElementTree import Element

import anywidget
import traitlets

from llm_viz.front_end import built
from llm_viz.trace import Trace
from llm_viz.widgets.assets import asset_path
from llm_viz.widgets.still import html

LONGEST_TEXT = 2000  # characters of a text in an address


def rule(trait: traitlets.TraitType[Any, Any]) -> dict[str, Any]:
    """What a trait may be, as a page's script checks it (`js/src/state.js`)."""
    match trait:
        case traitlets.Bool():
            return {"kind": "flag"}
        case traitlets.Enum():
            return {"kind": "choice", "values": list(trait.values or ())}
        case traitlets.Unicode():
            return {"kind": "text", "most": LONGEST_TEXT}
        case traitlets.Int() | traitlets.Float():
            allowed: dict[str, Any] = {"kind": "number", "none": trait.allow_none}
            allowed["whole"] = isinstance(trait, traitlets.Int)
            bounds = {"min": trait.min, "max": trait.max}
            return allowed | {k: v for k, v in bounds.items() if v is not None and abs(v) < 1e300}
        case _:
            raise TypeError(f"a trait of type {type(trait).__name__} cannot stand in an address")


class View(anywidget.AnyWidget):
    """Base class of the views.

    A subclass names its front end in ``front_end`` (`js/src/views/<front_end>.js`) and declares the
    traits that this front end reads.

    Attributes:
        title: says what is seen.
        caption: says what to try.
        assets: shared files that the view asks for by name, by what they are for.
        linked: the traits that a page keeps in its address, each with the values that it may have.
        group: ``"page"`` makes the figures of a page share one state; ``""`` leaves each its own.
    """

    front_end: ClassVar[str]
    heading: ClassVar[str]  # stands for an empty title where the front end does not run

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    caption = traitlets.Unicode("").tag(sync=True)
    assets = traitlets.Dict(value_trait=traitlets.Unicode()).tag(sync=True)
    linked = traitlets.Dict().tag(sync=True)
    group = traitlets.Enum(["", "page"], "").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._on_message)

    @traitlets.default("_esm")
    def _read_front_end(self) -> str:
        return built(f"views/{self.front_end}.js").read_text(encoding="utf-8")

    @traitlets.default("_css")
    def _read_style(self) -> str:
        return built(f"views/{self.front_end}.css").read_text(encoding="utf-8")

    @traitlets.default("linked")
    def _rules(self) -> dict[str, dict[str, Any]]:
        """What the traits that are tagged ``linked`` may be, for a page's address."""
        return {name: rule(trait) for name, trait in self.traits(linked=True).items()}

    def still(self) -> Element | None:
        """The view as a picture that cannot be moved, see `llm_viz.widgets.still`.

        It stands where JavaScript does not run. None if a view has none.
        """
        return None

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        picture = self.still()
        if bundle is None or picture is None:
            return bundle
        data, metadata = bundle
        return {**data, "text/html": html(picture)}, metadata

    def trace_for(self, text: str) -> Trace:
        """What this view needs to know of a reader's own text; views with a model override it."""
        raise ValueError(
            "this widget was made from a saved trace and has no model; make it from a model to "
            "read your own text"
        )

    def _on_message(self, _widget: Any, message: Any, _buffers: Any) -> None:
        if not isinstance(message, dict) or "id" not in message:
            return
        try:
            answer, buffers = self._answer(message)
            reply = {"kind": "reply", "id": message["id"], "ok": True, **answer}
        except Exception as error:  # noqa: BLE001 - shown where the reader is looking
            reply, buffers = {"kind": "reply", "id": message["id"], "ok": False}, []
            reply["error"] = str(error) or type(error).__name__
        self.send(reply, buffers)

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        match message.get("kind"):
            case "hello":
                return {}, []
            case "asset":
                return {}, [asset_path(str(message.get("name"))).read_bytes()]
            case "trace":
                return {}, [self.trace_for(str(message.get("text"))).encode()]
            case kind:
                raise ValueError(f"{kind!r} is no question that a view answers")
