"""Files of word vectors: word2vec's binary and text formats, GloVe's, and gensim's ``.kv``.

gensim reads them too, but lets pass what ruins every answer later (a word twice, a value that is no
number) and unpickles ``.kv`` files, which may run code. Here a bad file is one clear sentence, and
nothing in a file is ever run.
"""

from __future__ import annotations

import gzip
import io
import itertools
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Never

import numpy as np

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

Array = np.ndarray[Any, np.dtype[Any]]
_KNOWN = "word2vec's binary or text format, GloVe's text format, or gensim's .kv"


def keyed(words: Sequence[str], vectors: Array) -> KeyedVectors:
    """Words and their vectors (n, d) as gensim's object; nothing is checked or copied."""
    from gensim.models import KeyedVectors

    held = KeyedVectors(vectors.shape[1])
    held.index_to_key = list(words)
    held.key_to_index = {word: i for i, word in enumerate(words)}
    held.vectors = vectors
    held.next_index = len(words)
    return held


def read_vectors(path: Path) -> KeyedVectors:
    """Read a file of word vectors, gzipped or not; what kind it is, its content says.

    Raises:
        ValueError: it does not hold word vectors: what is wrong, and where.
    """
    if path.suffix == ".kv":
        words, vectors = _read_kv(path)
    else:
        with _opened(path) as file:
            try:
                words, vectors = _read_plain(file, path.name)
            except EOFError:
                _refuse(path.name, "is cut short in its compression", "fetch it again")
    _check(words, vectors, path.name)
    return keyed(words, vectors)


def _refuse(name: str, what: str, advice: str) -> Never:
    raise ValueError(f"{name} {what}; {advice}")


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]


def _check(words: Sequence[str], vectors: Array, name: str) -> None:
    if not words:
        _refuse(name, "holds no words", f"expected {_KNOWN}")
    if len(set(words)) != len(words):
        seen: set[str] = set()
        twice = next(word for word in words if word in seen or seen.add(word))  # type: ignore[func-returns-value]
        _refuse(name, f"has the word {twice!r} more than once", "each word may have one vector")
    # A sum is finite and a length above zero only where every value is a number and one is not 0.
    lengths = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(lengths) | (lengths == 0))
    if len(bad):
        row = vectors[bad[0]]
        what = "only zeros" if not row.any() else "a value that is no finite number"
        _refuse(
            name,
            f"has {what} in the vector of {words[bad[0]]!r} (and {len(bad) - 1:,} more words)",
            "a direction needs finite numbers that are not all 0: leave these words out",
        )


# --- word2vec and GloVe -----------------------------------------------------------------------


def _read_plain(file: IO[bytes], name: str) -> tuple[list[str], Array]:
    first = file.readline()
    if not first.strip():
        _refuse(name, "is empty", f"expected {_KNOWN}")
    fields = first.split()
    if len(fields) == 2 and all(field.isdigit() for field in fields):
        count, width = int(fields[0]), int(fields[1])
        if width == 0:
            _refuse(name, "says that its vectors have no numbers", f"expected {_KNOWN}")
        start = file.read(4096)
        rest = _Ahead(start, file)
        if _is_text(start, width):
            words, vectors = _read_text(rest.lines(), width, 2, name)
        else:
            words, vectors = _read_binary(rest, count, width, name)
        if len(words) != count:
            _refuse(
                name,
                f"is cut short or altered: it should hold {count:,} words and has {len(words):,}",
                "fetch it again",
            )
        return words, vectors
    width = len(list(itertools.takewhile(_is_number, reversed(fields[1:]))))
    if width < 2:
        _refuse(name, "does not hold word vectors", f"expected {_KNOWN}")
    return _read_text(_Ahead(first, file).lines(), width, 1, name)


def _is_text(start: bytes, width: int) -> bool:
    """Whether a file with a header goes on in decimals: its first line tells."""
    numbers = start.split(b"\n", 1)[0].split()[1 : 1 + min(width, 20)]
    return bool(numbers) and all(map(_is_number, numbers))


def _ends_in_number(word: bytes) -> bool:
    """Whether what should be a word holds a number too many."""
    _, space, last = word.rpartition(b" ")
    return bool(space) and _is_number(last)


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


class _Ahead:
    """A file whose beginning was read already."""

    def __init__(self, start: bytes, file: IO[bytes]) -> None:
        self._start = io.BytesIO(start)
        self._file = file

    def read(self, size: int) -> bytes:
        data = self._start.read(size)
        return data + self._file.read(size - len(data)) if len(data) < size else data

    def lines(self) -> Iterator[bytes]:
        for line in self._start:
            yield line if line.endswith(b"\n") else line + self._file.readline()
        yield from self._file


