"""`LanguageModel`: a model, its tokenizer, and the verbs that touch its weights.

Everything else in the package calls these verbs and never the weights. The verbs that change what
is computed are those of `llm_viz.model.editing`. How a model comes to be is left to
`llm_viz.model.loading`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import torch
from tqdm.auto import tqdm

from llm_viz.model import generation, lens, vectors
from llm_viz.model.editing import Editing
from llm_viz.model.interventions import NO_EDITS, Edits
from llm_viz.model.moved import written_by_head, written_by_neurons
from llm_viz.model.network import Network
from llm_viz.model.peaks import Peaks
from llm_viz.model.reading import read
from llm_viz.model.readout import TopTokens, chosen_tokens, read_out
from llm_viz.model.stepping import Stepper, token_log_probs
from llm_viz.model.tokenizer import Tokenizer
from llm_viz.model.transformer import Transformer
from llm_viz.model.weights import WeightCount, count_weights
from llm_viz.names import ON_REQUEST, check_sites
from llm_viz.trace import Attention, Dims, ModelInfo, Trace

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

Array = np.ndarray[Any, np.dtype[Any]]


class LanguageModel(Editing):
    """A transformer that can be run, looked into, changed and made to write.

    Attributes:
        info: its name, family and weight fingerprint.
        network: holds the weights: the project's own `Transformer`, or `Outside`.
        tokenizer: cuts text into tokens.
        device: where it runs.
    """

    def __init__(self, info: ModelInfo, network: Network, tokenizer: Tokenizer) -> None:
        self.info = info
        self.network = network
        self.tokenizer = tokenizer
        self.config = network.config
        self.device = network.device
        self.dtype = network.dtype
        self.edits: Edits = NO_EDITS

    @property
    def dims(self) -> Dims:
        """Layers, heads, widths, vocabulary and context length."""
        return self.config.dims

    @property
    def is_causal(self) -> bool:
        """True for a model that looks only backwards and predicts the next token."""
        return self.config.causal

    @property
    def n_parameters(self) -> int:
        """How many weights there are; a tied unembedding counts once."""
        return self.network.n_parameters()

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that `run` can capture on this model."""
        return self.network.sites

    def __repr__(self) -> str:
        d = self.dims
        dtype = str(self.dtype).removeprefix("torch.")
        shape = f"{d.n_layers} layers x {d.n_heads} heads, d_model {d.d_model}"
        return (
            f"LanguageModel({self.info.id}: {self.n_parameters / 1e6:.1f} M parameters, "
            f"{shape}, on {self.device} in {dtype})"
        )

    @property
    def attention_bias(self) -> bool:
        """True if an attention layer adds a bias of its own to what its heads write."""
        return self.network.attention_bias

    # --- text -----------------------------------------------------------------------------

    def token_ids(self, text: str, *, add_start: bool = True) -> list[int]:
        """Token ids of a text, the start token in front unless ``add_start=False``."""
        return self.tokenizer.token_ids(text, add_start=add_start)

    def tokens(self, text: str, *, add_start: bool = True) -> list[str]:
        """The tokens of a text as shown to people: ``·`` is a space, ``⟨E2⟩`` a lone byte."""
        return [self.tokenizer.show(i) for i in self.token_ids(text, add_start=add_start)]

    def token_id(self, token: int | str) -> int:
        """The id of one token, given as such or as its exact text, such as ``" Paris"``.

        Raises:
            ValueError: the text is not one token; the sentence shows how it is cut.
            IndexError: there is no such id.
        """
        return self.tokenizer.token_id(token)

    def readable(self, text: str, *, add_start: bool = True) -> list[int]:
        """Token ids of a text that this model can read.

        Raises:
            ValueError: there is no token to read, or there are more than the model's context holds.
        """
        ids = self.token_ids(text, add_start=add_start)
        if not ids:
            raise ValueError("the text is empty; give it at least one character")
        if len(ids) > self.dims.n_ctx:
            raise ValueError(
                f"the text has {len(ids):,} tokens; {self.info.id} reads at most "
                f"{self.dims.n_ctx:,}. Shorten it"
            )
        return ids

    def token_vectors(self) -> KeyedVectors:
        """The input embeddings of words as word vectors: what the model knows of a word alone.

        Words that are one token with the space before it, letters only, in the order of their ids
        (roughly the most frequent first). ``the`` and ``The`` are two words with a vector each.
        """
        return vectors.token_vectors(self)

    def weight_counts(self) -> tuple[WeightCount, ...]:
        """Where the weights are: every matrix with its shape, in the order a text passes them.

        The counts add up to ``n_parameters``; an unembedding tied to the embedding adds none.

        Raises:
            ValueError: the model is read from outside, so its parts are not known.
        """
        self._must_open("counting its weights by part")
        return count_weights(self.network)

    # --- verbs ----------------------------------------------------------------------------

    def run(
        self,
        text: str,
        sites: Iterable[str] | None = None,
        *,
        positions: Sequence[int] | None = None,
        add_start: bool = True,
    ) -> Trace:
        """Read a text and keep what was computed on the way.

        Args:
            text: any text, up to the model's context.
            sites: names from `llm_viz.names.SITES`; None keeps every site but ``head_out``, which
                is ``n_heads`` times the size of ``attn_out`` and must be named.
            positions: keep ``logits`` and ``head_out``, by far the widest sites, only at these
                tokens (``[-1]``: the last); None keeps all. No other site is narrowed.
            add_start: False leaves the start token out.

        Returns:
            A trace that outlives the model. ``pattern`` and ``attn_scores`` are computed from the
            captured ``q_rot`` and ``k_rot`` when asked for.

        Raises:
            ValueError: empty text, text beyond the context, or a site that this model has not.
            KeyError: a site that is in no model.
        """
        return self.run_many([text], sites, positions=positions, add_start=add_start)[0]

    def run_many(
        self,
        texts: Sequence[str],
        sites: Iterable[str] | None = None,
        *,
        positions: Sequence[int] | None = None,
        add_start: bool = True,
        batch_size: int = 8,
    ) -> list[Trace]:
        """Read several texts, texts of like length side by side; see `run`.

        Several batches that take more than a second show a progress bar.
        """
        if isinstance(texts, str):
            raise TypeError("texts is one string; expected a list of them, or use run")
        wanted = self._wanted(sites)
        encoded = [self.readable(text, add_start=add_start) for text in texts]
        by_length = sorted(range(len(texts)), key=lambda i: len(encoded[i]))
        batches = [by_length[i : i + batch_size] for i in range(0, len(texts), batch_size)]
        traces: dict[int, Trace] = {}
        bar = tqdm(batches, desc="reading", unit="batch", delay=1, leave=False)
        for batch in bar if len(batches) > 1 else batches:
            ids = [encoded[i] for i in batch]
            arrays = read(self.network, self.edits, ids, wanted, positions)
            for i, (held, rows) in zip(batch, arrays, strict=True):
                traces[i] = self._trace(texts[i], encoded[i], held, rows)
        return [traces[i] for i in range(len(texts))]

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

    def neuron_peaks(self, *, k: int, groups: int, before: int, after: int) -> Peaks:
        """What keeps the strongest places of every neuron while it reads texts: see `Peaks`.

        Raises:
            ValueError: the model is read from outside or predicts no tokens, or parts of it are
                changed at the moment.
        """
        self._must_predict("neuron_peaks")
        self._must_open("reading its neurons")
        assert isinstance(self.network, Transformer)
        if self.edits:
            raise ValueError(
                "parts of the model are changed; leave the `with` block that changes them before "
                "its neurons are read"
            )
        start_id = self.tokenizer.start_id
        return Peaks(
            self.network, k=k, groups=groups, before=before, after=after, start_id=start_id
        )

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

    def generate(
        self,
        text: str,
        max_new_tokens: int = 40,
        temperature: float = 0.8,
        top_k: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        seed: int = 0,
        on_step: Callable[[generation.Step], object] | None = None,
        alternatives: int = 0,
    ) -> generation.Generation:
        """Write on from a text.

        Args:
            text: the prompt.
            max_new_tokens: how many tokens to add at most; a stop token ends the text earlier.
            temperature, top_k, top_p, min_p: see `llm_viz.next_token_distribution`.
            seed: the same seed gives the same text.
            on_step: called with each `Step` as it is written.
            alternatives: how many of the most likely tokens each `Step` keeps.

        Returns:
            A `Generation`: ``.text``, ``.token_ids``, ``.steps``, ``.tokens_per_second``. If it is
            interrupted it holds what was written until then.
        """
        self._must_predict("generate")
        sampling = generation.Sampling(temperature, top_k, top_p, min_p, seed)
        return generation.generate(self, text, max_new_tokens, [sampling], on_step, alternatives)[0]

    def generate_many(
        self,
        text: str,
        samplings: Sequence[generation.Sampling],
        max_new_tokens: int = 40,
        on_step: Callable[[generation.Step], object] | None = None,
        alternatives: int = 0,
    ) -> list[generation.Generation]:
        """Write on from one text several times, side by side: much quicker than one by one.

        Args:
            text: the prompt.
            samplings: one `llm_viz.model.Sampling` (temperature, top_k, top_p, min_p, seed) for
                each text.
            max_new_tokens: how many tokens to add at most.
            on_step: called with each `Step` of the first text.
            alternatives: how many of the most likely tokens each `Step` keeps.
        """
        self._must_predict("generate_many")
        if not samplings:
            raise ValueError("samplings is empty; give one for each text")
        return generation.generate(self, text, max_new_tokens, samplings, on_step, alternatives)

    def stream(
        self,
        text: str,
        max_new_tokens: int = 40,
        temperature: float = 0.8,
        top_k: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        seed: int = 0,
        alternatives: int = 0,
    ) -> Iterator[generation.Step]:
        """Like `generate`, but gives each `Step` as it is chosen."""
        self._must_predict("stream")
        sampling = generation.Sampling(temperature, top_k, top_p, min_p, seed)
        steps = generation.grow(self, text, max_new_tokens, [sampling], alternatives)
        return (step for (step,) in steps if step is not None)

    def stepper(self, room: int | None = None) -> Stepper:
        """What could come next, for tokens that are read one after another: see `Stepper`.

        Args:
            room: how many tokens it can read; None takes the model's whole context.

        Raises:
            ValueError: the model predicts no tokens or reads fewer at once.
        """
        self._must_predict("stepper")
        return Stepper(self.network, self.edits, self.dims.n_ctx if room is None else room)

    def token_log_probs(self, token_ids: Sequence[int]) -> Array:
        """How likely each token was after those before it: natural logarithms, all read at once.

        Args:
            token_ids: (n,) up to one more than the model's context, for the last one is predicted
                and not read. No start token is put in front.

        Returns:
            (n - 1,) float32: of every token but the first, of which nothing was said.

        Raises:
            ValueError: there is no token or too many, or the model predicts no tokens.
            IndexError: there is no such token.
        """
        self._must_predict("token_log_probs")
        return token_log_probs(self.network, self.edits, token_ids)

    # --- inside ---------------------------------------------------------------------------

    def _must_predict(self, verb: str) -> None:
        if not self.dims.d_vocab:
            raise ValueError(f"{self.info.id} is an encoder: it predicts no tokens, so no {verb}")

    def _must_open(self, what: str) -> None:
        if not self.network.opens:
            raise ValueError(
                f"{self.info.id} is of an architecture that is read from outside: {what} is not "
                "possible"
            )

    def _wanted(self, sites: Iterable[str] | None) -> tuple[str, ...]:
        if sites is None:
            return tuple(name for name in self.sites if name not in ON_REQUEST)
        named = check_sites([sites] if isinstance(sites, str) else list(sites))
        for name in named:
            if name not in self.sites:
                raise ValueError(
                    f"{self.info.id} does not give {name!r}; it gives {', '.join(self.sites)}"
                )
        return named

    def _trace(
        self, text: str, ids: list[int], arrays: dict[str, Array], rows: dict[str, tuple[int, ...]]
    ) -> Trace:
        scale = (self.config.attn_scale,) * self.dims.n_layers
        return Trace(
            text=text,
            tokens=tuple(self.tokenizer.show(i) for i in ids),
            token_ids=tuple(ids),
            model=self.info,
            dims=self.dims,
            attention=Attention(self.config.causal, scale),
            arrays=arrays,
            rows=rows,
        )
