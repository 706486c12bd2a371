"""Files that many views share, such as a vocabulary: published once, asked for by name.

On a page the site copies them beside the views; in a notebook a view asks the kernel for them.
"""

from __future__ import annotations

import re
from pathlib import Path

from llm_viz.files import written_whole
from llm_viz.model import LanguageModel
from llm_viz.model.assets import cache_dir


def asset_path(name: str) -> Path:
    """Where the asset of this name lies.

    Raises:
        ValueError: the name is not a plain file name.
        FileNotFoundError: nothing of this name was published on this machine.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", name):
        raise ValueError(f"{name!r} is not the name of an asset")
    path = cache_dir() / "assets" / name
    if not path.exists():
        raise FileNotFoundError(
            f"the asset {name} is not on this machine; load the model that it belongs to once"
        )
    return path


def publish_vocabulary(lm: LanguageModel) -> str:
    """Make a model's vocabulary an asset; returns its name."""
    name = lm.info.vocabulary
    path = cache_dir() / "assets" / name
    if not path.exists():
        with written_whole(path) as part:
            part.write_bytes(lm.tokenizer.vocabulary)
    return name
