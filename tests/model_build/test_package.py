"""Model folders: records, shards, what they stand for, and when they are current."""

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tvm
from tvm.contrib.tvmjs import load_tensor_cache

from model_build import manifest as manifest_module
from model_build import package
from model_build.checkpoint import CheckpointError, FolderCheckpoint, GGUFCheckpoint
from model_build.mlc_config import chat_config
from model_build.package import (
    dequantized_state_dict,
    is_current,
    model_key,
    pack_weights,
    read_records,
    staged_folder,
    write_manifest,
)
from model_build.presets import PRESETS
from model_build.prompt import write_prompt
from model_build.quantize import QUANTIZATIONS, dequantize, quantize_linear, quantize_table
from model_build.tokenizer import llama3_stand_in
from tests.model_build.toys import TOY, Toy, toy_state, write_folder, write_gguf

P = "model.layers.1"
CONTEXT = {"prefix": 4352, "positions": 8192}


@pytest.fixture(params=QUANTIZATIONS)
def packed(request, tmp_path) -> tuple[str, Path]:
    pack_weights(Toy(), QUANTIZATIONS[request.param], tmp_path)
    return request.param, tmp_path


def test_records_have_mlcs_names_shapes_and_types(packed):
    name, folder = packed
    form = QUANTIZATIONS[name]
    records = {n: (a.shape, a.dtype.name) for n, a in read_records(folder).items()}
    scale = form.scale_dtype
    wanted = {}
    for matrix, rows, inputs in (
        ("self_attn.qkv_proj", (4 + 2 + 2) * 16, 64),
        ("self_attn.o_proj", 64, 64),
        ("mlp.gate_up_proj", 192, 64),
        ("mlp.down_proj", 64, 96),
    ):
        for layer in range(2):
            base = f"model.layers.{layer}.{matrix}"
            wanted[f"{base}.q_weight"] = ((rows, inputs // 8), "uint32")
            wanted[f"{base}.q_scale"] = ((rows, inputs // 32), scale)
            if form.affine:
                wanted[f"{base}.q_min"] = ((rows, inputs // 32), scale)
    table = (TOY.vocab, 64 if form.table_bits == 8 else 8)
    bits = "int8" if form.table_bits == 8 else "uint32"
    wanted["model.embed_tokens.q_weight"] = (table, bits)
    wanted["model.embed_tokens.q_scale"] = ((TOY.vocab, 2), scale)
    norms = [f"model.layers.{i}.{n}_layernorm" for i in (0, 1) for n in ("input", "post_attention")]
    for norm in (*norms, "model.norm"):
        wanted[f"{norm}.weight"] = ((64,), form.norm_dtype)
    assert records == wanted


def test_tvms_own_reader_gives_the_same_arrays(packed):
    _, folder = packed
    records = read_records(folder)
    theirs, metadata = load_tensor_cache(str(folder), tvm.cpu())
    assert theirs.keys() == records.keys()
    for name, array in records.items():
        assert np.array_equal(theirs[name].numpy(), array), name
    assert metadata["ParamSize"] == len(records)
    assert metadata["ParamBytes"] == sum(array.nbytes for array in records.values())


def test_state_dict_is_what_each_tensor_quantizes_to_on_its_own(packed):
    name, folder = packed
    form, state = QUANTIZATIONS[name], toy_state()
    found = dequantized_state_dict(folder)
    assert found.keys() == state.keys()
    for tensor, wanted in state.items():
        assert found[tensor].dtype == np.float32
        if wanted.ndim == 2:
            quantize = quantize_table if "embed" in tensor else quantize_linear
            wanted = dequantize(quantize(wanted, form))
        assert np.array_equal(found[tensor], wanted), tensor


def test_an_untied_head_is_stored_as_a_table_of_its_own(tmp_path):
    config = replace(TOY, tied=False)
    pack_weights(Toy(config), QUANTIZATIONS["q4a16"], tmp_path)
    head = toy_state(config)["lm_head.weight"]
    found = dequantized_state_dict(tmp_path)["lm_head.weight"]
    assert np.abs(found - head).max() < np.abs(head).max() / 200
    assert read_records(tmp_path)["lm_head.q_weight"].dtype == np.int8


def test_a_ggufs_blocks_reach_the_folder_bit_for_bit(tmp_path):
    checkpoint = GGUFCheckpoint(write_gguf(tmp_path / "toy.gguf"))
    pack_weights(checkpoint, QUANTIZATIONS["q4a16"], tmp_path / "out")
    records = read_records(tmp_path / "out")
    parts = [checkpoint.q4_1(f"{P}.self_attn.{x}_proj.weight") for x in "qkv"]
    for part in ("q_weight", "q_scale", "q_min"):
        wanted = np.concatenate([packed.parts()[part] for packed in parts])
        assert np.array_equal(records[f"{P}.self_attn.qkv_proj.{part}"], wanted)
    table = checkpoint.q8_0("model.embed_tokens.weight")
    assert np.array_equal(records["model.embed_tokens.q_weight"], table.q_weight)
    state = dequantized_state_dict(tmp_path / "out")
    for name in checkpoint.shapes:
        assert np.array_equal(state[name], checkpoint.tensor(name)), name


def test_large_records_are_split_by_rows_and_come_together_again(tmp_path, monkeypatch):
    whole, split = tmp_path / "whole", tmp_path / "split"
    pack_weights(Toy(), QUANTIZATIONS["q4a16"], whole)
    monkeypatch.setattr(package, "RECORD_CAP", 4096)
    pack_weights(Toy(), QUANTIZATIONS["q4a16"], split)
    index = json.loads((split / "tensor-cache.json").read_text())
    pieces = {r["name"]: r for shard in index["records"] for r in shard["records"]}
    rows = [pieces[f"model.embed_tokens.q_weight.rows{i}"]["shape"][0] for i in range(5)]
    assert rows == [64, 64, 64, 64, TOY.vocab - 256]
    assert "model.embed_tokens.q_weight" not in pieces
    assert all(piece["nbytes"] <= 4096 for piece in pieces.values() if ".rows" in piece["name"])
    left, right = read_records(whole), read_records(split)
    assert left.keys() == right.keys()
    assert all(np.array_equal(left[name], right[name]) for name in left)


def test_mlcs_formats_keep_their_tensors_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(package, "RECORD_CAP", 4096)
    pack_weights(Toy(), QUANTIZATIONS["q4f16_1"], tmp_path)
    assert ".rows" not in (tmp_path / "tensor-cache.json").read_text()


def test_shards_of_a_full_sized_table_stay_under_their_cap(tmp_path):
    config = replace(TOY, vocab=40000, hidden=256, head_dim=64)
    table = np.zeros((40000, 256), np.float32)
    state = {n: np.zeros(s, np.float32) for n, s in Toy(config, {"": table}).shapes.items()}
    pack_weights(Toy(config, state), QUANTIZATIONS["q4a16"], tmp_path)
    sizes = [path.stat().st_size for path in tmp_path.glob("params_shard_*.bin")]
    assert len(sizes) > 1
    assert max(sizes) <= 8 << 20


def test_progress_ends_at_all_parameters(tmp_path):
    calls: list[tuple[int, int]] = []
    pack_weights(
        Toy(), QUANTIZATIONS["q4a16"], tmp_path, lambda done, total: calls.append((done, total))
    )
    total = sum(array.size for array in toy_state().values())
    assert calls[-1] == (total, total)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e9])
def test_values_that_cannot_be_stored_are_an_error(tmp_path, value):
    state = toy_state()
    state[f"{P}.mlp.up_proj.weight"][3, 5] = value
    with pytest.raises(CheckpointError, match=r"gate_up_proj that are not finite or too large"):
        pack_weights(Toy(TOY, state), QUANTIZATIONS["q4a16"], tmp_path)


def test_chat_config_says_what_mlc_needs(packed):
    name, folder = packed
    config = json.loads((folder / "mlc-chat-config.json").read_text())
    assert (config["model_type"], config["quantization"]) == ("llama", name)
    assert config["model_config"]["num_key_value_heads"] == 2
    assert config["model_config"]["rope_scaling"] is None
    assert config["conv_template"]["stop_token_ids"] == [2, 0]  # <|im_end|>, <|endoftext|>
    assert "medical scribe" in config["conv_template"]["system_message"]
    assert all((folder / file).is_file() for file in config["tokenizer_files"])


def test_chat_config_of_llama_has_its_rope_scaling_and_turns():
    config = PRESETS["llama-3.2-1b"]
    files = llama3_stand_in(Toy().tokenizer_files(), config.vocab)
    found = chat_config(config, QUANTIZATIONS["q4f16_1"], files, 128)
    assert found["model_config"]["rope_scaling"]["factor"] == 32.0
    assert found["conv_template"]["name"] == "llama-3"
    assert found["conv_template"]["stop_token_ids"] == [128009, 128001, 128008]
    assert found["bos_token_id"] == 128000


# --- manifest ----------------------------------------------------------------------------------


def build(folder: Path, key: str = "k") -> dict:
    with staged_folder(folder) as staging:
        pack_weights(Toy(), QUANTIZATIONS["q4a16"], staging)
        write_prompt(TOY, staging)
        return write_manifest(staging, Toy(), QUANTIZATIONS["q4a16"], key=key, context=CONTEXT)


def test_manifest_lists_every_file_with_size_and_hash(tmp_path):
    folder = tmp_path / "models" / "toy"
    written = build(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest == written
    assert {
        "format": 1,
        "name": "toy",
        "title": "Toy",
        "test_model": True,
    }.items() <= manifest.items()
    listed = {entry["path"]: entry for entry in manifest["files"]}
    there = {path.name for path in folder.iterdir()} - {"manifest.json"}
    assert listed.keys() == there
    assert {"tensor-cache.json", "tokenizer.json", "prompt.json"} <= there
    for path, entry in listed.items():
        content = (folder / path).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["weights_bytes"] == sum(
        path.stat().st_size for path in folder.glob("params_shard_*")
    )
    assert manifest["context"] == CONTEXT


def test_builds_of_the_same_model_are_byte_for_byte_equal(tmp_path):
    first, second = build(tmp_path / "a"), build(tmp_path / "b")
    assert first == second


def test_a_folder_is_current_until_its_key_or_files_change(tmp_path):
    folder = tmp_path / "toy"
    assert not is_current(folder, "k")
    build(folder)
    assert is_current(folder, "k")
    assert not is_current(folder, "another")
    shard = next(folder.glob("params_shard_*"))
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-1])
    assert not is_current(folder, "k")
    shard.unlink()
    assert not is_current(folder, "k")
    shard.write_bytes(whole)
    assert is_current(folder, "k")
    (folder / "manifest.json").write_text("{")
    assert not is_current(folder, "k")


def test_a_failed_build_leaves_the_old_folder_as_it_was(tmp_path):
    folder = tmp_path / "toy"
    build(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(RuntimeError), staged_folder(folder) as staging:
        (staging / "half").write_text("")
        raise RuntimeError
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["toy"]


def test_a_new_build_takes_the_old_ones_place_whole(tmp_path):
    folder = tmp_path / "toy"
    build(folder)
    (folder / "stale").write_text("")
    build(folder, "new")
    assert is_current(folder, "new")
    assert not (folder / "stale").exists()


def test_keys_tell_apart_what_makes_a_folder_differ(tmp_path, monkeypatch):
    source = str(write_folder(tmp_path / "toy"))
    form = QUANTIZATIONS["q4a16"]
    keys = [
        model_key(source, form),
        model_key(source, QUANTIZATIONS["q4f16_1"]),
        model_key(source, form, options={"chunk": 64}),
        model_key("tiny", form, random_weights=True),
        model_key("tiny", form, random_weights=True, seed=1),
    ]
    assert model_key(source, form) == keys[0]
    os.utime(tmp_path / "toy" / "model.safetensors", ns=(1, 1))
    keys.append(model_key(source, form))
    monkeypatch.setattr(manifest_module, "code_version", lambda: "other code")
    keys.append(model_key(source, form))
    assert len(set(keys)) == len(keys)
    assert FolderCheckpoint(Path(source)).config.layers == 2


def test_a_missing_checkpoint_has_no_key(tmp_path):
    with pytest.raises(CheckpointError, match="--random-weights"):
        model_key("llama-3.2-1b", QUANTIZATIONS["q4a16"], checkpoints=tmp_path)
