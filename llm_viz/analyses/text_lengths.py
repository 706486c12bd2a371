"""How long a text is in tokens, words, characters and bytes, and what one costs in another.

`js/src/tokens/lengths.js` counts by the same rules; both are held to one fixture.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_WHITE_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# Thai to Myanmar, Khmer, kana, Chinese characters: written without spaces between words.
_UNSPACED = re.compile(
    "[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)


@dataclass(frozen=True)
class TextLengths:
    """One text, counted.

    Attributes:
        tokens: as given.
        words: stretches between spaces that hold a letter or a digit; None if the text has
            characters of a script that is written without spaces between words.
        characters: Unicode code points; an accent or a skin tone may be one of its own.
        bytes: of the text as UTF-8.
    """

    tokens: int
    words: int | None
    characters: int
    bytes: int

    @property
    def tokens_per_word(self) -> float | None:
        """None where there are no words to count."""
        return self.tokens / self.words if self.words else None

    @property
    def tokens_per_character(self) -> float | None:
        """None for an empty text."""
        return self.tokens / self.characters if self.characters else None

    @property
    def bytes_per_token(self) -> float | None:
        """None for an empty text."""
        return self.bytes / self.tokens if self.tokens else None


def text_lengths(text: str, tokens: int) -> TextLengths:
    """Count a text.

    Args:
        text: any text.
        tokens: how many tokens it was cut into, those left out that only stand around it.

    Examples:
        >>> text_lengths("The cat sat.", 4).words, text_lengths("猫坐下了。", 7).words
        (3, None)
    """
    return TextLengths(tokens, _words(text), len(text), len(text.encode()))


def _words(text: str) -> int | None:
    if _UNSPACED.search(text):
        return None
    return sum(any(map(_is_spoken, piece)) for piece in _WHITE_SPACE.split(text))


def _is_spoken(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"
