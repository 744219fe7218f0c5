"""Base checkpoints: a preset's own, a Hugging Face folder, a GGUF file, or random weights."""

from pathlib import Path

from ..presets import PRESETS, SOURCES, Source
from .base import Checkpoint, CheckpointError, tensor_shapes
from .gguf import GGUFCheckpoint, gguf_of_package
from .random import RandomCheckpoint
from .safetensors import FolderCheckpoint

__all__ = [
    "CHECKPOINTS",
    "Checkpoint",
    "CheckpointError",
    "FolderCheckpoint",
    "GGUFCheckpoint",
    "RandomCheckpoint",
    "checkpoint_files",
    "gguf_of_package",
    "locate",
    "open_checkpoint",
    "tensor_shapes",
]

CHECKPOINTS = Path("checkpoints")
"""Where the presets' Hugging Face folders lie, below the working directory."""


def locate(source: str, checkpoints: Path = CHECKPOINTS) -> Path | None:
    """The GGUF file or folder that a preset's name or a path stands for; None for no weights.

    Raises:
        CheckpointError: where there is no such preset, folder or file.
    """
    if source not in SOURCES:
        path = Path(source)
        if path.is_dir() or (path.is_file() and path.suffix == ".gguf"):
            return path
        raise CheckpointError(
            f"There is no model {source}: it is neither a preset ({', '.join(PRESETS)}) nor a "
            "checkpoint folder nor a GGUF file."
        )
    known = SOURCES[source]
    if known.package:
        return gguf_of_package(known.package)
    if known.folder is None:
        return None
    folder = checkpoints / known.folder
    if not folder.is_dir():
        raise CheckpointError(
            f"The checkpoint of {source} is missing: put its Hugging Face folder (config.json, "
            f"tokenizer.json, safetensors) at {folder}, or build a test model of the same shape "
            "with --random-weights."
        )
    return folder


def checkpoint_files(
    source: str, *, random_weights: bool = False, checkpoints: Path = CHECKPOINTS
) -> list[Path]:
    """All files that a build of `source` reads, found without reading them.

    Raises:
        CheckpointError: as `open_checkpoint` does, where something is not there at all.
    """
    if random_weights:
        return [gguf_of_package(_preset_source(source).tokenizer_package)]
    path = _require_weights(source, checkpoints)
    return [path] if path.is_file() else sorted(f for f in path.iterdir() if f.is_file())


def open_checkpoint(
    source: str,
    *,
    random_weights: bool = False,
    seed: int = 0,
    checkpoints: Path = CHECKPOINTS,
) -> Checkpoint:
    """Open the base model that a preset's name, a folder or a GGUF file stands for.

    Args:
        source: a name of `PRESETS`, a Hugging Face folder, or a `.gguf` file.
        random_weights: fill the preset's shape with seeded noise instead (a test model).
        seed: of the noise.
        checkpoints: the folder that holds the presets' Hugging Face folders.

    Raises:
        CheckpointError: with what is missing or unfit, and what to do.
    """
    if random_weights:
        _preset_source(source)
        return RandomCheckpoint(PRESETS[source], seed)
    path = _require_weights(source, checkpoints)
    config = PRESETS.get(source)
    licence = SOURCES[source].licence if source in SOURCES else None
    reader = FolderCheckpoint if path.is_dir() else GGUFCheckpoint
    return reader(path, licence, config)


def _preset_source(name: str) -> Source:
    if name not in SOURCES:
        raise CheckpointError(
            f"--random-weights needs a preset ({', '.join(PRESETS)}), and {name} is none."
        )
    return SOURCES[name]


def _require_weights(source: str, checkpoints: Path) -> Path:
    path = locate(source, checkpoints)
    if path is None:
        raise CheckpointError(
            f"{source} is a test model without weights of its own; build it with --random-weights."
        )
    return path
