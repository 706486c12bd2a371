"""A peer's page of attention: `python _attention_peers.py <peer> <patterns.npz> <page.html>`.

Runs in the peers' environment. Each page is what its library shows in a notebook.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

PAGE = "<!doctype html><meta charset=utf-8><title>attention</title><body>\n{}\n</body>"


def main() -> None:
    peer, source, target = sys.argv[1:]
    held = np.load(source)
    patterns, tokens = held["patterns"], [str(token) for token in held["tokens"]]
    if peer == "BertViz":
        from bertviz import head_view

        layers = [torch.from_numpy(layer)[None] for layer in patterns]
        written = head_view(layers, tokens, html_action="return").data
    else:
        from circuitsvis.attention import attention_heads

        heads = patterns.reshape(-1, *patterns.shape[2:])
        written = attention_heads(heads, tokens, mask_upper_tri=True).local_src
    Path(target).write_text(PAGE.format(written), encoding="utf-8")


if __name__ == "__main__":
    main()
