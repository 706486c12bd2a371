"""`LanguageModel`: a model, its tokenizer, and the verbs that touch its weights.

Everything else in the package calls these verbs and never the weights. The verbs that change what
is computed are those of `llm_viz.model.editing`. How a model comes to be is left to
`llm_viz.model.loading`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm.auto import tqdm

from llm_viz.model import generation, vectors
from llm_viz.model.editing import Editing
from llm_viz.model.peaks import Peaks
from llm_viz.model.reading import read
from llm_viz.model.reading_out import ReadingOut
from llm_viz.model.stepping import Stepper, token_log_probs
from llm_viz.model.transformer import Transformer
from llm_viz.model.weights import WeightCount, count_weights
from llm_viz.names import ON_REQUEST, check_sites
from llm_viz.trace import Attention, Trace

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

Array = np.ndarray[Any, np.dtype[Any]]


class LanguageModel(Editing, ReadingOut):
    """A transformer that can be run, looked into, changed and made to write.

    Attributes:
        info: its name, family and weight fingerprint.
        network: holds the weights: the project's own `Transformer`, or `Outside`.
        tokenizer: cuts text into tokens.
        device: where it runs.
    """

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
