"""A Llama's shape in the words of `transformers`, for training and for the tests' reference."""

from typing import Any

from .presets import LlamaConfig


def config_arguments(config: LlamaConfig) -> dict[str, Any]:
    """What `transformers.LlamaConfig` takes for this shape."""
    rope: dict[str, Any] = {"rope_type": "default", "rope_theta": config.rope_theta}
    if scaling := config.rope_scaling:
        rope |= {
            "rope_type": "llama3",
            "factor": scaling.factor,
            "low_freq_factor": scaling.low_freq_factor,
            "high_freq_factor": scaling.high_freq_factor,
            "original_max_position_embeddings": scaling.original_context,
        }
    return {
        "vocab_size": config.vocab,
        "hidden_size": config.hidden,
        "intermediate_size": config.ff,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.kv_heads,
        "head_dim": config.head_dim,
        "rms_norm_eps": config.rms_eps,
        "rope_parameters": rope,
        "max_position_embeddings": config.context,
        "tie_word_embeddings": config.tied,
    }
