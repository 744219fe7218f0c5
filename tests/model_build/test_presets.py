"""The presets are the models that they are named after."""

import pytest

from model_build.checkpoint import tensor_shapes
from model_build.checkpoint.base import require_supported
from model_build.presets import PRESETS, SOURCES, Llama3Scaling


def parameters(name: str) -> int:
    total = 0
    for shape in tensor_shapes(PRESETS[name]).values():
        size = 1
        for extent in shape:
            size *= extent
        total += size
    return total


def test_every_preset_has_a_source_and_its_own_name():
    assert PRESETS.keys() == SOURCES.keys()
    assert all(config.name == name for name, config in PRESETS.items())


@pytest.mark.parametrize("name", PRESETS)
def test_presets_have_sizes_that_can_be_built(name):
    require_supported(PRESETS[name], name)


def test_parameter_counts_are_the_published_ones():
    assert parameters("smollm2-135m") == 134_515_008
    assert parameters("llama-3.2-1b") == 1_235_814_400


def test_the_two_layer_model_differs_from_llama_in_depth_alone():
    deep, flat = PRESETS["llama-3.2-1b"], PRESETS["llama-3.2-1b-2layer"]
    assert flat.layers == 2
    for field in ("hidden", "heads", "kv_heads", "head_dim", "ff", "vocab", "rope_theta"):
        assert getattr(deep, field) == getattr(flat, field)
    assert flat.rope_scaling == Llama3Scaling(32.0, 1.0, 4.0, 8192)


def test_default_context_holds_a_long_visit_and_four_sections():
    assert all(config.context == 8192 for config in PRESETS.values())
