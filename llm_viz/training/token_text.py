"""Texts as one long row of token ids: what is learned from, and what is held out to test on.

Every text begins with the start token. The last of the tokens are never learned from.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import tokenizers
import torch
from torch import Tensor

from llm_viz.training.bpe import START, whole_texts

HELD_OUT = 0.05  # share of the tokens that is held out
HELD_OUT_WINDOWS = 64  # at most, evenly spaced over what is held out


@dataclass(frozen=True, eq=False)
class TokenText:
    """Token ids to learn from and to test on.

    Attributes:
        learned: (n,) what is learned from.
        held_out: (m,) what is not.
        characters_per_token: of what is held out.
    """

    learned: Tensor
    held_out: Tensor
    characters_per_token: float

    @classmethod
    def of(cls, texts: str | Sequence[str], tokenizer: tokenizers.Tokenizer, n_ctx: int) -> Self:
        """Cut texts into tokens.

        Raises:
            ValueError: the texts are too short for one window of ``n_ctx`` tokens in each part.
        """
        start = tokenizer.token_to_id(START)
        encoded = tokenizer.encode_batch(whole_texts(texts), add_special_tokens=False)
        ids = torch.tensor([i for text in encoded for i in (start, *text.ids)])
        n_held_out = max(int(len(ids) * HELD_OUT), n_ctx + 1)
        if len(ids) - n_held_out < n_ctx + 1:
            raise ValueError(
                f"the text is {len(ids):,} tokens long; expected at least {2 * n_ctx + 2:,}, to "
                f"learn from {n_ctx} at a time and to test on as many: give more text, or a "
                "smaller n_ctx"
            )
        learned, held_out = ids[:-n_held_out], ids[-n_held_out:]
        characters = len(tokenizer.decode(held_out.tolist()))
        return cls(learned, held_out, characters / len(held_out))

    def batch(self, n_ctx: int, size: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
        """Windows at random places, and the token after each of theirs: both (size, n_ctx)."""
        starts = torch.randint(len(self.learned) - n_ctx, (size,), generator=random)
        windows = self.learned[starts[:, None] + torch.arange(n_ctx + 1)]
        return windows[:, :-1], windows[:, 1:]

    def test(self, n_ctx: int) -> tuple[Tensor, Tensor]:
        """The same for what is held out: always the same windows, evenly spaced, none twice."""
        places = (len(self.held_out) - 1) // n_ctx
        chosen = torch.linspace(0, places - 1, min(places, HELD_OUT_WINDOWS)).long() * n_ctx
        windows = self.held_out[chosen[:, None] + torch.arange(n_ctx + 1)]
        return windows[:, :-1], windows[:, 1:]

    def bits_per_character(self, loss: float) -> float:
        """A loss in nats a token as bits a character."""
        return loss / math.log(2) / self.characters_per_token

    def fingerprint(self) -> str:
        """SHA-256 of the token ids."""
        ids = torch.cat([self.learned, self.held_out])
        return hashlib.sha256(ids.numpy().tobytes()).hexdigest()
