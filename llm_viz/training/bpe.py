"""A byte-level BPE for a model of one's own, trained by the tokenizers library.

Byte-pair encoding (Sennrich et al., "Neural machine translation of rare words with subword units",
2016) over bytes, as in GPT-2: it begins with the 256 bytes, so that it can spell any text, and
joins the commonest pair until the vocabulary is full.
"""

from __future__ import annotations

from collections.abc import Sequence

import tokenizers
from tokenizers import decoders, models, pre_tokenizers, trainers

START = "<|start|>"  # stands before every text; its id is 0
SMALLEST = 257  # the start token and every byte


def train_bpe(texts: str | Sequence[str], d_vocab: int = 1024) -> tokenizers.Tokenizer:
    """Learn a vocabulary from texts; the same texts give the same one.

    Args:
        texts: what the model will read.
        d_vocab: how many tokens, the start token and the 256 bytes among them.

    Raises:
        TypeError: a text is not a string.
        ValueError: there is nothing to learn from, or less than so many tokens.
    """
    texts = whole_texts(texts)
    if d_vocab < SMALLEST:
        raise ValueError(
            f"d_vocab is {d_vocab}; expected at least {SMALLEST}: the start token and 256 bytes"
        )
    bpe = tokenizers.Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=d_vocab,
        special_tokens=[START],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    if bpe.get_vocab_size() < d_vocab:
        raise ValueError(
            f"d_vocab is {d_vocab:,}, but these {sum(map(len, texts)):,} characters give "
            f"{bpe.get_vocab_size():,} tokens at most; give more text, or ask for fewer tokens"
        )
    return bpe


def whole_texts(texts: str | Sequence[str]) -> list[str]:
    """Texts that something can be learned from, empty ones left out.

    Raises:
        TypeError: a text is not a string.
        ValueError: all are empty, one holds half of a surrogate pair, or it is one character only.
    """
    texts = [texts] if isinstance(texts, str) else list(texts)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"a text is {type(text).__name__}; expected a string")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"the text holds half of a surrogate pair at character {error.start}; take it out"
            ) from None
    texts = [text for text in texts if text]
    used = set().union(*texts)
    if not used:
        raise ValueError("there is no text to learn from; give at least some pages of it")
    if len(used) == 1:
        raise ValueError(
            f"the text is one character, {used.pop()!r}, over and over; there is nothing to learn "
            "from it: give text with words in it"
        )
    return texts
