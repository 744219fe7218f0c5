"""A small Llama in every form that checkpoints come in."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf.quants import quantize
from ml_dtypes import bfloat16
from numpy.typing import NDArray
from safetensors.numpy import save_file

from model_build.checkpoint import Checkpoint, tensor_shapes
from model_build.checkpoint.gguf import gguf_name
from model_build.presets import LlamaConfig
from model_build.tokenizer import CONTROL, NORMAL, Vocabulary, byte_characters, tokenizer_files

CONTROLS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TOKENS = [*CONTROLS, *byte_characters(), "Ġt", "he", "Ġthe"]
MERGES = ["Ġ t", "h e", "Ġt he"]

TOY = LlamaConfig(
    name="toy",
    title="Toy",
    layers=2,
    hidden=64,
    heads=4,
    kv_heads=2,
    head_dim=16,
    ff=96,
    vocab=len(TOKENS),
    rope_theta=10000.0,
    rms_eps=1e-5,
    context=512,
)

VOCABULARY = Vocabulary(
    tokens=TOKENS,
    kinds=[CONTROL] * len(CONTROLS) + [NORMAL] * (len(TOKENS) - len(CONTROLS)),
    merges=MERGES,
    pre_tokenizer="smollm",
    special={"bos": 1, "eos": 2},
)

State = dict[str, NDArray[np.float32]]


def toy_state(config: LlamaConfig = TOY, seed: int = 0) -> State:
    """Random weights by Hugging Face name; every value is exact in float16 and bfloat16."""
    rng = np.random.default_rng(seed)
    return {
        name: (rng.integers(-127, 128, shape) / 256).astype(np.float32)
        for name, shape in tensor_shapes(config).items()
    }


class Toy(Checkpoint):
    """The toy model with its weights in memory."""

    def __init__(self, config: LlamaConfig = TOY, state: State | None = None) -> None:
        super().__init__(config, "the toy model", "none", test_model=True)
        self.state = state or toy_state(config)

    def _read(self, name: str) -> NDArray:
        return self.state[name]

    def tokenizer_files(self) -> dict[str, bytes]:
        return tokenizer_files(VOCABULARY)


def hf_config(config: LlamaConfig = TOY, **changes: Any) -> dict[str, Any]:
    """The content of a config.json; a change to None takes the key out."""
    found = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "attention_bias": False,
        "num_hidden_layers": config.layers,
        "hidden_size": config.hidden,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.kv_heads,
        "head_dim": config.head_dim,
        "intermediate_size": config.ff,
        "vocab_size": config.vocab,
        "rope_theta": config.rope_theta,
        "rms_norm_eps": config.rms_eps,
        "max_position_embeddings": config.context,
        "tie_word_embeddings": config.tied,
    } | changes
    return {key: value for key, value in found.items() if value is not None}


def write_folder(
    folder: Path,
    *,
    config: LlamaConfig = TOY,
    state: State | None = None,
    dtype: str = "float32",
    shards: int = 1,
    **changes: Any,
) -> Path:
    """A Hugging Face folder; `changes` go to its config.json."""
    folder.mkdir(parents=True, exist_ok=True)
    kind = bfloat16 if dtype == "bfloat16" else np.dtype(dtype)
    arrays = {n: a.astype(kind) for n, a in (state or toy_state(config)).items()}
    (folder / "config.json").write_text(json.dumps(hf_config(config, **changes)))
    for name, content in tokenizer_files(VOCABULARY).items():
        (folder / name).write_bytes(content)
    if shards == 1:
        save_file(arrays, folder / "model.safetensors")
        return folder
    names = list(arrays)
    located = {
        n: f"model-{i % shards + 1:05}-of-{shards:05}.safetensors" for i, n in enumerate(names)
    }
    for file in set(located.values()):
        save_file({n: arrays[n] for n in names if located[n] == file}, folder / file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": located}))
    return folder


def interleave(rows: NDArray, heads: int) -> NDArray:
    """llama.cpp's order of query and key rows: channel i of each half of a head alternates."""
    out = np.empty_like(rows)
    size = len(rows) // heads
    for head in range(heads):
        for i in range(size // 2):
            out[head * size + 2 * i] = rows[head * size + i]
            out[head * size + 2 * i + 1] = rows[head * size + size // 2 + i]
    return out


def write_gguf(
    path: Path,
    *,
    config: LlamaConfig = TOY,
    state: State | None = None,
    linear: str = "Q4_1",
    architecture: str = "llama",
    pre: str = "smollm",
) -> Path:
    """A GGUF file with its linear layers in `linear` and its table in Q8_0."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(config.layers)
    writer.add_context_length(config.context)
    writer.add_embedding_length(config.hidden)
    writer.add_feed_forward_length(config.ff)
    writer.add_head_count(config.heads)
    writer.add_head_count_kv(config.kv_heads)
    writer.add_layer_norm_rms_eps(config.rms_eps)
    writer.add_rope_freq_base(config.rope_theta)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(VOCABULARY.tokens)
    writer.add_token_types(VOCABULARY.kinds)
    writer.add_token_merges(VOCABULARY.merges)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    for name, array in (state or toy_state(config)).items():
        kind = "F32" if array.ndim == 1 else "Q8_0" if "embed" in name else linear
        if name.endswith(("q_proj.weight", "k_proj.weight")):
            array = interleave(array, config.heads if "q_proj" in name else config.kv_heads)
        stored = gguf.GGMLQuantizationType[kind]
        writer.add_tensor(gguf_name(name), quantize(array, stored), raw_dtype=stored)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def same_model(left: LlamaConfig, right: LlamaConfig) -> bool:
    """Equal in everything but name and title."""
    a, b = asdict(left), asdict(right)
    return all(a[key] == b[key] for key in a if key not in ("name", "title"))
