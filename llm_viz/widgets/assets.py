"""Files that many views share, such as a vocabulary: published once, asked for by name.

On a page the site copies them beside the views; in a notebook a view asks the kernel for them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from llm_viz.files import written_whole
from llm_viz.front_end import built
from llm_viz.model import LanguageModel
from llm_viz.model.assets import cache_dir
from llm_viz.model.page_tokenizer import page_tokenizer
from llm_viz.model.tokenizer import show_token
from llm_viz.widget_state import CLASSIC


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
    return publish(lm.info.vocabulary, lm.tokenizer.vocabulary)


def publish_tokenizer(lm: LanguageModel) -> dict[str, str]:
    """Make assets of what a page needs to cut text itself; returns their names by role.

    The third of them, ``vocabulary``, is what `publish_vocabulary` publishes.

    Raises:
        FileNotFoundError: the front end is not built.
    """
    library = built("tokenizer_library.js").read_bytes()
    return {
        "vocabulary": publish_vocabulary(lm),
        "tokenizer": publish_content("tokenizer", "json", _for_page(lm.tokenizer)),
        "tokenizer_library": publish_content("tokenizer_library", "js", library),
    }


def publish_plotly() -> str:
    """Make plotly.js, of the same release as the installed plotly, an asset; returns its name.

    It is a classic script: a page may run the file as it is, from a host and from a disk.
    """
    import plotly  # late: only pages with a plot need it

    source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    return publish_content("plotly.min", CLASSIC, source.read_bytes())


def publish_content(role: str, kind: str, content: bytes) -> str:
    """Make an asset named after its role, its content and the kind of file; returns its name."""
    return publish(f"{role}-{hashlib.sha256(content).hexdigest()[:8]}.{kind}", content)


def publish(name: str, content: bytes) -> str:
    """Put an asset where `asset_path` finds it; its name holds a digest, so once is enough."""
    path = cache_dir() / "assets" / name
    if not path.exists():
        with written_whole(path) as part:
            part.write_bytes(content)
    return name


_for_page = lru_cache(maxsize=2)(page_tokenizer)  # a second's work, and the same for every view


def shown_tokens(vocabulary: str, token_ids: Iterable[int]) -> list[str]:
    """Tokens as shown to people, by a published vocabulary: a view may have no model."""
    tokens, special = _read_vocabulary(asset_path(vocabulary))
    return [str(tokens[i]) if i in special else _shown(tokens[i]) for i in map(int, token_ids)]


def _shown(token: str | list[int]) -> str:
    return show_token(bytes(token) if isinstance(token, list) else token)


@lru_cache(maxsize=4)
def _read_vocabulary(path: Path) -> tuple[list[str | list[int]], frozenset[int]]:
    table = json.loads(path.read_bytes())
    return table["tokens"], frozenset(table["special"])
