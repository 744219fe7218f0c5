"""Reading a model folder's weights back: the records, and the float32 tensors they stand for."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .checkpoint.base import EMBEDDING, HEAD
from .mlc_config import CHAT_CONFIG
from .quantize import Packed, dequantize

TENSOR_CACHE = "tensor-cache.json"


def read_records(folder: Path) -> dict[str, NDArray]:
    """All stored arrays by name, with records that were split by rows put together again.

    Raises:
        ValueError: for a record in another encoding than the raw one that this project writes.
    """
    records: dict[str, NDArray] = {}
    pieces: dict[str, dict[int, NDArray]] = defaultdict(dict)
    for shard in json.loads((folder / TENSOR_CACHE).read_text())["records"]:
        data = np.fromfile(folder / shard["dataPath"], np.uint8)
        for record in shard["records"]:
            name = record["name"]
            if record["format"] != "raw":
                raise ValueError(f"{name} in {folder} is stored as {record['format']}, not raw")
            start = record["byteOffset"]
            array = data[start : start + record["nbytes"]].view(record["dtype"])
            array = array.reshape(record["shape"])
            whole, split, index = name.rpartition(".rows")
            if split:
                pieces[whole][int(index)] = array
            else:
                records[name] = array
    for name, parts in pieces.items():  # shards hold them in any order
        records[name] = np.concatenate([parts[index] for index in range(len(parts))])
    return records


def dequantized_state_dict(folder: Path) -> dict[str, NDArray[np.float32]]:
    """The float32 weights that a model folder stands for, by Hugging Face names.

    Fused matrices come apart again, so the result can be loaded into `transformers`. A model with
    tied embeddings has no `lm_head.weight`.
    """
    config = json.loads((folder / CHAT_CONFIG).read_text())["model_config"]
    records = read_records(folder)
    state: dict[str, NDArray[np.float32]] = {}
    for name in records:
        if name.endswith(".weight"):
            state[name] = records[name].astype(np.float32)
        elif name.endswith(".q_weight"):
            base = name.removesuffix(".q_weight")
            parts = (records.get(f"{base}.{p}") for p in ("q_weight", "q_scale", "q_min"))
            state |= _unfuse(base, dequantize(Packed(*parts)), config)
    return state


def _unfuse(
    name: str, weight: NDArray[np.float32], config: dict[str, Any]
) -> dict[str, NDArray[np.float32]]:
    parent, _, kind = name.rpartition(".")
    if kind == "qkv_proj":
        queries = config["num_attention_heads"] * config["head_dim"]
        keys = config["num_key_value_heads"] * config["head_dim"]
        names = ["q_proj", "k_proj", "v_proj"]
        parts = np.split(weight, [queries, queries + keys])
    elif kind == "gate_up_proj":
        names = ["gate_proj", "up_proj"]
        parts = np.split(weight, 2)
    else:
        tables = {"model.embed_tokens": EMBEDDING, "lm_head": HEAD}
        return {tables.get(name, f"{name}.weight"): weight}
    return {f"{parent}.{n}.weight": part for n, part in zip(names, parts, strict=True)}
