"""The base as `transformers` has it, with its weights from any checkpoint, and PEFT's adapter."""

from __future__ import annotations

import ctypes
import json
import os
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from peft import LoraConfig, PeftModel, get_peft_model

from ..adapter import AdaptedCheckpoint
from ..checkpoint import Checkpoint
from ..checkpoint.base import EMBEDDING, HEAD
from ..hugging_face import config_arguments
from ..presets import LlamaConfig
from ..quantize import QUANTIZATIONS, dequantize, quantize_table
from . import attention
from .errors import TrainError
from .fused import fuse
from .linear import ADAPTER, MergedLinear
from .loss import token_losses
from .rounding import rounding_of
from .rows import Row

LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""All linear layers of a Llama; the embedding and the tied head stay as they are."""


@dataclass(frozen=True)
class LoraShape:
    """Size of an adapter; the update is scaled by alpha / rank, or alpha / √rank (`rslora`)."""

    rank: int = 64
    alpha: float = 128
    rslora: bool = False


def transformers_config(config: LlamaConfig) -> transformers.LlamaConfig:
    """The shape in the words of `transformers`, with the attention of forked sections."""
    return transformers.LlamaConfig(**config_arguments(config), attn_implementation=attention.NAME)


def load_base(
    checkpoint: Checkpoint, dtype: torch.dtype, quantization: str | None = None
) -> transformers.LlamaForCausalLM:
    """The base model, frozen; with a quantization its tables are as a build stores them.

    Raises:
        CheckpointError: where a tensor is missing or unfit.
    """
    names = checkpoint.shapes
    config = transformers_config(checkpoint.config)
    with torch.device("meta"):
        model = transformers.LlamaForCausalLM(config)
    state = {n: torch.tensor(_stored(checkpoint, n, quantization)).to(dtype) for n in names}
    if checkpoint.config.tied:
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state, strict=True, assign=True)
    # RoPE's frequencies are in no checkpoint and were left on the meta device.
    model.model.rotary_emb = type(model.model.rotary_emb)(config)
    model.config.name_or_path = checkpoint.config.name
    return model.requires_grad_(False)


def _stored(checkpoint: Checkpoint, name: str, quantization: str | None) -> NDArray[np.float32]:
    """A tensor, or what the build's rounding leaves of a table."""
    if quantization is None or name not in (EMBEDDING, HEAD):
        return checkpoint.tensor(name)
    form = QUANTIZATIONS[quantization]
    kept = checkpoint.q8_0(name) if form.affine else None
    return dequantize(kept or quantize_table(checkpoint.tensor(name), form))


class Student:
    """The base with an adapter that trains.

    Args:
        checkpoint: the base.
        shape: of a new adapter.
        adapter: a PEFT folder to go on from instead; its shape then counts.
        dtype: of the base and of all that is computed; A and B are always float32.
        device: where it runs.
        seed: of a new adapter's A.
        quantization: train through weights as a build with this format stores them.
        threads: that merge the layers' weights side by side.

    Raises:
        CheckpointError: for an adapter that is damaged or belongs to another base.
        TrainError: for an adapter that does not cover all linear layers.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        shape: LoraShape,
        *,
        adapter: Path | None = None,
        dtype: torch.dtype = torch.float32,
        device: torch.device | None = None,
        seed: int = 0,
        quantization: str | None = None,
        threads: int = 1,
    ) -> None:
        if adapter is not None:
            AdaptedCheckpoint(checkpoint, adapter)  # refuses what does not fit, in a sentence
            shape = _shape_of(adapter)
        self.shape = shape
        torch.manual_seed(seed)
        settings = LoraConfig(
            task_type="CAUSAL_LM",
            r=shape.rank,
            lora_alpha=shape.alpha,
            use_rslora=shape.rslora,
            target_modules=list(LAYERS),
            base_model_name_or_path=checkpoint.config.name,
        )
        settings._register_custom_module({torch.nn.Linear: MergedLinear})
        base = load_base(checkpoint, dtype, quantization)
        with warnings.catch_warnings():  # the two libraries' remarks about each other
            warnings.simplefilter("ignore", FutureWarning)
            warnings.simplefilter("ignore", UserWarning)
            self.peft: PeftModel = get_peft_model(base, settings)
        self.base = base
        found = [(n, m) for n, m in base.named_modules() if isinstance(m, MergedLinear)]
        self.layers = [layer for _, layer in found]
        if quantization is not None:
            for name, layer in found:
                layer.rounding = rounding_of(quantization, checkpoint, f"{name}.weight")
        self._threads = threads
        if adapter is not None:
            self._load(adapter)
        for parameter in self.parameters():
            parameter.data = parameter.data.float()
        self.peft.to(device or torch.device("cpu"))
        if (device is None or device.type == "cpu") and dtype == torch.float32:
            fuse(base)
        self.refresh()

    def parameters(self) -> list[torch.nn.Parameter]:
        """What trains: A and B of every layer, in the order of the model."""
        return [factor for layer in self.layers for factor in layer.factors()]

    def refresh(self) -> None:
        """Merge A and B into the weights that the next forward pass uses."""
        with ThreadPoolExecutor(
            self._threads, initializer=torch.set_num_threads, initargs=(1,)
        ) as pool:
            list(pool.map(MergedLinear.refresh, self.layers))

    def losses(self, row: Row) -> torch.Tensor:
        """Negative log-likelihood of every token of a row that counts, float32 [losses]."""
        out = self.base.model(
            input_ids=row.ids[None],
            position_ids=row.positions[None],
            use_cache=False,
            trees=row.trees,
        )
        hidden = out.last_hidden_state[0].index_select(0, row.at)
        return token_losses(hidden, self.base.lm_head.weight, row.labels)

    def save(self, folder: Path, dtype: torch.dtype = torch.float32) -> None:
        """Write a PEFT adapter folder."""
        state = {n: p.to(dtype) for n, p in self.peft.state_dict().items() if ".lora_" in n}
        self.peft.save_pretrained(folder, state_dict=state)
        (folder / "README.md").unlink(missing_ok=True)  # PEFT's empty model card

    def _load(self, adapter: Path) -> None:
        found = self.peft.load_adapter(str(adapter), ADAPTER, is_trainable=True)
        if found.missing_keys and any(".lora_" in key for key in found.missing_keys):
            raise TrainError(
                f"The adapter {adapter} does not adapt all linear layers "
                f"({next(k for k in found.missing_keys if '.lora_' in k)} is missing); start from "
                "another one, or from none."
            )


def _shape_of(adapter: Path) -> LoraShape:
    settings = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    for pattern in ("rank_pattern", "alpha_pattern"):
        if settings.get(pattern):
            raise TrainError(
                f"The adapter {adapter} has layers of unequal size ({pattern}); training goes on "
                "from adapters with one rank only."
            )
    return LoraShape(settings["r"], settings["lora_alpha"], bool(settings.get("use_rslora")))


def tame_memory() -> None:
    """Have glibc take large tensors from the system one by one, and keep the memory of small ones.

    Left alone it learns to keep large ones too, and after a few rows nearly twice as much memory is
    held as is used. Huge pages make up for the time; torch asks for them when it is told so before
    its first tensor.
    """
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:  # musl has none
            trim_threshold, mmap_threshold = -1, -3
            mallopt(mmap_threshold, 4 << 20)
            mallopt(trim_threshold, 2**31 - 1)
