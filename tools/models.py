"""Fetch the bundled models, vectors and texts and convert them, once: `python tools/models.py`.

Loading them does this by itself. Doing it first shows the progress bar to whoever waits, and not
inside a notebook that is being executed or a test that seems to hang.
"""

from __future__ import annotations

from llm_viz.model import assets
from llm_viz.model.loading import BUNDLED
from llm_viz.model.vectors import BUNDLED as BUNDLED_VECTORS


def main() -> None:
    names = [find().info.id for find in BUNDLED.values()]
    for name, find_vectors in BUNDLED_VECTORS.items():
        find_vectors()
        names.append(name)
    assets.fetch_archive(assets.KING_JAMES)
    names.append("the King James Bible")
    print(f"models: {', '.join(names)} in the cache", flush=True)


if __name__ == "__main__":
    main()
