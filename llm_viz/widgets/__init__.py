"""The views: one widget class each, live with and without a kernel."""

from llm_viz.widgets.next_token import NextToken

__all__ = ["NextToken"]
