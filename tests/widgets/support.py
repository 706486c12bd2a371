"""Asking a widget as its front end does."""

from __future__ import annotations

from typing import Any

from llm_viz.widgets.base import View


def ask(widget: View, **message: Any) -> tuple[dict[str, Any], list[bytes]]:
    """Send a message as a front end does; returns what the widget sends back."""
    sent = []
    widget.send = lambda content, buffers=None: sent.append((content, buffers))
    widget._handle_custom_msg({"id": 7, **message}, [])
    (reply,) = sent
    return reply
