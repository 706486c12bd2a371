"""What a page holds of one text on its way through a model: a few kilobytes for the view Stack.

Safetensors, one array for each of those of `llm_viz.analyses.stages.Stages`. Positions are bytes;
shares of attention are whole 65,535ths, off by at most 8 in a million; everything else is exact.
Under ``llm_viz_stages`` in the header: the schema, the text, its tokens and their numbers, and what
each token that occurs in an array is called. `js/src/stack/file.js` reads it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from llm_viz import packed
from llm_viz.analyses.stages import Array, Stages

SCHEMA = 1
MOST_TOKENS = 64
SHARES = 65_535


def pack(made: Stages, show: Callable[[int], str]) -> bytes:
    """The stages of a text as bytes for a page.

    Args:
        made: at most `MOST_TOKENS` tokens.
        show: gives a token as shown to people.

    Raises:
        ValueError: the text is too long.
    """
    check_length(len(made.tokens))
    arrays: dict[str, Array] = {
        "lengths": made.lengths.astype(np.float32),
        "added": made.added.astype(np.float32),
        "top_keys": made.top_keys.astype(np.uint8),
        "top_shares": np.rint(SHARES * made.top_shares).astype(np.uint16),
        "active": made.active.astype(np.uint32),
        "strongest": made.strongest.astype(np.uint32),
        "outputs": made.outputs.astype(np.float32),
    }
    ids: set[int] = set()
    for name, tokens in (("guesses", made.guesses), ("next_ids", made.next_ids)):
        if tokens is not None:
            arrays[name] = tokens.astype(np.uint32)
            ids.update(map(int, np.unique(tokens)))
    if made.next_scores is not None and made.next_probs is not None:
        arrays["next_scores"] = made.next_scores.astype(np.float32)
        arrays["next_probs"] = made.next_probs.astype(np.float32)
    told = {
        "schema": SCHEMA,
        "text": made.text,
        "tokens": made.tokens,
        "token_ids": made.token_ids,
        "names": {i: show(i) for i in sorted(ids)},
    }
    return packed.pack("llm_viz_stages", arrays, told)


def check_length(n_tokens: int) -> None:
    """Say so if a text has more tokens than a page shows.

    Raises:
        ValueError: it has.
    """
    if n_tokens > MOST_TOKENS:
        raise ValueError(
            f"the text has {n_tokens:,} tokens; this view shows at most {MOST_TOKENS}. Shorten it"
        )
