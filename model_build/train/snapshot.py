"""Checkpoints of a run: written whole or not at all, checked before they are used.

    RUN/checkpoints/step-000120/
        adapter/               PEFT's folder, in float32
        optimizer.safetensors  AdamW's moments
        state.json             step, seconds, and the SHA-256 of the other files

The two newest are kept. A run continues from the newest one that is whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from .errors import TrainError
from .model import Student

FOLDER = "checkpoints"
ADAPTER = "adapter"
OPTIMIZER = "optimizer.safetensors"
STATE = "state.json"
KEEP = 2

Say = Callable[[str], None]


@dataclass(frozen=True)
class Snapshot:
    """A whole checkpoint: its folder and what `state.json` tells."""

    folder: Path
    step: int
    seconds: float
    tokens: int


def save(
    run: Path,
    student: Student,
    optimizer: torch.optim.Optimizer,
    *,
    step: int,
    seconds: float,
    tokens: int,
) -> Path:
    """Write a checkpoint; the older ones beyond `KEEP` go.

    Raises:
        OSError: where the disk is full or refuses; what was there before stays.
    """
    folder = run / FOLDER / f"step-{step:06d}"
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        student.save(partial / ADAPTER)
        _save_tensors(_moments(student, optimizer), partial / OPTIMIZER)
        files = {p.relative_to(partial).as_posix(): _digest(p) for p in _files(partial)}
        state = {"step": step, "seconds": seconds, "tokens": tokens, "files": files}
        (partial / STATE).write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    for old in _folders(run)[:-KEEP]:
        shutil.rmtree(old, ignore_errors=True)
    return folder


def newest(run: Path, say: Say) -> Snapshot | None:
    """The newest whole checkpoint of a run, or None where it has none; says which are damaged.

    Raises:
        TrainError: where there are checkpoints, and all are damaged.
    """
    faults = []
    for folder in reversed(_folders(run)):
        try:
            return _check(folder)
        except TrainError as error:
            faults.append(str(error))
            say(f"{error} Looking for the checkpoint before it.")
    if faults:
        raise TrainError(f"No checkpoint of {run} is whole: {faults[0]} Begin the run anew.")
    return None


def restore(snapshot: Snapshot, student: Student, optimizer: torch.optim.Optimizer) -> None:
    """Put a checkpoint's optimizer state back; its adapter was loaded with the student."""
    stored = load_file(snapshot.folder / OPTIMIZER)
    parameters = student.parameters()
    state: dict[int, dict[str, Any]] = {
        index: {
            "step": torch.tensor(float(snapshot.step)),
            "exp_avg": stored[f"{index}.exp_avg"].to(parameter.device),
            "exp_avg_sq": stored[f"{index}.exp_avg_sq"].to(parameter.device),
        }
        for index, parameter in enumerate(parameters)
    }
    optimizer.load_state_dict(
        {"state": state, "param_groups": optimizer.state_dict()["param_groups"]}
    )


def _moments(student: Student, optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    return {
        f"{index}.{name}": optimizer.state[parameter][name].contiguous()
        for index, parameter in enumerate(student.parameters())
        for name in ("exp_avg", "exp_avg_sq")
    }


def _save_tensors(tensors: dict[str, torch.Tensor], path: Path) -> None:
    """safetensors tells of a full disk with an error of its own; here it is an OSError."""
    try:
        save_file(tensors, path)
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"{path}: {error}") from error


def _check(folder: Path) -> Snapshot:
    path = folder / STATE
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        files: dict[str, str] = state["files"]
        found = Snapshot(folder, state["step"], state["seconds"], state["tokens"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainError(f"The checkpoint file {path} is damaged ({error!r}).") from None
    for name, digest in files.items():
        file = folder / name
        if not file.is_file():
            raise TrainError(f"The checkpoint file {file} is missing.")
        if _digest(file) != digest:
            raise TrainError(f"The checkpoint file {file} is damaged (its SHA-256 differs).")
    return found


def _folders(run: Path) -> list[Path]:
    found = []
    with contextlib.suppress(FileNotFoundError):
        for folder in (run / FOLDER).iterdir():
            if folder.is_dir() and not folder.name.endswith(".partial"):
                found.append(folder)
    return sorted(found)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
