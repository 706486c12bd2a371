"""The tokenizer that is learned from a text: round trips, and texts that give too little."""

from __future__ import annotations

import subprocess
import sys

import pytest

from llm_viz.training import train_bpe
from llm_viz.training.bpe import START

TEXT = "the cat sat on the mat and the dog ran to the red house by the river"


@pytest.mark.parametrize("text", ["", "a", TEXT, "Ελληνικά, 한국어\n\t 🦊 naïve", "\x00\x7f  "])
def test_any_text_comes_back(text) -> None:
    bpe = train_bpe(TEXT, 280)
    assert bpe.decode(bpe.encode(text).ids) == text


def test_the_commonest_pieces_are_joined() -> None:
    bpe = train_bpe([TEXT, "", TEXT], 280)
    assert bpe.get_vocab_size() == 280
    assert bpe.token_to_id(START) == 0
    assert bpe.encode(" the").tokens == ["Ġthe"]
    assert len(bpe.encode(TEXT).ids) < len(TEXT)


def test_the_same_text_gives_the_same_tokens_in_another_process() -> None:
    code = f"from llm_viz.training.bpe import train_bpe; print(train_bpe({TEXT!r}, 290).to_str())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == train_bpe(TEXT, 290).to_str()


@pytest.mark.parametrize(
    ("texts", "d_vocab", "error", "said"),
    [
        ("", 300, ValueError, "there is no text to learn from"),
        ([], 300, ValueError, "there is no text to learn from"),
        (["", ""], 300, ValueError, "there is no text to learn from"),
        ("a" * 5000, 300, ValueError, "the text is one character, 'a', over and over"),
        ("a cat", 1024, ValueError, "d_vocab is 1,024, but these 5 characters give 260 tokens"),
        (TEXT, 256, ValueError, "d_vocab is 256; expected at least 257"),
        (["the cat", 3], 300, TypeError, "a text is int; expected a string"),
        ("the \ud83e cat", 300, ValueError, "half of a surrogate pair at character 4"),
    ],
)
def test_bad_input(texts, d_vocab, error, said) -> None:
    with pytest.raises(error, match=said):
        train_bpe(texts, d_vocab)
