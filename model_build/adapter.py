"""A PEFT LoRA adapter merged into a checkpoint's weights while they are read, without torch.

W' = W + (alpha / r) · B · A for every adapted linear layer (Hu et al., arXiv 2106.09685), in
float32; tensors without an adapter keep their stored form.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from .checkpoint import Checkpoint, CheckpointError
from .quantize import Packed, quantize_on_grid, rounding_offsets

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
TRAINING = "training.json"
"""What this project's training tells of an adapter: base, recipe, data and their licences."""

_KEY = re.compile(r"^base_model\.model\.(.+)\.lora_([AB])\.weight$")
_UNSUPPORTED = {
    "use_dora": "DoRA",
    "fan_in_fan_out": "transposed weights",
    "modules_to_save": "modules saved whole",
    "trainable_token_indices": "trained tokens",
}


class AdaptedCheckpoint(Checkpoint):
    """A base checkpoint with a LoRA adapter's updates in its tensors.

    Raises:
        CheckpointError: where the folder lacks files, is of a kind that cannot be merged here, or
            belongs to another base.
    """

    def __init__(self, base: Checkpoint, folder: Path) -> None:
        super().__init__(base.config, base.where, base.licence, test_model=base.test_model)
        self.base, self.folder = base, folder
        self.settings = _settings(folder)
        self.pairs = _pairs(folder)
        for layer, pair in self.pairs.items():
            self._check(layer, pair)

    def tokenizer_files(self) -> dict[str, bytes]:
        return self.base.tokenizer_files()

    def _read(self, name: str) -> NDArray:
        weight = self.base.tensor(name)
        pair = self.pairs.get(name.removesuffix(".weight"))
        if pair is None:
            return weight
        return weight + self._scale(name.removesuffix(".weight")) * (pair["B"] @ pair["A"])

    def q4_1(self, name: str) -> Packed | None:
        """The base's groups; those of an adapted layer with the update in their codes."""
        packed = self.base.q4_1(name)
        if packed is None or name.removesuffix(".weight") not in self.pairs:
            return packed
        offsets = rounding_offsets(name, self.shapes[name])
        return quantize_on_grid(self.tensor(name), packed, offsets)

    def q8_0(self, name: str) -> Packed | None:
        return None if name.removesuffix(".weight") in self.pairs else self.base.q8_0(name)

    def _scale(self, layer: str) -> np.float32:
        rank = _pattern(self.settings.get("rank_pattern"), layer, self.settings["r"])
        alpha = _pattern(self.settings.get("alpha_pattern"), layer, self.settings["lora_alpha"])
        root = math.sqrt(rank) if self.settings.get("use_rslora") else rank
        return np.float32(alpha / root)

    def _check(self, layer: str, pair: dict[str, NDArray[np.float32]]) -> None:
        shape = self.shapes.get(layer + ".weight")
        if shape is None:
            raise CheckpointError(
                f"The adapter {self.folder} adapts {layer}, which {self.base.where} does not have; "
                "it was trained on another base model."
            )
        if set(pair) != {"A", "B"}:
            raise CheckpointError(
                f"The adapter {self.folder} holds only one half of its update of {layer}; "
                "the file is damaged: get it again."
            )
        found = (pair["B"].shape[0], pair["A"].shape[1])
        if found != shape or pair["A"].shape[0] != pair["B"].shape[1]:
            raise CheckpointError(
                f"The adapter {self.folder} updates {layer} in the shape {list(found)}, but "
                f"{self.base.where} has it as {list(shape)}; it was trained on another base model."
            )


def adapter_files(folder: Path) -> list[Path]:
    """The files that a merge reads.

    Raises:
        CheckpointError: naming what the folder lacks.
    """
    missing = [name for name in (CONFIG, WEIGHTS) if not (folder / name).is_file()]
    if missing:
        raise CheckpointError(f"The adapter folder {folder} lacks {' and '.join(missing)}.")
    return [folder / CONFIG, folder / WEIGHTS]


def training_of(folder: Path) -> dict[str, Any]:
    """What an adapter's `training.json` tells; empty where there is none or it is damaged."""
    try:
        told = json.loads((folder / TRAINING).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def data_licence(folder: Path) -> str | None:
    """The public data that an adapter was trained on, here or before it continued from another.

    Returns:
        Each set with its licence, or None where nothing is told.
    """
    found: set[str] = set()
    told: Any = training_of(folder)
    while isinstance(told, dict):
        for part in told.get("data", []):
            found.update(part.get("licences", []))
        told = told.get("continues")
    return "; ".join(sorted(found)) or None


def _settings(folder: Path) -> dict[str, Any]:
    config_file, _ = adapter_files(folder)
    try:
        settings = json.loads(config_file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(f"{config_file} is not JSON ({error}).") from error
    if settings.get("peft_type") != "LORA":
        raise CheckpointError(
            f"The adapter {folder} is of the kind {settings.get('peft_type')}; only LoRA is merged."
        )
    for key, what in _UNSUPPORTED.items():
        if settings.get(key):
            raise CheckpointError(f"The adapter {folder} uses {what}, which is not merged here.")
    if settings.get("bias", "none") != "none":
        raise CheckpointError(f"The adapter {folder} trains biases, which a Llama does not have.")
    return settings


def _pairs(folder: Path) -> dict[str, dict[str, NDArray[np.float32]]]:
    try:
        stored = load_file(folder / WEIGHTS)
    except SafetensorError as error:
        raise CheckpointError(
            f"{folder / WEIGHTS} cannot be read as safetensors ({error}); it may be cut off."
        ) from error
    pairs: dict[str, dict[str, NDArray[np.float32]]] = {}
    for key, value in stored.items():
        match = _KEY.match(key)
        if match is None:
            raise CheckpointError(f"{folder / WEIGHTS} holds {key}, which no LoRA layer has.")
        pairs.setdefault(match.group(1), {})[match.group(2)] = value.astype(np.float32)
    return pairs


def _pattern(patterns: dict[str, float] | None, layer: str, default: float) -> float:
    """PEFT's lookup: the first pattern that matches the end of the layer's dotted name."""
    for pattern, value in (patterns or {}).items():
        if re.match(rf"(.*\.)?({pattern})$", layer):
            return value
    return default
