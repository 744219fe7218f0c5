"""Rotary tables against Hugging Face's own."""

import numpy as np
import pytest

from model_build.presets import PRESETS
from model_build.rope import inverse_frequencies, rope_tables


@pytest.mark.parametrize("name", ["smollm2-135m", "llama-3.2-1b"])
def test_frequencies_are_those_of_transformers(name: str) -> None:
    transformers = pytest.importorskip("transformers")
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    config = PRESETS[name]
    parameters = {"rope_type": "default", "rope_theta": config.rope_theta}
    if config.rope_scaling:
        s = config.rope_scaling
        parameters |= {
            "rope_type": "llama3", "factor": s.factor, "low_freq_factor": s.low_freq_factor,
            "high_freq_factor": s.high_freq_factor,
            "original_max_position_embeddings": s.original_context,
        }  # fmt: skip
    theirs = transformers.LlamaConfig(
        hidden_size=config.hidden,
        num_attention_heads=config.heads,
        head_dim=config.head_dim,
        rope_parameters=parameters,
    )
    if config.rope_scaling:
        expected, _ = ROPE_INIT_FUNCTIONS["llama3"](theirs, "cpu")
    else:
        model = transformers.models.llama.modeling_llama.LlamaRotaryEmbedding(theirs)
        expected = model.inv_freq
    np.testing.assert_allclose(inverse_frequencies(config), expected.numpy(), rtol=2e-6)


def test_tables_hold_position_times_frequency() -> None:
    config = PRESETS["llama-3.2-1b"]
    cos, sin = rope_tables(config, 8192)
    assert cos.shape == sin.shape == (8192, 32) and cos.dtype == np.float32
    angles = 8191 * inverse_frequencies(config)
    np.testing.assert_allclose(cos[8191], np.cos(angles), atol=1e-7)
    np.testing.assert_allclose(sin[8191], np.sin(angles), atol=1e-7)
