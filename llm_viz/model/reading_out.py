"""`ReadingOut`: the verbs that turn vectors into predictions, and parts of a model into vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
import torch

from llm_viz.model import lens
from llm_viz.model.held import HeldModel
from llm_viz.model.moved import written_by_head, written_by_neurons
from llm_viz.model.readout import TopTokens, chosen_tokens, read_out
from llm_viz.model.transformer import Transformer

Array = np.ndarray[Any, np.dtype[Any]]


class ReadingOut(HeldModel):
    """What `LanguageModel` can say of vectors; see there for the rest."""

    @overload
    def readout(self, resid: Array, *, norm_scale: Array | float | None = None) -> Array: ...
    @overload
    def readout(self, resid: Array, *, k: int) -> TopTokens: ...
    @overload
    def readout(
        self,
        resid: Array,
        *,
        token_ids: Sequence[int],
        norm_scale: Array | float | None = None,
    ) -> Array: ...
    def readout(
        self,
        resid: Array,
        *,
        k: int | None = None,
        token_ids: Sequence[int] | None = None,
        norm_scale: Array | float | None = None,
    ) -> Array | TopTokens:
        """What residual streams would predict: final norm and unembedding, in blocks.

        The norm divides a stream by its own size, so the logits of a sum are not the sum of the
        logits. With that size given, ``norm_scale``, they are: a part of a stream, such as what
        one head wrote, then gives its share of the whole stream's logits. A LayerNorm's centring is
        linear and stays with each part. The biases (of the norm and of the unembedding) belong to
        no part and are left out; ``readout`` of a stream of zeros, without a scale, gives them.

        Args:
            resid: (…, d_model).
            k: give only the ``k`` best tokens of each.
            token_ids: give only the logits of these tokens; the other rows of the unembedding are
                not even multiplied.
            norm_scale: divide by this instead of the size of each; one for all, or of shape (…).
                `final_scale` gives it.

        Returns:
            Logits (…, d_vocab); or `TopTokens` of shape (…, k); or logits (…, len(token_ids)).

        Raises:
            ValueError: the last axis is not d_model, a scale is not above 0 or does not fit, both
                ``k`` and ``token_ids`` are given, or the model predicts no tokens.
            IndexError: there is no such token.
        """
        self._must_predict("readout")
        self._must_open("reading out a residual stream")
        return read_out(self.network, resid, k, token_ids, norm_scale)

    def final_scale(self, resid: Array) -> Array:
        """What the final norm divides residual streams (…, d_model) by, of shape (…)."""
        self._must_predict("final norm")
        self._must_open("reading out a residual stream")
        stream = torch.tensor(np.asarray(resid, np.float32), device=self.device)
        return self.network.final_scale(stream).cpu().numpy()

    def head_write(self, layer: int, head: int, values: Array) -> Array:
        """What a head would write to the stream for values (n, d_head): its columns of ``W_O``.

        Returns (n, d_model). No bias is added; of a head's ``z`` it gives its ``head_out``.

        Raises:
            ValueError: the shape is another, or the model is read from outside.
            IndexError: there is no such layer or head.
        """
        self._must_open("writing what a head would write")
        assert isinstance(self.network, Transformer)
        return written_by_head(self.network, layer, head, values)

    def embeddings(self, token_ids: Sequence[int] | Array) -> Array:
        """The input embeddings of tokens: (n, d_model).

        Raises:
            IndexError: there is no such token.
        """
        table = self.network.embeddings()
        return table[chosen_tokens(token_ids, len(table), table.device)].float().cpu().numpy()

    def neuron_write(self, layer: int) -> Array:
        """What each neuron of a layer writes for a unit of activation: (d_mlp, d_model).

        Raises:
            ValueError: the model is read from outside.
            IndexError: there is no such layer.
        """
        self._must_open("reading what its neurons write")
        assert isinstance(self.network, Transformer)
        return written_by_neurons(self.network, layer)

    def readings(
        self,
        resid: Array,
        *,
        k: int = 10,
        token_ids: Sequence[int] | Array = (),
        follow: int = 0,
    ) -> lens.Readings:
        """What many residual streams would predict, each summed up in a few exact figures.

        The logits of all of them never exist at once: a block at a time passes through the final
        norm and the unembedding, so that a few dozen MB do for any number of streams.

        Args:
            resid: (n, pos, d_model), n streams at each position, such as the residual stream after
                each block. Each prediction is also compared with that of the last one.
            k: how many of the best tokens to give.
            token_ids: (c,) or (pos, c) tokens whose logits and ranks to give.
            follow: give logits and ranks also of so many of the last stream's best tokens.

        Returns:
            `llm_viz.model.lens.Readings`.

        Raises:
            ValueError: a shape or a number is not as above, or the model predicts no tokens or is
                read from outside.
            IndexError: there is no such token.
        """
        self._must_predict("readings")
        self._must_open("reading out a residual stream")
        assert isinstance(self.network, Transformer)
        d_vocab = self.dims.d_vocab
        resid = np.asarray(resid, np.float32)
        if resid.ndim != 3 or resid.shape[-1] != self.dims.d_model or not resid.size:
            raise ValueError(
                f"resid has shape {resid.shape}; expected (n, pos, {self.dims.d_model}), with one "
                "stream and one position or more"
            )
        if not 1 <= k <= d_vocab or not 0 <= follow <= k:
            raise ValueError(
                f"k is {k} and follow is {follow}; expected k from 1 to {d_vocab:,} (the "
                "vocabulary) and follow from 0 to k"
            )
        chosen = np.asarray(token_ids, np.int64)
        if chosen.ndim not in (1, 2) or (chosen.ndim == 2 and len(chosen) != resid.shape[1]):
            raise ValueError(
                f"token_ids have shape {chosen.shape}; expected (c,), or ({resid.shape[1]}, c) for "
                f"the {resid.shape[1]} positions"
            )
        if (wrong := chosen[(chosen < 0) | (chosen >= d_vocab)]).size:
            raise IndexError(f"there is no token {wrong[0]}; ids go from 0 to {d_vocab - 1}")
        chosen = np.broadcast_to(chosen, (resid.shape[1], chosen.shape[-1]))
        return lens.readings(self.network, resid, k, chosen, follow)
