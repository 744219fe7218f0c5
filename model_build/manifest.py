"""`manifest.json`: what a model folder holds, what it was made from, and whether it is current."""

import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .checkpoint import CHECKPOINTS, Checkpoint, checkpoint_files
from .presets import LlamaConfig
from .quantize import Quantization

FORMAT = 1
MANIFEST = "manifest.json"

_PACKAGE = Path(__file__).parent
_MAKERS = ("apache-tvm", "apache-tvm-ffi", "ziglang", "numpy")
# Parts of the package that no model folder is made with.
_OTHER_CODE = ("synth", "train", "data", "scribe.py", "node.py")


def code_version() -> str:
    """A hash of all code and data files of this package that take part in making a model folder."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        inside = path.relative_to(_PACKAGE)
        if path.suffix in (".py", ".json") and inside.parts[0] not in _OTHER_CODE:
            digest.update(f"{inside.as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def model_key(
    source: str,
    quantization: Quantization,
    *,
    random_weights: bool = False,
    seed: int = 0,
    checkpoints: Path = CHECKPOINTS,
    options: dict[str, Any] | None = None,
) -> str:
    """A hash of everything that a model folder is made from; equal keys, equal folders.

    Args:
        source: the preset or path that was asked for.
        quantization: the weight format.
        random_weights: whether the weights are noise, drawn from `seed`.
        checkpoints: the folder that holds the presets' Hugging Face folders.
        options: whatever else the folder depends on, as JSON.

    The sizes and times of change of the checkpoint's files stand for their content.

    Raises:
        CheckpointError: where there is no such checkpoint.
    """
    files = checkpoint_files(source, random_weights=random_weights, checkpoints=checkpoints)
    parts = {
        "code": code_version(),
        "versions": _versions(),
        "source": source,
        "quantization": asdict(quantization),
        "files": [[p.name, p.stat().st_size, p.stat().st_mtime_ns] for p in files],
        "seed": seed if random_weights else None,
        "options": options or {},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def is_current(folder: Path, key: str) -> bool:
    """Whether a model folder was made with this key and still has all its files at their sizes."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return (
            manifest["format"] == FORMAT
            and manifest["key"] == key
            and all((folder / f["path"]).stat().st_size == f["bytes"] for f in manifest["files"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


@contextmanager
def staged_folder(folder: Path) -> Iterator[Path]:
    """An empty sibling folder that takes the place of `folder` once the block ends without error.

    A build that fails or is interrupted leaves `folder` as it was.
    """
    staging = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        yield staging
        shutil.rmtree(folder, ignore_errors=True)
        staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def write_manifest(
    folder: Path,
    checkpoint: Checkpoint,
    quantization: Quantization,
    *,
    key: str,
    context: dict[str, int],
    name: str | None = None,
    data_licence: str | None = None,
) -> dict[str, Any]:
    """Write `manifest.json` over all files that lie in `folder`, as the last step of a build.

    Args:
        folder: the finished model folder.
        checkpoint: what the weights came from.
        quantization: the weight format.
        key: what `model_key` gave for this build.
        context: the limits in tokens that the page may promise.
        name: the folder's name where it is not the model's.
        data_licence: of the data that an adapter was trained on.

    Returns:
        The manifest.
    """
    config = checkpoint.config
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST)
    files = [_entry(folder, path) for path in paths]
    shards = [f["bytes"] for f in files if f["path"].startswith("params_shard_")]
    manifest = {
        "format": FORMAT,
        "name": name or config.name,
        "title": config.title,
        "test_model": checkpoint.test_model,
        "preset": config.name,
        "created_by": _versions(),
        "key": key,
        "model": model_shape(config),
        "quantization": quantization.name,
        "licence": {"model": checkpoint.licence, "data": data_licence},
        "context": context,
        "files": files,
        "weights_bytes": sum(shards),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return manifest


def model_shape(config: LlamaConfig) -> dict[str, Any]:
    """A model's sizes and constants as JSON, without its name and title."""
    return {k: v for k, v in asdict(config).items() if k not in ("name", "title")}


def _entry(folder: Path, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    return {"path": path.relative_to(folder).as_posix(), "bytes": size, "sha256": digest}


def _versions() -> dict[str, str]:
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for package in _MAKERS:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