def _read_text(
    lines: Iterator[bytes], width: int, number: int, name: str
) -> tuple[list[str], Array]:
    """Lines of a word and its numbers; ``number`` is that of the first line."""
    words: list[str] = []
    rows: list[Array] = []
    for at, line in enumerate(lines, number):
        # A word may hold a space (there are such in GloVe of 840 billion words): count from behind.
        word, *numbers = line.rstrip().rsplit(b" ", width)
        if len(numbers) != width or not word or _ends_in_number(word):
            found = max(len(line.split()) - 1, 0)
            _refuse(
                name,
                f"has {found} numbers in line {at:,} where its first line has {width}",
                "it may be cut short or altered: fetch it again",
            )
        try:
            rows.append(np.array(numbers, np.float32))
            words.append(word.decode())
        except UnicodeDecodeError:
            _refuse(name, f"has a word in line {at:,} that is not UTF-8", "write it as UTF-8")
        except ValueError:
            _refuse(
                name,
                f"has something in line {at:,} that is no number, or not {width} numbers as in "
                "its first line",
                "it may be cut short or altered: fetch it again",
            )
    return words, np.stack(rows) if rows else np.empty((0, width), np.float32)


def _read_binary(file: _Ahead, count: int, width: int, name: str) -> tuple[list[str], Array]:
    """Each word, a space, its numbers as float32; many writers put a line end behind."""
    words: list[str] = []
    size = 4 * width
    blocks: list[Array] = []
    held = bytearray()
    while len(words) < count:
        block = file.read(2**20 + size)
        if not block and not held:
            break
        held += block
        at = 0
        rows = []
        while len(words) < count:
            space = held.find(b" ", at)
            if space < 0 or len(held) < space + 1 + size:
                break
            try:
                words.append(held[at:space].decode().lstrip("\n"))
            except UnicodeDecodeError:
                _refuse(
                    name,
                    f"has a word that is not UTF-8 after {len(words):,} words",
                    f"its vectors may not have {width} numbers, as its first line says, or it is "
                    "damaged: fetch it again",
                )
            rows.append(bytes(held[space + 1 : space + 1 + size]))
            at = space + 1 + size
        if rows:
            blocks.append(np.frombuffer(b"".join(rows), "<f4").reshape(-1, width))
        del held[:at]
        if not block:
            break
    vectors = np.concatenate(blocks) if blocks else np.empty((0, width), np.float32)
    return words, vectors


# --- gensim's .kv -----------------------------------------------------------------------------


class _Held:
    """Stands for whatever object a pickle holds: its attributes, none of its methods."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


class _Unpickler(pickle.Unpickler):
    """Makes arrays, numbers, texts and `_Held`; refuses the rest, so that nothing can be run."""

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith("gensim.models."):
            return _Held
        if module in ("numpy.core.multiarray", "numpy._core.multiarray") and name == "_reconstruct":
            return _empty_array
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        if (module, name) == ("_codecs", "encode"):
            return _latin1
        raise pickle.UnpicklingError(f"it names {module}.{name}")


def _empty_array(*_: Any) -> Array:
    """An array for a pickle to fill in."""
    return np.ndarray.__new__(np.ndarray, (0,), "b")


def _latin1(text: str, encoding: str = "latin1") -> bytes:
    """Bytes, as old pickles spell them."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"it names the encoding {encoding!r}")
    return text.encode("latin1")


def _read_kv(path: Path) -> tuple[list[str], Array]:
    try:
        with _opened(path) as file:
            held = _Unpickler(file).load()
        words = list(held.index_to_key)
        if "vectors" in vars(held):
            vectors = held.vectors
        else:  # gensim puts a wide array into a file of its own
            vectors = np.load(path.with_name(f"{path.name}.vectors.npy"), allow_pickle=False)
        vectors = np.ascontiguousarray(vectors, np.float32)
        if vectors.shape != (len(words), held.vector_size):
            raise ValueError(f"{len(words)} words and vectors of shape {vectors.shape}")
    except FileNotFoundError as error:
        missing = Path(str(error.filename)).name
        _refuse(path.name, f"needs the file {missing} beside it", "copy it there too")
    except Exception as error:  # a damaged pickle may raise anything
        raise ValueError(
            f"{path.name} is not one of gensim's .kv files, or is damaged ({error}); save it again "
            "with KeyedVectors.save"
        ) from error
    return words, vectors
