"""LoRA adapters merged without torch: the formula, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from model_build.adapter import AdaptedCheckpoint, adapter_files, data_licence
from model_build.checkpoint import CheckpointError, GGUFCheckpoint
from model_build.checkpoint.random import RandomCheckpoint
from model_build.presets import LlamaConfig
from model_build.quantize import dequantize
from tests.model_build.toys import toy_state, write_gguf

CONFIG = LlamaConfig("small", "Small", 2, 64, 4, 2, 32, 128, 192, 1e4, 1e-5)
LAYER = "model.layers.1.self_attn.q_proj"


def adapter(folder: Path, tensors: dict[str, np.ndarray] | None = None, **settings) -> Path:
    folder.mkdir(exist_ok=True)
    config = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "bias": "none", **settings}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    rng = np.random.default_rng(3)
    tensors = tensors or {
        f"base_model.model.{LAYER}.lora_A.weight": rng.normal(size=(4, 64)).astype(np.float32),
        f"base_model.model.{LAYER}.lora_B.weight": rng.normal(size=(128, 4)).astype(np.float16),
    }
    save_file(tensors, folder / "adapter_model.safetensors")
    return folder


@pytest.fixture
def base() -> RandomCheckpoint:
    return RandomCheckpoint(CONFIG, 1)


@pytest.mark.parametrize(
    ("settings", "scale"),
    [
        ({}, 2.0),
        ({"use_rslora": True}, 4.0),
        ({"alpha_pattern": {"q_proj": 32}}, 8.0),
        ({"alpha_pattern": {"k_proj": 32}}, 2.0),
    ],
)
def test_the_update_is_added(
    base: RandomCheckpoint, tmp_path: Path, settings: dict, scale: float
) -> None:
    folder = adapter(tmp_path / "a", **settings)
    merged = AdaptedCheckpoint(base, folder)
    a, b = (merged.pairs[LAYER][half].astype(np.float64) for half in "AB")
    expected = base.tensor(LAYER + ".weight") + scale * (b @ a)
    np.testing.assert_allclose(merged.tensor(LAYER + ".weight"), expected, atol=1e-5)
    other = "model.layers.0.mlp.up_proj.weight"
    np.testing.assert_array_equal(merged.tensor(other), base.tensor(other))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"peft_type": "IA3"}, "only LoRA"),
        ({"use_dora": True}, "DoRA"),
        ({"bias": "all"}, "biases"),
        ({"modules_to_save": ["lm_head"]}, "saved whole"),
    ],
)
def test_other_kinds_are_refused(
    base: RandomCheckpoint, tmp_path: Path, change: dict, words: str
) -> None:
    with pytest.raises(CheckpointError, match=words):
        AdaptedCheckpoint(base, adapter(tmp_path / "a", **change))


def test_another_base_is_named(base: RandomCheckpoint, tmp_path: Path) -> None:
    def pair(layer: str, outputs: int) -> dict[str, np.ndarray]:
        return {
            f"base_model.model.{layer}.lora_A.weight": np.zeros((4, 64), np.float32),
            f"base_model.model.{layer}.lora_B.weight": np.zeros((outputs, 4), np.float32),
        }

    with pytest.raises(CheckpointError, match=r"model\.layers\.9.*another base"):
        AdaptedCheckpoint(
            base, adapter(tmp_path / "a", pair("model.layers.9.self_attn.q_proj", 128))
        )
    with pytest.raises(CheckpointError, match="another base"):
        AdaptedCheckpoint(base, adapter(tmp_path / "b", pair(LAYER, 96)))


def test_missing_and_damaged_files_are_named(base: RandomCheckpoint, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CheckpointError, match=r"lacks adapter_config\.json and adapter_model"):
        adapter_files(tmp_path / "empty")
    folder = adapter(tmp_path / "a")
    weights = folder / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-40])
    with pytest.raises(CheckpointError, match="cut off"):
        AdaptedCheckpoint(base, folder)


def test_a_small_update_survives_in_a_base_of_four_bits(tmp_path: Path) -> None:
    """Rounded to the nearest code, an update of a twentieth of a step would be lost."""
    state = toy_state()
    state["model.layers.1.mlp.up_proj.weight"] = np.random.default_rng(5).normal(size=(96, 64))
    base = GGUFCheckpoint(write_gguf(tmp_path / "toy.gguf", state=state))
    name = "model.layers.1.mlp.up_proj.weight"
    before = base.q4_1(name)
    assert before is not None
    step = float(np.median(before.q_scale)) / 20
    layer = f"base_model.model.{name.removesuffix('.weight')}"
    a, b = np.ones((1, 64), np.float32), np.full((96, 1), step, np.float32)
    tensors = {f"{layer}.lora_A.weight": a, f"{layer}.lora_B.weight": b}
    merged = AdaptedCheckpoint(base, adapter(tmp_path / "a", tensors, r=1, lora_alpha=1))
    after = merged.q4_1(name)
    assert after is not None
    np.testing.assert_array_equal(after.q_scale, before.q_scale)
    moved = dequantize(after) - dequantize(before)
    assert 0.02 < (moved != 0).mean() < 0.08
    assert moved.mean() == pytest.approx(step, rel=0.2)
    untouched = "model.layers.0.mlp.up_proj.weight"
    np.testing.assert_array_equal(merged.q4_1(untouched).q_weight, base.q4_1(untouched).q_weight)


def test_the_licences_of_training_data_are_told_and_those_of_the_adapter_before(tmp_path: Path):
    folder = adapter(tmp_path / "adapter")
    assert data_licence(folder) is None
    told = {
        "data": [{"name": "a.csv", "licences": ["B, CC BY 4.0"]}],
        "continues": {"data": [{"licences": ["A, CC BY 4.0", "B, CC BY 4.0"]}], "continues": None},
    }
    (folder / "training.json").write_text(json.dumps(told))
    assert data_licence(folder) == "A, CC BY 4.0; B, CC BY 4.0"
    (folder / "training.json").write_text("{")
    assert data_licence(folder) is None
