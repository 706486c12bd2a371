"""Files of word vectors: what gensim writes is read as gensim reads it, and bad files are named."""

from __future__ import annotations

import gzip
import os
import pickle

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from llm_viz.model.vector_files import keyed, read_vectors

SOME = ["cat", "dog", "café", "猫"]
ROWS = np.arange(1, 13, dtype=np.float32).reshape(4, 3) / 7


def text(rows=ROWS, words=SOME) -> bytes:
    lines = [" ".join([w, *(repr(float(x)) for x in row)]) for w, row in zip(words, rows)]  # noqa: B905
    return ("\n".join(lines) + "\n").encode()


def same(one: KeyedVectors, words, rows) -> None:
    assert one.index_to_key == list(words)
    assert [one.key_to_index[w] for w in words] == list(range(len(words)))
    assert one.vectors.dtype == np.float32
    np.testing.assert_allclose(one.vectors, rows, rtol=1e-6)


spelling = st.text(
    st.characters(exclude_categories=["Z", "C"], codec="utf-8"), min_size=1, max_size=6
)


@given(
    st.lists(spelling, min_size=1, max_size=12, unique=True),
    st.integers(2, 5),
    st.sampled_from(["text", "binary", "kv", "glove"]),
    st.data(),
)
def test_what_gensim_saves_is_read(tmp_path_factory, words, width, kind, data) -> None:
    value = st.floats(0.015625, 100, width=32)
    rows = data.draw(arrays(np.float32, (len(words), width), elements=value))
    saved = keyed(words, rows)
    path = tmp_path_factory.mktemp("vectors") / f"made.{kind}"
    if kind == "kv":
        saved.save(str(path))
    elif kind == "glove":
        # GloVe's first word is never a number in practice; here it would be taken for a header.
        saved.save_word2vec_format(str(path), write_header=False)
    else:
        saved.save_word2vec_format(str(path), binary=kind == "binary")
    same(read_vectors(path), words, rows)


def test_what_is_read_answers_as_gensim_does(tmp_path) -> None:
    rng = np.random.default_rng(0)
    saved = keyed([f"w{i}" for i in range(500)], rng.normal(size=(500, 20)).astype(np.float32))
    path = tmp_path / "made.bin"
    saved.save_word2vec_format(str(path), binary=True)
    theirs = KeyedVectors.load_word2vec_format(str(path), binary=True)
    assert read_vectors(path).most_similar("w3") == theirs.most_similar("w3")


def test_an_array_in_a_file_of_its_own(tmp_path) -> None:
    saved = keyed(SOME, ROWS)
    saved.save(str(tmp_path / "a.kv"), sep_limit=0)
    assert (tmp_path / "a.kv.vectors.npy").exists()
    same(read_vectors(tmp_path / "a.kv"), SOME, ROWS)
    (tmp_path / "a.kv.vectors.npy").unlink()
    with pytest.raises(ValueError, match=r"a\.kv needs the file a\.kv\.vectors\.npy beside it"):
        read_vectors(tmp_path / "a.kv")


def test_gzipped_and_windows_line_ends(tmp_path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(text()))
    same(read_vectors(tmp_path / "a.gz"), SOME, ROWS)
    (tmp_path / "a.txt").write_bytes(b"4 3\r\n" + text().replace(b"\n", b"\r\n"))
    same(read_vectors(tmp_path / "a.txt"), SOME, ROWS)


def test_words_with_spaces(tmp_path) -> None:
    (tmp_path / "a.txt").write_bytes(text() + b"at home 1 2 3\n")
    assert read_vectors(tmp_path / "a.txt").index_to_key[-1] == "at home"


def binary(header: bytes = b"4 3\n") -> bytes:
    return header + b"".join(
        w.encode() + b" " + r.tobytes() + b"\n" for w, r in zip(SOME, ROWS, strict=True)
    )


NAN = ROWS.copy()
NAN[2, 1] = np.nan
ZERO = ROWS.copy()
ZERO[1] = 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"hello there, this is prose\n", "does not hold word vectors"),
        (b"0 3\n", "holds no words"),
        (b"3 0\n", "no numbers"),
        (b"9 3\n" + text(), "should hold 9 words and has 4"),
        (b"3 3\n" + text(), "should hold 3 words and has 4"),
        (text() + b"cut 1 2\n", "has 2 numbers in line 5 where its first line has 3"),
        (text() + b"long 1 2 3 x 4\n", "in line 5"),
        (b"4 3\n" + text() + b"\n", "has 0 numbers in line 6"),
        (b"2 3\ncat 1 2 3\ndog 1 2 x\n", "line 3 that is no number"),
        (b"4 2\n" + text(), "should hold|line 2"),
        (text() + b"\xff\xfe 1 2 3\n", "line 5 that is not UTF-8"),
        (text(NAN), "no finite number in the vector of 'café'"),
        (text(ZERO), "only zeros in the vector of 'dog'"),
        (text(words=["cat", "dog", "cat", "cow"]), "the word 'cat' more than once"),
        (binary()[:-9], "should hold 4 words and has 3"),
        (binary(b"4 4\n"), "should hold 4 words|not UTF-8|finite"),
        (gzip.compress(text() * 50)[:-20], "cut short"),
    ],
)
def test_a_bad_file_is_one_clear_sentence(tmp_path, content, said) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=said) as raised:
        read_vectors(path)
    assert str(raised.value).startswith("bad.txt ")
    assert "\n" not in str(raised.value)


class Evil:
    def __reduce__(self):
        return os.system, ("touch was-run",)


@pytest.mark.parametrize(
    "content",
    [b"", b"no pickle", pickle.dumps(Evil()), pickle.dumps([1]), pickle.dumps(np.ones(2))],
)
def test_a_bad_kv_file_runs_nothing(tmp_path, monkeypatch, content) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.kv").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.kv is not one of gensim's \.kv files"):
        read_vectors(tmp_path / "a.kv")
    assert not (tmp_path / "was-run").exists()


def test_a_kv_file_whose_parts_do_not_fit(tmp_path) -> None:
    saved = keyed(SOME, ROWS)
    saved.index_to_key = SOME[:3]
    saved.save(str(tmp_path / "a.kv"))
    with pytest.raises(ValueError, match="3 words and vectors of shape"):
        read_vectors(tmp_path / "a.kv")
