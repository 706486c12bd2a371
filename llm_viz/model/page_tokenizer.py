"""What a page needs to cut text as a tokenizer does, without Python.

`js/src/tokenizer.js` reads it. It is the tokenizers library's own description, made small. A page
has the vocabulary already (how its tokens are named), so the tokens are left out, and of each merge
all but where the merged token is divided. A few texts with their ids go along: the page checks
itself before it answers.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from typing import Any

from llm_viz.model.tokenizer import Reading, Tokenizer

# Texts on which tokenizers differ, as little as they may: spaces, digits, marks, scripts, bytes.
PROOF = (
    "", "The cat sat on the mat.", "  two  spaces\n\n5 new\tlines \r\n", "a  12½²٣Ⅷ 2026",
    "don't I'LL_x_==>…“q”", "naïve e\u0301\u0301 Straße İ", "你好。", "日本語のカタカナ", "한국어",
    "العربية עברית", "हिन्दी ไทย", "🙂👩‍👩‍👧👍🏽🇫🇷❤️", "\ufeffa\ufeff \u200b\u00a0\u0085b\u2028",
    "\x00\x07\x1b[0m", "<b>&amp;</b>", "antidisestablishmentarianism",
)  # fmt: skip


def page_tokenizer(tokenizer: Tokenizer) -> bytes:
    """A tokenizer as the JSON asset that the views read, beside its vocabulary."""
    held = json.loads(tokenizer.to_json())
    described = held["tokenizer"]
    return json.dumps(
        {
            "tokenizer": described | {"model": _without_vocabulary(described["model"])},
            "spelling": _spelling(tokenizer, described),
            "start_id": held["start_id"],
            "end_id": held["end_id"],
            "proof": [[text, tokenizer.token_ids(text, add_start=False)] for text in PROOF],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def _without_vocabulary(model: dict[str, Any]) -> dict[str, Any]:
    if model["type"] != "BPE":
        return model  # a list of words is all there is to it
    small = {name: value for name, value in model.items() if name != "vocab"}
    divided = _divided(model["merges"], model["vocab"])
    return small if divided is None else small | {"merges": divided}


def _divided(merges: Sequence[Sequence[str]], ids: dict[str, int]) -> dict[str, Any] | None:
    """Each merge by the token that it makes and the length of that token's first part.

    Tokens are mostly numbered in the order in which they were merged, so runs of ids say it all.
    None where a merge makes something else than the two parts joined.
    """
    made = [ids.get(first + second) for first, second in merges]
    if None in made:
        return None
    lengths = [len(first.encode("utf-16-le")) // 2 for first, _ in merges]  # as JavaScript counts
    return {"made": list(_runs(i for i in made if i is not None)), "first": lengths}


def _runs(numbers: Iterable[int]) -> Iterable[list[int]]:
    """Consecutive numbers as ``[first, how many]``."""
    for _, run in itertools.groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield [members[0], len(members)]


def _spelling(tokenizer: Tokenizer, described: dict[str, Any]) -> dict[str, Any]:
    """How the library spells the bytes of each token, with the tokens that are spelt otherwise.

    An exception that is None has no place in the library's own vocabulary: an added token, or a
    row of the model's that stands for nothing.
    """
    if described["model"]["type"] != "BPE":
        return {}
    reading = Reading.of(described)
    own = {i: token for token, i in described["model"]["vocab"].items()}
    exceptions = {
        i: own.get(i)
        for i in range(len(tokenizer))
        if reading.from_bytes(tokenizer.token_bytes(i)) != own.get(i)
    }
    return {"byte_level": reading.byte_level, "space": reading.space, "exceptions": exceptions}
