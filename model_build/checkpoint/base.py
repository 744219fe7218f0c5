"""What every checkpoint reader offers: a Llama's shape, tensors by name, tokenizer files."""

from abc import ABC, abstractmethod
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from ..presets import LlamaConfig
from ..quantize import Packed

EMBEDDING = "model.embed_tokens.weight"
HEAD = "lm_head.weight"
FINAL_NORM = "model.norm.weight"

_FLOATS = ("float16", "bfloat16", "float32", "float64")


class CheckpointError(Exception):
    """A checkpoint that cannot be used; the message is a sentence for the person who asked."""


def tensor_shapes(config: LlamaConfig) -> dict[str, tuple[int, ...]]:
    """Shapes of all tensors of a Llama, by their Hugging Face names, in the order of the model.

    Linear layers are [outputs, inputs]; norms are [hidden].
    """
    queries = config.heads * config.head_dim
    keys = config.kv_heads * config.head_dim
    shapes: dict[str, tuple[int, ...]] = {EMBEDDING: (config.vocab, config.hidden)}
    for layer in range(config.layers):
        prefix = f"model.layers.{layer}."
        shapes |= {
            f"{prefix}input_layernorm.weight": (config.hidden,),
            f"{prefix}self_attn.q_proj.weight": (queries, config.hidden),
            f"{prefix}self_attn.k_proj.weight": (keys, config.hidden),
            f"{prefix}self_attn.v_proj.weight": (keys, config.hidden),
            f"{prefix}self_attn.o_proj.weight": (config.hidden, queries),
            f"{prefix}post_attention_layernorm.weight": (config.hidden,),
            f"{prefix}mlp.gate_proj.weight": (config.ff, config.hidden),
            f"{prefix}mlp.up_proj.weight": (config.ff, config.hidden),
            f"{prefix}mlp.down_proj.weight": (config.hidden, config.ff),
        }
    shapes[FINAL_NORM] = (config.hidden,)
    if not config.tied:
        shapes[HEAD] = (config.vocab, config.hidden)
    return shapes


def require_supported(config: LlamaConfig, where: str) -> None:
    """Refuse a Llama whose sizes the weight formats or the attention cannot take.

    Raises:
        CheckpointError: with the size that differs from what is needed.
    """
    for what, size in (("hidden size", config.hidden), ("feed-forward size", config.ff)):
        if size % 32:
            raise CheckpointError(
                f"{where} has a {what} of {size}; weights are stored in groups of 32, "
                "so it must be a multiple of 32."
            )
    if config.head_dim % 2 or (config.heads * config.head_dim) % 32:
        raise CheckpointError(
            f"{where} has {config.heads} heads of {config.head_dim} channels; a head needs an even "
            "number of them, and all heads together a multiple of 32."
        )
    if config.heads % config.kv_heads:
        raise CheckpointError(
            f"{where} has {config.heads} query heads for {config.kv_heads} key-value heads; "
            "grouped-query attention needs a whole number of queries for each key."
        )


def require_same_shape(wanted: LlamaConfig, found: LlamaConfig, where: str) -> None:
    """Refuse a checkpoint that is another model than the preset it was opened for.

    Raises:
        CheckpointError: naming the first constant that differs.
    """
    for field in fields(LlamaConfig):
        if field.name in ("name", "title", "context", "chat"):
            continue
        ours, theirs = getattr(wanted, field.name), getattr(found, field.name)
        if ours != theirs:
            raise CheckpointError(
                f"{where} is not the model {wanted.name}: its {field.name} is {theirs}, not "
                f"{ours}. "
                "Put the right checkpoint there, or name the folder itself as the model."
            )


class Checkpoint(ABC):
    """One base model: its shape, its weights by Hugging Face name and its tokenizer."""

    def __init__(
        self, config: LlamaConfig, where: str, licence: str, *, test_model: bool = False
    ) -> None:
        require_supported(config, where)
        self.config = config
        self.where = where
        self.licence = licence
        self.test_model = test_model
        self.shapes = tensor_shapes(config)

    @abstractmethod
    def _read(self, name: str) -> NDArray:
        """The stored tensor in any floating-point type. Raises KeyError where there is none."""

    @abstractmethod
    def tokenizer_files(self) -> dict[str, bytes]:
        """`tokenizer.json` and `tokenizer_config.json`, ready to be written."""

    def tensor(self, name: str) -> NDArray[np.float32]:
        """A tensor by its Hugging Face name, in float32 and in the shape that the config asks for.

        Raises:
            CheckpointError: where the tensor is missing or has another shape or type.
        """
        shape = self.shapes[name]
        try:
            stored = self._read(name)
        except KeyError:
            raise CheckpointError(f"{self.where} lacks the tensor {name}.") from None
        if stored.shape != shape:
            raise CheckpointError(
                f"{self.where} holds {name} in the shape {list(stored.shape)}, "
                f"but its config asks for {list(shape)}."
            )
        if stored.dtype.name not in _FLOATS:
            raise CheckpointError(
                f"{self.where} holds {name} as {stored.dtype.name}; weights must be float32, "
                "float16 or bfloat16."
            )
        return np.ascontiguousarray(stored, dtype=np.float32)

    def q4_1(self, name: str) -> Packed | None:
        """The tensor's own 4-bit affine groups without loss, or None where it has no such form."""
        return None

    def q8_0(self, name: str) -> Packed | None:
        """The tensor's own 8-bit groups without loss, or None where it has no such form."""
        return None
