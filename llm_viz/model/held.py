"""`HeldModel`: what all verbs of a language model rest on, and what they ask of it first."""

from __future__ import annotations

from llm_viz.model.interventions import NO_EDITS, Edits
from llm_viz.model.network import Network
from llm_viz.model.tokenizer import Tokenizer
from llm_viz.trace import Dims, ModelInfo


class HeldModel:
    """A network and a tokenizer that belong together; `LanguageModel` adds the verbs.

    Attributes:
        edits: what is changed at the moment.
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

    def token_ids(self, text: str, *, add_start: bool = True) -> list[int]:
        """Token ids of a text, the start token in front unless ``add_start=False``."""
        return self.tokenizer.token_ids(text, add_start=add_start)

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

    def _must_predict(self, verb: str) -> None:
        if not self.dims.d_vocab:
            raise ValueError(f"{self.info.id} is an encoder: it predicts no tokens, so no {verb}")

    def _must_open(self, what: str) -> None:
        if not self.network.opens:
            raise ValueError(
                f"{self.info.id} is of an architecture that is read from outside: {what} is not "
                "possible"
            )
