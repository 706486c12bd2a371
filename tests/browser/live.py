"""A view with Python at the other end, without a notebook around it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from llm_viz.widgets.base import View
from tests.browser.support import Visitor, serving
from tests.widgets.support import ask

PAGE = """<!DOCTYPE html><html lang="en"><title>Live</title><style id="style"></style><body></body>
<script type="module">
const heard = new Map();
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const revive = (_, value) => (value && Object.hasOwn(value, "bytes") ? bytes(value.bytes) : value);
const state = JSON.parse(await window.traits(), revive);
const emit = (event, ...values) => (heard.get(event) ?? []).forEach((listen) => listen(...values));
const model = {
  get: (name) => state[name],
  set: (name, value) => { state[name] = value; emit(`change:${name}`); },
  on: (event, listen) => heard.set(event, [...(heard.get(event) ?? []), listen]),
  off: () => {},
  save_changes: () => {},
  async send(message) {
    const [content, buffers] = await window.ask(message);
    emit("msg:custom", content, buffers.map(bytes));
  },
};
document.getElementById("style").textContent = state._css;
const source = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
(await import(source)).default.render({ model, el: document.body });
</script></html>"""


@contextmanager
def live(
    widget: View,
    visitor: Visitor,
    folder: Path,
    asked: Callable[[dict[str, Any]], None] = lambda _message: None,
) -> Iterator[Page]:
    """A page that shows a widget, which answers; ``asked`` hears every question first."""
    held = {name: getattr(widget, name) for name in widget.traits(sync=True)}
    traits = json.dumps(
        {name: value for name, value in held.items() if _is_data(value)}, default=_bytes
    )

    def answer(message: dict[str, Any]) -> tuple[Any, list[str]]:
        asked(message)
        content, buffers = ask(widget, **message)
        return content, [b64encode(buffer).decode() for buffer in buffers or ()]

    (folder / "live.html").write_text(PAGE, encoding="utf-8")
    with serving(folder) as address:
        page = visitor.open("about:blank", script=";")
        page.expose_function("traits", lambda: traits)
        page.expose_function("ask", answer)
        page.goto(f"{address}/live.html", wait_until="load")
        yield page


def _bytes(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(f"{value!r} is no trait that a page holds")
    return {"bytes": b64encode(value).decode()}


def _is_data(value: object) -> bool:
    """Not a widget, such as the layout."""
    try:
        json.dumps(value, default=_bytes)
    except TypeError:
        return False
    return True
