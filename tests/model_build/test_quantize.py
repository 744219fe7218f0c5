"""Weight formats against plain loops, against GGUF's own reader, and within their bounds."""

import numpy as np
import pytest
import tvm
from gguf import GGMLQuantizationType
from gguf.quants import dequantize as gguf_dequantize
from gguf.quants import quantize as gguf_quantize
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tvm import te, tirx

from model_build import quantize as q
from model_build.quantize import QUANTIZATIONS, Packed

RNG = np.random.default_rng(7)
WEIGHT = (RNG.standard_normal((6, 96)) * 0.05).astype(np.float32)
WEIGHT[2, 32:64] = 0  # a group of zeros
WEIGHT[3, :32] = 0.25  # a group without a range
HALF_SPACING = 2.0**-11  # half a unit in the last place of float16, relative
SMALLEST_HALF = 2.0**-25  # half of float16's smallest number

weights = arrays(
    np.float32,
    st.tuples(st.integers(1, 3), st.sampled_from([32, 64])),
    elements=st.floats(-8, 8, width=32),
)


def code(words: np.ndarray, row: int, k: int) -> int:
    return (int(words[row, k // 8]) >> 4 * (k % 8)) & 15


def test_nibbles_lie_low_first():
    codes = np.arange(32, dtype=np.uint8).reshape(1, 32) % 16
    words = q.pack_nibbles(codes)
    assert words.dtype == np.uint32
    assert words[0, 0] == 0x76543210
    assert words[0, 1] == 0xFEDCBA98
    assert np.array_equal(q.unpack_nibbles(words), codes)


def test_affine_groups_equal_a_plain_loop():
    packed = q.quantize_affine(WEIGHT)
    assert (packed.q_weight.shape, packed.q_scale.shape) == ((6, 12), (6, 3))
    values = q.dequantize(packed)
    for row in range(6):
        for group in range(3):
            part = WEIGHT[row, group * 32 : group * 32 + 32]
            low = np.float32(np.float16(min(part)))
            scale = np.float32(np.float16(np.float32(max(part) - low) / np.float32(15)))
            assert (packed.q_min[row, group], packed.q_scale[row, group]) == (low, scale)
            for i, value in enumerate(part):
                steps = 0 if scale == 0 else np.rint((value - low) * (np.float32(1) / scale))
                wanted = int(min(max(steps, 0), 15))
                assert code(packed.q_weight, row, group * 32 + i) == wanted
                assert values[row, group * 32 + i] == np.float32(wanted) * scale + low


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_mlcs_groups_equal_a_plain_loop(dtype):
    kind = np.dtype(dtype).type
    packed = q.quantize_symmetric(WEIGHT, dtype)
    assert packed.q_scale.dtype == dtype
    assert packed.q_min is None
    values = q.dequantize(packed)
    for row in range(6):
        for group in range(3):
            part = [kind(v) for v in WEIGHT[row, group * 32 : group * 32 + 32]]
            scale = kind(max(abs(v) for v in part) / kind(7))
            assert packed.q_scale[row, group] == scale
            for i, value in enumerate(part):
                steps = 7 if scale == 0 else float(np.rint(kind(kind(value / scale) + kind(7))))
                wanted = int(min(max(steps, 0), 14))
                assert code(packed.q_weight, row, group * 32 + i) == wanted
                expected = np.float32(wanted - 7) * np.float32(scale)
                assert values[row, group * 32 + i] == expected


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("size", [0.001, 0.05, 30.0])
def test_mlcs_groups_equal_its_arithmetic_compiled_by_tvm(dtype, size):
    """MLC quantizes with kernels that TVM compiles; in float16 the order of roundings matters."""
    rows, inputs = 16, 96
    seven = tirx.const(7, dtype)
    source = te.placeholder((rows, inputs), dtype)
    k = te.reduce_axis((0, 32))
    most = te.compute((rows, 3), lambda i, g: te.max(te.abs(source[i, g * 32 + k]), axis=k))
    scale = te.compute((rows, 3), lambda i, g: most[i, g] / seven)
    steps = te.compute(
        (rows, inputs), lambda i, j: tirx.round(source[i, j] / scale[i, j // 32] + seven)
    )
    codes = te.compute(
        (rows, inputs),
        lambda i, j: tirx.min(tirx.max(steps[i, j], tirx.const(0, dtype)), seven + seven),
    )
    compiled = tvm.compile(te.create_prim_func([source, scale, codes]), target="llvm")
    weight = (np.random.default_rng(3).standard_normal((rows, inputs)) * size).astype(dtype)
    results = [tvm.runtime.tensor(np.zeros(shape, dtype)) for shape in ((rows, 3), (rows, inputs))]
    compiled(tvm.runtime.tensor(weight), *results)
    packed = q.quantize_symmetric(weight.astype(np.float32), dtype)
    assert np.array_equal(packed.q_scale, results[0].numpy())
    assert np.array_equal(q.unpack_nibbles(packed.q_weight), results[1].numpy())


def test_eight_bit_groups_equal_a_plain_loop():
    packed = q.quantize_int8(WEIGHT)
    values = q.dequantize(packed)
    for row in range(6):
        for group in range(3):
            part = WEIGHT[row, group * 32 : group * 32 + 32]
            scale = np.float32(np.float16(np.float32(max(abs(part))) / np.float32(127)))
            for i, value in enumerate(part):
                steps = 0 if scale == 0 else np.rint(value * (np.float32(1) / scale))
                assert packed.q_weight[row, group * 32 + i] == min(max(steps, -127), 127)
                assert values[row, group * 32 + i] == np.float32(steps) * scale


@given(weights)
@settings(max_examples=200, deadline=None)
def test_affine_error_is_half_a_step(weight):
    packed = q.quantize_affine(weight)
    groups = weight.reshape(len(weight), -1, 32).astype(np.float64)
    error = np.abs(q.dequantize(packed).reshape(groups.shape) - groups)
    # Rounding minimum and scale to float16 may move the ends of the range outside of the codes.
    span = groups.max(-1) - groups.min(-1)
    stored = np.abs(groups.min(-1)) * HALF_SPACING + SMALLEST_HALF
    bound = packed.q_scale.astype(np.float64) / 2 + 2 * stored + 2 * span * HALF_SPACING
    assert (error <= bound[..., None] + 15 * SMALLEST_HALF + 1e-6).all()


@given(weights)
@settings(max_examples=200, deadline=None)
def test_symmetric_codes_never_pass_14_and_err_by_half_a_step(weight):
    packed = q.quantize_symmetric(weight, "float32")
    assert q.unpack_nibbles(packed.q_weight).max() <= 14
    groups = weight.reshape(len(weight), -1, 32)
    error = np.abs(q.dequantize(packed).reshape(groups.shape) - groups)
    assert (error <= packed.q_scale[..., None] * np.float32(0.5001) + 1e-37).all()


@given(weights)
@settings(max_examples=100, deadline=None)
def test_eight_bit_error_is_half_a_step(weight):
    packed = q.quantize_int8(weight)
    groups = weight.reshape(len(weight), -1, 32).astype(np.float64)
    error = np.abs(q.dequantize(packed).reshape(groups.shape) - groups)
    scale = packed.q_scale.astype(np.float64)[..., None]
    most = np.abs(groups).max(-1, keepdims=True)
    assert (error <= scale / 2 + most * HALF_SPACING * 1.01 + 127 * SMALLEST_HALF).all()


@pytest.mark.parametrize(
    ("kind", "read"),
    [("Q4_1", q.affine_from_q4_1), ("Q8_0", q.int8_from_q8_0)],
)
def test_gguf_blocks_are_kept_without_loss(kind, read):
    stored = GGMLQuantizationType[kind]
    blocks = gguf_quantize(WEIGHT, stored)
    packed = read(blocks)
    assert np.array_equal(q.dequantize(packed), gguf_dequantize(blocks, stored))
    # Every bit of the blocks is in the result.
    scale = blocks.reshape(6, 3, -1)[..., :2].copy().view(np.float16)[..., 0]
    assert np.array_equal(packed.q_scale, scale)


def test_row_pieces_give_what_the_whole_gives(monkeypatch):
    whole = q.quantize_affine(WEIGHT)
    monkeypatch.setattr(q, "_ROWS_AT_ONCE", 96 * 4)
    pieces = q.quantize_affine(WEIGHT)
    for name, part in whole.parts().items():
        assert np.array_equal(part, pieces.parts()[name])


def test_rows_can_be_chosen_and_stacked():
    packed = q.quantize_affine(WEIGHT)
    order = np.array([5, 0, 3])
    assert np.array_equal(q.dequantize(packed.rows(order)), q.dequantize(packed)[order])
    both = q.concatenate([packed, packed.rows(order)])
    assert np.array_equal(q.dequantize(both)[6:], q.dequantize(packed)[order])


@pytest.mark.parametrize("name", QUANTIZATIONS)
def test_formats_have_the_types_that_they_promise(name):
    quantization = QUANTIZATIONS[name]
    linear = q.quantize_linear(WEIGHT, quantization)
    table = q.quantize_table(WEIGHT, quantization)
    assert linear.q_weight.dtype == np.uint32
    assert (linear.q_min is not None) == quantization.affine
    assert linear.q_scale.dtype == table.q_scale.dtype == quantization.scale_dtype
    assert table.q_weight.dtype == (np.int8 if quantization.table_bits == 8 else np.uint32)
    assert table.q_min is None


def test_a_matrix_without_whole_groups_is_refused():
    with pytest.raises(ValueError, match=r"\(2, 40\).*groups of 32"):
        q.quantize_affine(np.zeros((2, 40), np.float32))


def test_the_sixteenth_code_that_mlc_never_writes_still_reads_as_eight_steps():
    scale = np.full((1, 1), 0.5, np.float16)
    packed = Packed(q.pack_nibbles(np.full((1, 32), 15, np.uint8)), scale)
    assert np.array_equal(q.dequantize(packed), np.full((1, 32), 4.0, np.float32))
