"""The one table of activation sites: what each is called, how it is shaped, what it means.

Python imports this table; JavaScript reads a file generated from it (`as_json`). Nothing else in
the project spells out a site's axes. This module imports nothing but the standard library, so that
the front-end build can load it before the package's needs are installed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """One kind of activation.

    Attributes:
        name: the key in a trace, as in ``trace["pattern"]``.
        axes: names of the array's axes, in order; the batch axis is dropped.
        meaning: one line for people.
        derived: True if a trace computes it from other sites when asked, and does not store it.
    """

    name: str
    axes: tuple[str, ...]
    meaning: str
    derived: bool = False


AXES: dict[str, str] = {
    "layer": "block of the model, 0 = the first",
    "head": "attention head (query head)",
    "kv_head": "key/value head; several query heads may share one",
    "query": "position that looks",
    "key": "position that is looked at",
    "pos": "position in the text, 0 = the first token",
    "d_model": "width of the residual stream",
    "d_head": "width of one attention head",
    "d_mlp": "neurons of one feed-forward layer",
    "d_vocab": "tokens of the vocabulary",
    "norm": "0 = the norm before attention, 1 = the norm before the feed-forward layer",
}

SITES: dict[str, Site] = {
    site.name: site
    for site in (
        Site("embed", ("pos", "d_model"), "token embeddings, before any block"),
        Site("resid_pre", ("layer", "pos", "d_model"), "residual stream entering a block"),
        Site("attn_out", ("layer", "pos", "d_model"), "what attention adds to the stream"),
        Site("resid_mid", ("layer", "pos", "d_model"), "stream between attention and feed-forward"),
        Site("mlp_out", ("layer", "pos", "d_model"), "what the feed-forward layer adds"),
        Site("resid_post", ("layer", "pos", "d_model"), "residual stream leaving a block"),
        Site("resid_final", ("pos", "d_model"), "residual stream before the final norm"),
        Site("norm_scale", ("layer", "norm", "pos"), "what each norm divides by"),
        Site("q", ("layer", "head", "pos", "d_head"), "queries, before rotation"),
        Site("k", ("layer", "kv_head", "pos", "d_head"), "keys, before rotation"),
        Site("v", ("layer", "kv_head", "pos", "d_head"), "values"),
        Site("q_rot", ("layer", "head", "pos", "d_head"), "queries, after rotation"),
        Site("k_rot", ("layer", "kv_head", "pos", "d_head"), "keys, after rotation"),
        Site(
            "attn_scores",
            ("layer", "head", "query", "key"),
            "scaled query · key, before mask and softmax",
            derived=True,
        ),
        Site(
            "pattern",
            ("layer", "head", "query", "key"),
            "attention: the share of each key in each query's look",
            derived=True,
        ),
        Site("z", ("layer", "head", "pos", "d_head"), "values gathered by each head"),
        Site(
            "head_out",
            ("layer", "head", "pos", "d_model"),
            "what each head writes to the stream (captured only when named)",
        ),
        Site("mlp_gate", ("layer", "pos", "d_mlp"), "gate of each neuron, before its activation"),
        Site("mlp_pre", ("layer", "pos", "d_mlp"), "input of each neuron"),
        Site("mlp_post", ("layer", "pos", "d_mlp"), "output of each neuron"),
        Site("logits", ("pos", "d_vocab"), "score of every token as the next one"),
    )
}

# Sites that `run` leaves out unless they are named: head_out is n_heads times the size of attn_out.
ON_REQUEST: frozenset[str] = frozenset({"head_out"})
# Sites that can be kept at some positions only: by far the widest.
NARROWED: frozenset[str] = frozenset({"head_out", "logits"})


def check_sites(names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return ``names`` as a tuple, in table order and without repeats.

    Raises:
        KeyError: a name is not in the table; the message lists the names that are.
    """
    if isinstance(names, str):
        names = (names,)
    unknown = [name for name in names if name not in SITES]
    if unknown:
        raise KeyError(f"unknown site {unknown[0]!r}; the sites are {', '.join(SITES)}")
    return tuple(name for name in SITES if name in names)


def as_json() -> dict[str, object]:
    """The table as plain data, for the file that JavaScript reads."""
    return {
        "sites": {
            name: {"axes": list(site.axes), "meaning": site.meaning, "derived": site.derived}
            for name, site in SITES.items()
        },
        "axes": AXES,
    }
