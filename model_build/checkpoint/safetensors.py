"""A Hugging Face folder: config.json, safetensors in one file or in shards, tokenizer.json."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from ..presets import ChatFormat, Llama3Scaling, LlamaConfig
from .base import Checkpoint, CheckpointError, require_same_shape

SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
CONFIG = "config.json"
TOKENIZER = "tokenizer.json"

LONGEST_CONTEXT = 8192


class FolderCheckpoint(Checkpoint):
    """A Llama in a Hugging Face folder.

    Args:
        folder: holds `config.json`, `tokenizer.json` and the weights; `tokenizer_config.json`
            and `generation_config.json` are used where they are there.
        licence: what the manifest says; by default what the folder's README states.
        config: the preset that the folder must match.

    Raises:
        CheckpointError: where files are missing or the model is not a Llama.
    """

    def __init__(
        self, folder: Path, licence: str | None = None, config: LlamaConfig | None = None
    ) -> None:
        self.folder = folder
        if not folder.is_dir():
            raise CheckpointError(f"There is no checkpoint folder {folder}.")
        self._require_files()
        found = read_config(folder, _chat_format(self._json(TOKENIZER)))
        if config is not None:
            require_same_shape(config, found, str(folder))
        licence = licence or _stated_licence(folder)
        super().__init__(config or found, str(folder), licence)
        self._stack = ExitStack()
        self._open: dict[str, Any] = {}
        self._file_of = self._locate()

    def _read(self, name: str) -> NDArray:
        path = self._file_of[name]
        try:
            return self._shard(path).get_tensor(name)
        except SafetensorError as error:
            raise CheckpointError(f"{self.folder / path} does not give {name} ({error}).") from None

    def _shard(self, path: str) -> Any:
        if path not in self._open:
            try:
                file = safe_open(self.folder / path, "numpy")
            except SafetensorError as error:
                raise CheckpointError(
                    f"{self.folder / path} cannot be read as safetensors ({error}); "
                    "it may be cut off: get it again."
                ) from None
            self._open[path] = self._stack.enter_context(file)
        return self._open[path]

    def tokenizer_files(self) -> dict[str, bytes]:
        names = (TOKENIZER, "tokenizer_config.json", "generation_config.json")
        return {n: (self.folder / n).read_bytes() for n in names if (self.folder / n).is_file()}

    def _require_files(self) -> None:
        missing = [name for name in (CONFIG, TOKENIZER) if not (self.folder / name).is_file()]
        if not any((self.folder / name).is_file() for name in (SINGLE, INDEX)):
            missing.append(f"{SINGLE} (or {INDEX} with its shards)")
        if missing:
            pickled = any(self.folder.glob("*.bin"))
            hint = " Weights in PyTorch's .bin form are not read; get the safetensors." * pickled
            raise CheckpointError(
                f"The checkpoint folder {self.folder} lacks {' and '.join(missing)}.{hint}"
            )

    def _json(self, name: str) -> dict[str, Any]:
        return _read_json(self.folder / name)

    def _locate(self) -> dict[str, str]:
        """The file of every tensor, with all shards known to be there and readable."""
        if (self.folder / INDEX).is_file():
            located = self._json(INDEX).get("weight_map")
            if not isinstance(located, dict):
                raise CheckpointError(f"{self.folder / INDEX} has no weight_map; get it again.")
            for shard in sorted(set(located.values())):
                if not (self.folder / shard).is_file():
                    raise CheckpointError(
                        f"The checkpoint folder {self.folder} lacks the shard {shard}, which its "
                        f"{INDEX} lists."
                    )
            return located
        return dict.fromkeys(self._shard(SINGLE).keys(), SINGLE)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(f"{path} is not JSON ({error}); get it again.") from error
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} does not hold a JSON object; get it again.")
    return value


def read_config(folder: Path, chat: ChatFormat = "chatml") -> LlamaConfig:
    """The Llama that a folder's `config.json` describes.

    Raises:
        CheckpointError: naming what differs, where it is not a plain Llama.
    """
    path = folder / CONFIG
    config = _read_json(path)
    _require_llama(config, path)

    def need(key: str) -> Any:
        if config.get(key) is None:
            raise CheckpointError(f"{path} does not say {key}; get it again.")
        return config[key]

    rope = {**(config.get("rope_scaling") or {}), **(config.get("rope_parameters") or {})}
    heads, hidden = int(need("num_attention_heads")), int(need("hidden_size"))
    return LlamaConfig(
        name=folder.resolve().name.lower(),
        title=folder.resolve().name,
        layers=int(need("num_hidden_layers")),
        hidden=hidden,
        heads=heads,
        kv_heads=int(config.get("num_key_value_heads") or heads),
        head_dim=int(config.get("head_dim") or hidden // heads),
        ff=int(need("intermediate_size")),
        vocab=int(need("vocab_size")),
        rope_theta=float(rope.get("rope_theta") or config.get("rope_theta") or 10000.0),
        rms_eps=float(need("rms_norm_eps")),
        context=min(LONGEST_CONTEXT, int(config.get("max_position_embeddings", LONGEST_CONTEXT))),
        rope_scaling=_scaling(rope, path),
        tied=bool(config.get("tie_word_embeddings", False)),
        chat=chat,
    )


def _require_llama(config: dict[str, Any], path: Path) -> None:
    kind, architectures = config.get("model_type"), config.get("architectures") or []
    if kind != "llama" or not all(a == "LlamaForCausalLM" for a in architectures):
        named = ", ".join([str(kind), *map(str, architectures)])
        raise CheckpointError(
            f"{path} describes a model of the type {named}; only Llama-shaped models "
            "(model_type llama, LlamaForCausalLM) can be built."
        )
    plain = {"attention_bias": False, "mlp_bias": False, "hidden_act": "silu"}
    for key, wanted in plain.items():
        if config.get(key, wanted) != wanted:
            raise CheckpointError(
                f"{path} says {key} = {json.dumps(config[key])}; a Llama that can be built here "
                f"has {json.dumps(wanted)}."
            )
    if config.get("quantization_config"):
        raise CheckpointError(
            f"{path} says that its weights are already quantized (quantization_config); "
            "name the folder of the unquantized model."
        )


def _scaling(rope: dict[str, Any], path: Path) -> Llama3Scaling | None:
    kind = rope.get("rope_type") or rope.get("type") or "default"
    if kind == "default":
        return None
    if kind != "llama3":
        raise CheckpointError(
            f"{path} asks for RoPE scaling of the type {kind}; default and llama3 can be built."
        )
    keys = ("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings")
    missing = [key for key in keys if rope.get(key) is None]
    if missing:
        raise CheckpointError(f"{path} asks for llama3 RoPE scaling without {', '.join(missing)}.")
    factor, low, high, original = (rope[key] for key in keys)
    return Llama3Scaling(float(factor), float(low), float(high), int(original))


def _chat_format(tokenizer: dict[str, Any]) -> ChatFormat:
    """Which of the two chat formats a tokenizer's control tokens belong to."""
    names = {token.get("content") for token in tokenizer.get("added_tokens") or []}
    if {"<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"} <= names:
        return "llama3"
    if {"<|im_start|>", "<|im_end|>"} <= names:
        return "chatml"
    raise CheckpointError(
        f"The model's {TOKENIZER} has the control tokens of neither chat format that is known: "
        "<|im_start|> and <|im_end|> (ChatML), or <|start_header_id|>, <|end_header_id|> and "
        "<|eot_id|> (Llama 3). Use an instruction-tuned checkpoint."
    )


def _stated_licence(folder: Path) -> str:
    """The licence in the front matter of the folder's README, as model hubs have it."""
    readme = folder / "README.md"
    if readme.is_file():
        lines = readme.read_text(encoding="utf-8", errors="replace").splitlines()
        for line in lines[1:40] if lines[:1] == ["---"] else []:
            key, _, value = line.partition(":")
            if key == "license" and value.strip():
                return value.strip()
    return "not stated in the checkpoint folder"
