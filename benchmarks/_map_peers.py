"""Export words on a map with a peer: `python _map_peers.py <peer> <points.json> <target>`.

Runs in the peers' environment. jupyter-scatter has no export of its own: what is written is its
widget's state, as notebooks keep it. embedding-atlas writes a folder that any host can serve.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd


def jupyter_scatter(points: pd.DataFrame, target: Path) -> None:
    import jscatter
    from ipywidgets.embed import dependency_state

    widget = jscatter.Scatter(data=points, x="x", y="y", height=520).widget
    models = dependency_state([widget], drop_defaults=False)
    target.write_text(json.dumps(models[widget.model_id]), encoding="utf-8")


def embedding_atlas(points: pd.DataFrame, target: Path) -> None:
    table = target.with_suffix(".parquet")
    points.to_parquet(table)
    command = [str(Path(sys.executable).with_name("embedding-atlas")), str(table)]
    columns = ["--x", "x", "--y", "y", "--text", "word", "--disable-projection"]
    subprocess.run([*command, *columns, "--export-application", str(target)], check=True)


PEERS = {"jupyter-scatter": jupyter_scatter, "embedding-atlas": embedding_atlas}


def main() -> None:
    points = pd.DataFrame(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    PEERS[sys.argv[1]](points, Path(sys.argv[3]))


if __name__ == "__main__":
    main()
