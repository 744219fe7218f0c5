"""GGUF files: blocks without loss, rows in Hugging Face's order, and what is refused."""

import gguf
import numpy as np
import pytest

from model_build.checkpoint import CheckpointError, GGUFCheckpoint, open_checkpoint
from model_build.checkpoint.gguf import gguf_name, half_split_rows
from model_build.quantize import dequantize
from tests.model_build.toys import TOY, Toy, interleave, same_model, toy_state, write_gguf

QUERY = "model.layers.1.self_attn.q_proj.weight"
KEY = "model.layers.1.self_attn.k_proj.weight"
DOWN = "model.layers.1.mlp.down_proj.weight"
TABLE = "model.embed_tokens.weight"


def test_gguf_has_the_config_and_tokenizer_of_its_model(tmp_path):
    checkpoint = open_checkpoint(str(write_gguf(tmp_path / "toy.gguf")))
    assert same_model(checkpoint.config, TOY)
    assert checkpoint.tokenizer_files() == Toy().tokenizer_files()


def test_float_tensors_of_a_gguf_come_back_in_hugging_faces_order(tmp_path):
    checkpoint = GGUFCheckpoint(write_gguf(tmp_path / "toy.gguf", linear="F16"))
    for name, wanted in toy_state().items():
        if name != TABLE:  # the table is in 8 bits
            assert np.array_equal(checkpoint.tensor(name), wanted), name


def test_quantized_blocks_of_a_gguf_are_kept_bit_for_bit(tmp_path):
    path = write_gguf(tmp_path / "toy.gguf")
    checkpoint = GGUFCheckpoint(path)
    stored = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}
    for name, heads in ((QUERY, 4), (KEY, 2), (DOWN, None)):
        packed = checkpoint.q4_1(name)
        tensor = stored[gguf_name(name)]
        raw = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        rows = dequantize(packed)
        assert np.array_equal(interleave(rows, heads) if heads else rows, raw)
        assert np.array_equal(rows, checkpoint.tensor(name))
        assert checkpoint.q8_0(name) is None
    assert np.array_equal(dequantize(checkpoint.q8_0(TABLE)), checkpoint.tensor(TABLE))
    assert checkpoint.q4_1(TABLE) is None


def test_reordered_rows_rotate_as_llama_cpps_do():
    """RoPE over halves of reordered rows is RoPE over neighbours of the stored rows."""
    rng = np.random.default_rng(1)
    heads, size = 3, 8
    stored = rng.standard_normal((heads * size, 5))
    x = rng.standard_normal(5)
    angle = 7 * 10000.0 ** (-np.arange(size // 2) / (size // 2))
    cos, sin = np.cos(angle), np.sin(angle)
    neighbours = (stored @ x).reshape(heads, size // 2, 2)
    even, odd = neighbours[..., 0], neighbours[..., 1]
    wanted = np.stack([even * cos - odd * sin, odd * cos + even * sin], -1).reshape(heads, size)
    halves = (stored[half_split_rows(heads * size, heads)] @ x).reshape(heads, 2, size // 2)
    first, second = halves[:, 0], halves[:, 1]
    found = np.stack([first * cos - second * sin, second * cos + first * sin], 1)
    # Scores are sums over a head's channels, so it is no matter that these lie in another order.
    assert np.allclose(found[:, 0], wanted[:, 0::2])
    assert np.allclose(found[:, 1], wanted[:, 1::2])


def test_gguf_of_another_architecture_is_refused(tmp_path):
    path = write_gguf(tmp_path / "toy.gguf", architecture="qwen2")
    with pytest.raises(CheckpointError, match="architecture qwen2; only Llama-shaped"):
        GGUFCheckpoint(path)


def test_gguf_of_an_unknown_pre_tokenizer_is_refused(tmp_path):
    checkpoint = GGUFCheckpoint(write_gguf(tmp_path / "toy.gguf", pre="deepseek-llm"))
    with pytest.raises(CheckpointError, match=r"toy\.gguf cannot be used.*'deepseek-llm'"):
        checkpoint.tokenizer_files()


def test_gguf_tensor_of_another_shape_is_named(tmp_path):
    state = toy_state() | {DOWN: np.zeros((64, 128), np.float32)}
    checkpoint = GGUFCheckpoint(write_gguf(tmp_path / "toy.gguf", state=state))
    with pytest.raises(CheckpointError, match=r"down_proj.weight in the shape \[64, 128\]"):
        checkpoint.q4_1(DOWN)


def test_a_file_that_is_no_gguf_is_named(tmp_path):
    path = tmp_path / "toy.gguf"
    path.write_bytes(b"not a model")
    with pytest.raises(CheckpointError, match=r"toy\.gguf cannot be read as GGUF"):
        GGUFCheckpoint(path)


def test_a_cut_off_gguf_is_named(tmp_path):
    path = write_gguf(tmp_path / "toy.gguf")
    path.write_bytes(path.read_bytes()[:-4096])
    with pytest.raises(CheckpointError, match="cut off"):
        GGUFCheckpoint(path)
