"""`Editing`: the verbs that change what a model computes, for as long as a block lasts.

Two changes are offered: switching parts off (`ablate`), and putting in values from another run
(`patch`). Each also exists as plain data (`ablation`, `patching`), to be joined by ``|``, put in
force by `edit`, or tried in great numbers by `sweep`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np

from llm_viz.model import sweeping
from llm_viz.model.held import HeldModel
from llm_viz.model.interventions import (
    NO_EDITS,
    Edits,
    heads_by_layer,
    layer_of,
    position_of,
    together,
    write_to,
)
from llm_viz.model.patches import patch
from llm_viz.model.reading import read
from llm_viz.model.reference import PARTS, By, Reference, StandIn
from llm_viz.model.transformer import Transformer
from llm_viz.names import check_sites
from llm_viz.trace import Trace

Array = np.ndarray[Any, np.dtype[Any]]


class Editing(HeldModel):
    """What `LanguageModel` can change; see there for the rest."""

    # --- as blocks ------------------------------------------------------------------------

    @contextlib.contextmanager
    def edit(self, edits: Edits) -> Iterator[Self]:
        """Put changes in force for as long as the block lasts.

        Blocks nest, the innermost change wins, and everything is undone however a block ends.
        """
        self._must_open("changing what it computes")
        before = self.edits
        self.edits = before | edits
        try:
            yield self
        finally:
            self.edits = before

    def ablate(
        self,
        *,
        heads: Iterable[tuple[int, int]] = (),
        attns: Iterable[int] = (),
        mlps: Iterable[int] = (),
        by: By = "zero",
        reference: Reference | Sequence[str] | None = None,
        per_position: bool = False,
        positions: Sequence[int] | None = None,
        seed: int = 0,
    ) -> contextlib.AbstractContextManager[Self]:
        """Switch parts off for as long as the block lasts; see `ablation` for the arguments.

        Examples:
            >>> with lm.ablate(heads=[(18, 6)], mlps=[9, 10]):     # doctest: +SKIP
            ...     lm.run("The cat sat on the", sites=("logits",))
        """
        return self.edit(
            self.ablation(
                heads=heads,
                attns=attns,
                mlps=mlps,
                by=by,
                reference=reference,
                per_position=per_position,
                positions=positions,
                seed=seed,
            )
        )

    def patch(
        self,
        source: Trace | Array,
        site: str,
        *,
        layers: int | Sequence[int] | None = None,
        heads: Sequence[int] | None = None,
        positions: Sequence[int] | None = None,
    ) -> contextlib.AbstractContextManager[Self]:
        """Put in values from another run for as long as the block lasts; see `patching`.

        Examples:
            >>> rome = lm.run("The capital of Italy is", sites=("resid_post",))  # doctest: +SKIP
            >>> with lm.patch(rome, "resid_post", layers=12, positions=[-1]):    # doctest: +SKIP
            ...     lm.run("The capital of Japan is", sites=("logits",))
        """
        return self.edit(
            self.patching(source, site, layers=layers, heads=heads, positions=positions)
        )

    # --- as data --------------------------------------------------------------------------

    def ablation(
        self,
        *,
        heads: Iterable[tuple[int, int]] = (),
        attns: Iterable[int] = (),
        mlps: Iterable[int] = (),
        by: By = "zero",
        reference: Reference | Sequence[str] | None = None,
        per_position: bool = False,
        positions: Sequence[int] | None = None,
        seed: int = 0,
    ) -> Edits:
        """The change that switches parts off: something else stands in for what they put out.

        Args:
            heads: (layer, head) pairs; their ``z`` is replaced.
            attns: layers whose ``attn_out`` is replaced, bias included.
            mlps: layers whose ``mlp_out`` is replaced, bias included.
            by: ``"zero"``; ``"mean"``, the part's mean over the reference; or ``"resample"``, what
                the part put out on a text of the reference.
            reference: texts, or what `reference` made of them, for the latter two.
            per_position: each position gets the mean, or the value, of the same position; texts
                and reference texts must all be equally long. False throws all tokens of the
                reference together, but for the first of each text.
            positions: switch off at these alone, counted from 0; None: at all.
            seed: of the draw of ``"resample"``. Parts drawn with one seed follow one text, or the
                same tokens.

        Raises:
            IndexError: a layer or head is out of range.
            TypeError: ``heads`` is not a list of pairs.
            ValueError: ``by`` is none of these, a reference is missing or of another model, its
                texts differ in length though positions matter, or a position is negative.
        """
        self._must_open("switching parts off")
        parts: list[tuple[str, int, tuple[int, ...] | None]] = [
            ("z", layer, held) for layer, held in heads_by_layer(heads, self.dims).items()
        ]
        parts += [("attn_out", layer_of(layer, self.dims), None) for layer in attns]
        parts += [("mlp_out", layer_of(layer, self.dims), None) for layer in mlps]
        if by not in ("zero", "mean", "resample"):
            raise ValueError(f"by is {by!r}; expected 'zero', 'mean' or 'resample'")
        if any(position < 0 for position in positions or ()):
            raise ValueError(
                f"positions hold {min(positions or ())}; count from the text's start, from 0 on"
            )
        if by != "zero" and not isinstance(reference, Reference):
            if reference is None:
                raise ValueError(f"by={by!r} needs texts to take values from: give reference=")
            reference = self.reference(reference, tuple({site for site, _, _ in parts}))
        writes = []
        for site, layer, held in parts:
            stand_in: StandIn = {}
            if by != "zero":
                assert isinstance(reference, Reference)
                self._must_be_own(reference.weight_hash, "reference")
                like = self.network.embeddings()
                stand_in = reference.stand_in(
                    site, layer, held, by, per_position, seed, like, self.dims
                )
            write = write_to(self.dims, site, layer, held, **stand_in)
            writes.append(write if positions is None else write.only_at(positions))
        return Edits(tuple(writes))

    def patching(
        self,
        source: Trace | Array,
        site: str,
        *,
        layers: int | Sequence[int] | None = None,
        heads: Sequence[int] | None = None,
        positions: Sequence[int] | None = None,
    ) -> Edits:
        """The change that puts in values from another run, or any values at all.

        Activation patching (Vig et al. 2020; Meng et al. 2022). What follows is computed from the
        new values; to put a head's own output back, patch its ``z``.

        Args:
            source: a trace of this model that holds ``site``; or an array of values, (position,
                width) or (head, position, width), for each of ``layers``.
            site: a name from `llm_viz.model.interventions.EDITABLE`.
            layers: a layer or several; None for ``embed`` and ``resid_final``.
            heads: of ``q``, ``z`` and their like; key/value heads for ``k`` and ``v``. None: all.
            positions: change these alone; negative ones count from the end of the source trace.
                None: all, and texts must be as long as the source. Values stay at their positions;
                of an array, the rows go to these positions in order.

        Raises:
            ValueError: the trace is of another model, a site nothing reads from, or an array of a
                wrong shape.
            KeyError: there is no such site, or the trace does not hold it.
            IndexError: a layer, head or position is out of range.
        """
        self._must_open("patching")
        if isinstance(source, Trace):
            self._must_be_own(source.model.weight_hash, "trace")
        several = [layers] if layers is None or isinstance(layers, int) else layers
        like = self.network.embeddings()
        return Edits(
            tuple(
                patch(self.dims, like, source, site, layer, heads, positions) for layer in several
            )
        )

    def reference(self, texts: Sequence[str], sites: Sequence[str] = PARTS) -> Reference:
        """What parts of the unchanged model put out on some texts, to stand in for them.

        Args:
            texts: one or more.
            sites: which of ``z`` (heads), ``attn_out`` and ``mlp_out``; each takes about
                ``4 * n_layers * d_model`` bytes a token.
        """
        if isinstance(texts, str) or not texts:
            raise ValueError("reference texts are a list of one text or more")
        self._must_open("taking values from texts")
        wanted = check_sites(tuple(sites))
        if extra := set(wanted) - set(PARTS):
            raise ValueError(f"sites hold {extra.pop()!r}; a reference keeps {', '.join(PARTS)}")
        ids = [self.readable(text) for text in texts]
        arrays = [read(self.network, NO_EDITS, [one], wanted, None)[0][0] for one in ids]
        outputs = {site: tuple(held[site] for held in arrays) for site in wanted}
        return Reference(tuple(map(len, ids)), outputs, self.info.weight_hash)

    def embedding_spread(self) -> float:
        """The standard deviation of all numbers in the embedding table: a unit for noise."""
        return float(self.network.embeddings().float().std(correction=0))

    # --- many -----------------------------------------------------------------------------

    def sweep(
        self,
        text: str,
        plan: Sequence[Edits],
        *,
        positions: Sequence[int] = (-1,),
        token_ids: Sequence[int] | None = None,
        losses: bool = False,
        add_start: bool = True,
    ) -> sweeping.Sweep:
        """Try many changes on one text, each by itself, and see what is then predicted.

        Gives what one run after another would give, several times as fast: runs stand side by side,
        and each is computed only from the layer and the position on where it differs. More than a
        second's work shows a progress bar.

        Args:
            text: any text.
            plan: changes as `ablation` and `patching` give them. Those in force (`edit`) come
                first in every run.
            positions: keep the predictions after these tokens; negative ones count from the end.
            token_ids: keep the logits of these tokens; None keeps all, four bytes each.
            losses: keep also how well each next token of the text was foreseen.
            add_start: False leaves the start token out.

        Returns:
            `llm_viz.model.sweeping.Sweep`.

        Raises:
            ValueError: the text is empty or too long, or a change does not fit it.
            IndexError: there is no such position or token.

        Examples:
            >>> plan = [lm.ablation(heads=[(18, h)]) for h in range(9)]          # doctest: +SKIP
            >>> lm.sweep("The cat sat on the", plan).logits.shape                # doctest: +SKIP
            (9, 1, 49152)
        """
        self._must_open("trying changes")
        self._must_predict("sweep")
        assert isinstance(self.network, Transformer)
        ids = self.readable(text, add_start=add_start)
        together([self.edits, *plan]).check([len(ids)])
        return sweeping.sweep(
            self.network,
            self.edits,
            ids,
            plan,
            tuple(position_of(p, len(ids)) for p in positions),
            token_ids,
            losses,
        )

    # --- inside ---------------------------------------------------------------------------

    def _must_be_own(self, weight_hash: str, what: str) -> None:
        if weight_hash != self.info.weight_hash:
            raise ValueError(
                f"the {what} was made by another model than {self.info.id}; run its texts on this"
            )
