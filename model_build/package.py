"""A checkpoint's weights and tokenizer in a model folder, in MLC's container and names.

Query, key and value projections are stored as one matrix, gate and up projections as another, as
in MLC, whose tools read the folders in its own formats (`q4f16_1`, `q4f32_1`) as they are. In
`q4a16`, records over 8 MiB are split by rows (`NAME.rows0`, `NAME.rows1`, …), so that no shard and
no download is larger than that.
"""

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .checkpoint.base import EMBEDDING, FINAL_NORM, HEAD, Checkpoint, CheckpointError
from .manifest import is_current, model_key, staged_folder, write_manifest
from .mlc_config import CHAT_CONFIG, chat_config
from .presets import LlamaConfig
from .quantize import Packed, Quantization, concatenate, quantize_linear, quantize_table
from .unpack import dequantized_state_dict, read_records

__all__ = [
    "dequantized_state_dict",
    "is_current",
    "model_key",
    "pack_weights",
    "read_records",
    "staged_folder",
    "write_manifest",
]

RECORD_CAP = 8 << 20
"""Bytes above which a record of `q4a16` is split by rows."""

_ROW_STEP = 64  # pieces end where the kernels' tiles of columns end
_SHARD_MB = {True: 8, False: 32}  # for q4a16, and for MLC's formats (MLC's own cap)
_PREFILL_CHUNK = 128  # tokens

Progress = Callable[[int, int], None]
"""Called with the parameters packed so far and the parameters of the whole model."""


@dataclass(frozen=True)
class Fused:
    """One stored matrix: its name, and the checkpoint's tensors that make its rows."""

    name: str
    parts: tuple[str, ...]
    table: bool = False


def matrices(config: LlamaConfig) -> Iterator[Fused | str]:
    """What is stored, in order: fused matrices, and names of norms."""
    yield Fused("model.embed_tokens", (EMBEDDING,), table=True)
    for layer in range(config.layers):
        prefix = f"model.layers.{layer}"
        attention, mlp = f"{prefix}.self_attn", f"{prefix}.mlp"
        yield f"{prefix}.input_layernorm.weight"
        yield Fused(f"{attention}.qkv_proj", tuple(f"{attention}.{x}_proj.weight" for x in "qkv"))
        yield Fused(f"{attention}.o_proj", (f"{attention}.o_proj.weight",))
        yield f"{prefix}.post_attention_layernorm.weight"
        yield Fused(f"{mlp}.gate_up_proj", (f"{mlp}.gate_proj.weight", f"{mlp}.up_proj.weight"))
        yield Fused(f"{mlp}.down_proj", (f"{mlp}.down_proj.weight",))
    yield FINAL_NORM
    if not config.tied:
        yield Fused("lm_head", (HEAD,), table=True)


def pack_weights(
    checkpoint: Checkpoint,
    quantization: Quantization,
    folder: Path,
    progress: Progress | None = None,
) -> None:
    """Write weight shards, `tensor-cache.json`, `mlc-chat-config.json` and tokenizer files.

    Blocks that the checkpoint already holds in the wanted form are kept bit for bit. One matrix
    at a time is in memory.

    Raises:
        CheckpointError: where a tensor is missing, misshapen or not finite.
    """
    from tvm.contrib.tvmjs import dump_tensor_cache  # takes seconds to import

    sizes: dict[str, int] = {}

    def records() -> Iterator[tuple[str, NDArray]]:
        for name, array in _records(checkpoint, quantization, progress):
            sizes[name] = array.nbytes
            yield name, array

    parameters = sum(int(np.prod(shape)) for shape in checkpoint.shapes.values())
    with contextlib.redirect_stdout(io.StringIO()):
        dump_tensor_cache(
            records(),
            str(folder),
            encode_format="raw",
            meta_data=lambda: {
                "ParamSize": len(sizes),
                "ParamBytes": sum(sizes.values()),
                "BitsPerParam": sum(sizes.values()) * 8 / parameters,
            },
            shard_cap_mb=_SHARD_MB[quantization.affine],
            show_progress=False,
        )
    files = checkpoint.tokenizer_files()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    config = chat_config(checkpoint.config, quantization, files, _PREFILL_CHUNK)
    (folder / CHAT_CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def _records(
    checkpoint: Checkpoint, quantization: Quantization, progress: Progress | None
) -> Iterator[tuple[str, NDArray]]:
    total = sum(int(np.prod(shape)) for shape in checkpoint.shapes.values())
    done = 0
    for item in matrices(checkpoint.config):
        if isinstance(item, str):
            yield item, checkpoint.tensor(item).astype(quantization.norm_dtype)
            parts: tuple[str, ...] = (item,)
        else:
            packed = concatenate([_pack(checkpoint, n, item, quantization) for n in item.parts])
            if not np.isfinite(packed.q_scale).all():
                raise CheckpointError(
                    f"{checkpoint.where} holds values in {item.name} that are not finite or too "
                    f"large for {quantization.scale_dtype}."
                )
            for part, array in packed.parts().items():
                yield from _split_rows(f"{item.name}.{part}", array, quantization)
            parts = item.parts
        done += sum(int(np.prod(checkpoint.shapes[name])) for name in parts)
        if progress:
            progress(done, total)


def _pack(checkpoint: Checkpoint, name: str, matrix: Fused, quantization: Quantization) -> Packed:
    if quantization.affine:
        kept = checkpoint.q8_0(name) if matrix.table else checkpoint.q4_1(name)
        if kept is not None:
            return kept
    quantize = quantize_table if matrix.table else quantize_linear
    return quantize(checkpoint.tensor(name), quantization)


def _split_rows(
    name: str, array: NDArray, quantization: Quantization
) -> Iterator[tuple[str, NDArray]]:
    if not quantization.affine or array.nbytes <= RECORD_CAP:
        yield name, array
        return
    row = array[0].nbytes
    rows = max(_ROW_STEP, RECORD_CAP // row // _ROW_STEP * _ROW_STEP)
    for index, start in enumerate(range(0, len(array), rows)):
        yield f"{name}.rows{index}", array[start : start + rows]
