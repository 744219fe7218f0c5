"""Rotary position embedding: the angles' cosines and sines, with Llama 3's frequency scaling."""

from __future__ import annotations

import math

import numpy as np

from .presets import Llama3Scaling, LlamaConfig


def inverse_frequencies(config: LlamaConfig) -> np.ndarray:
    """θ^(-2i/d) for i < d/2, float64 [head_dim / 2] (RoFormer, arXiv 2104.09864), scaled."""
    exponents = np.arange(0, config.head_dim, 2, dtype=np.float64) / config.head_dim
    frequencies = config.rope_theta**-exponents
    if config.rope_scaling is None:
        return frequencies
    return llama3_scaled(frequencies, config.rope_scaling)


def llama3_scaled(frequencies: np.ndarray, scaling: Llama3Scaling) -> np.ndarray:
    """Llama 3's rescaling: long wavelengths stretched, short ones kept, blended between.

    As `_compute_llama3_parameters` in Hugging Face's `modeling_rope_utils.py`.
    """
    wavelengths = 2 * math.pi / frequencies
    turns = scaling.original_context / wavelengths
    blend = (turns - scaling.low_freq_factor) / (scaling.high_freq_factor - scaling.low_freq_factor)
    blend = np.clip(blend, 0.0, 1.0)
    return (1 - blend) * frequencies / scaling.factor + blend * frequencies


def rope_tables(config: LlamaConfig, length: int) -> tuple[np.ndarray, np.ndarray]:
    """cos and sin of position · frequency, float32 [length, head_dim / 2] each."""
    angles = np.arange(length, dtype=np.float64)[:, None] * inverse_frequencies(config)[None]
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
