"""What can be read off traces and texts: NumPy in, small frozen results out; never weights."""

from llm_viz.analyses.likeness import Likeness, likeness

__all__ = ["Likeness", "likeness"]
