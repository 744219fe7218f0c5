"""WebAssembly kernels against plain NumPy twins, for one and for three threads."""

import numpy as np
import pytest

from model_build.kernels.wasm import activation, attention, choice, embedding, linear
from model_build.kernels.wasm import rows as row_kernels
from model_build.kernels.wasm.simd import ACTIVATION_GAIN
from model_build.quantize import QUANTIZATIONS
from tests.support.wasm_kernel import WasmKernel

RNG = np.random.default_rng(7)
PAIRS = [0, 2, 4, 6, 1, 3, 5, 7]  # the order in which eight int16 activations are stored


def tile4(q: np.ndarray) -> np.ndarray:
    """Nibbles [N, K] → `q4.tile8` words, element by element."""
    outputs, inputs = q.shape
    words = np.zeros((outputs // 8, inputs // 32, 4, 8), np.uint32)
    for n in range(outputs):
        for k in range(inputs):
            byte, high = k % 4, k % 8 // 4
            word = np.uint32(int(q[n, k]) << (8 * byte + 4 * high))
            words[n // 8, k // 32, k % 32 // 8, n % 8] |= word
    return words.view(np.int32).reshape(outputs // 8, inputs // 32, 32)


def tile8(q: np.ndarray) -> np.ndarray:
    """Signed bytes [N, K] → `q8.tile8` words, element by element."""
    outputs, inputs = q.shape
    out = np.zeros((outputs // 8, inputs // 32, 8, 8, 4), np.int8)
    for n in range(outputs):
        for k in range(inputs):
            out[n // 8, k // 32, k % 32 // 4, n % 8, k % 4] = q[n, k]
    return out.reshape(outputs // 8, inputs // 32, 256).view(np.int32)


def tile_scale(s: np.ndarray) -> np.ndarray:
    """Scales [N, K/32] → [N/8, K/32, 8]; float16 as its bits."""
    tiled = s.reshape(-1, 8, s.shape[1]).transpose(0, 2, 1)
    return np.ascontiguousarray(tiled.view(np.int16) if s.dtype == np.float16 else tiled)


def quantized(x: np.ndarray, bits: int, gain: float = ACTIVATION_GAIN) -> tuple[np.ndarray, ...]:
    """Words, scales, sums and the dequantized values of rows x [n, K]."""
    n, width = x.shape
    top = 2 ** (bits - 1) - 1
    groups = x.reshape(n, width // 32, 32)
    step = np.maximum(np.abs(groups).max(-1), 1e-20) / np.float32(top)
    q = np.rint(groups / step[..., None]).clip(-top, top)
    stored = q.reshape(n, -1, 8)[..., PAIRS].astype(np.int16) if bits == 16 else q.astype(np.int8)
    words = np.ascontiguousarray(stored.reshape(n, width)).view(np.int32)
    return words, step * gain, groups.sum(-1) * gain, (q * step[..., None]).reshape(n, width)


@pytest.mark.parametrize("name", ["q4a16", "q4f16_1", "q4f32_1"])
@pytest.mark.parametrize("rows", [1, 8])
@pytest.mark.parametrize("accumulate", [False, True])
def test_linear_q4(name: str, rows: int, accumulate: bool) -> None:
    outputs, inputs, form = 24, 96, QUANTIZATIONS[name]
    dtype = np.dtype(form.scale_dtype)
    gain = ACTIVATION_GAIN if dtype == np.float16 else 1.0
    q = RNG.integers(0, 16, (outputs, inputs))
    scale = RNG.uniform(1e-3, 0.1, (outputs, inputs // 32)).astype(dtype)
    scale[3] = np.float16(3e-6)  # a subnormal float16
    low = (
        RNG.uniform(-1, 0, scale.shape).astype(dtype)
        if form.affine
        else -7 * scale.astype(np.float32)
    )
    weights = q.reshape(outputs, -1, 32) * scale.astype(np.float64)[..., None] + low[..., None]
    x = RNG.normal(size=(rows, inputs)).astype(np.float32)
    words, steps, sums, seen = quantized(x, 16, gain)
    start = RNG.normal(size=(rows, outputs)).astype(np.float32)
    # the minimum meets the exact sum of a group, the nibbles its rounded values
    expected = (
        seen @ (weights - np.repeat(low, 32, 1).reshape(weights.shape)).reshape(outputs, inputs).T
        + x.reshape(rows, -1, 32).sum(-1) @ np.asarray(low, np.float64).T
    )
    kernel = WasmKernel(
        linear.linear_q4(outputs, inputs, 1 if rows == 1 else 4, form, 16, accumulate)
    )
    minimum = tile_scale(low) if form.affine else tile_scale(scale)
    for threads in (1, 3):
        y = kernel(
            words, steps.astype(np.float32), sums.astype(np.float32), tile4(q), tile_scale(scale),
            minimum, start, threads=threads, n=rows, m=rows,
        )[-1]  # fmt: skip
        np.testing.assert_allclose(y, expected + start * accumulate, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("rows", [1, 4])
def test_linear_q8(rows: int) -> None:
    outputs, inputs = 16, 64
    q = RNG.integers(-127, 128, (outputs, inputs))
    scale = RNG.uniform(1e-3, 0.1, (outputs, inputs // 32)).astype(np.float16)
    weights = (q.reshape(outputs, -1, 32) * scale.astype(np.float64)[..., None]).reshape(q.shape)
    words, steps, _, seen = quantized(RNG.normal(size=(rows, inputs)).astype(np.float32), 16)
    kernel = WasmKernel(linear.linear_q8(outputs, inputs, rows))
    out = np.full((rows + 2, outputs), 9, np.float32)
    y = kernel(
        words, steps.astype(np.float32), tile8(q), tile_scale(scale), out, n=rows, m=rows + 2
    )[-1]
    np.testing.assert_allclose(y[:rows], seen @ weights.T, rtol=2e-5, atol=2e-5)
    assert (y[rows:] == 9).all()


@pytest.mark.parametrize("bits", [16, 8])
@pytest.mark.parametrize("source", ["norm", "plain", "swiglu"])
def test_quantize_activation(source: str, bits: int) -> None:
    rows, width = 3, 64
    wide = 2 * width if source == "swiglu" else width
    x = RNG.normal(size=(rows, wide)).astype(np.float32) * 5
    weight = RNG.normal(size=(1, width)).astype(np.float32)
    if source == "norm":
        value = x / np.sqrt((x.astype(np.float64) ** 2).mean(-1, keepdims=True) + 1e-5) * weight
    elif source == "swiglu":
        gate, up = x[:, :width].astype(np.float64), x[:, width:]
        value = gate / (1 + np.exp(-gate)) * up
    else:
        value = x
    words, steps, sums, _ = quantized(value.astype(np.float32), bits)
    kernel = WasmKernel(activation.quantize_activation(width, source, bits))
    given = weight if source == "norm" else x
    for threads in (1, 3):
        _, _, q, scale, total = kernel(
            x, given, np.zeros_like(words), np.zeros(steps.shape, np.float32),
            np.zeros(sums.shape, np.float32), threads=threads,
            n=rows, high=given.shape[0], wide=given.shape[1],
        )  # fmt: skip
        np.testing.assert_allclose(scale, steps, rtol=1e-5)
        np.testing.assert_allclose(total, sums, rtol=1e-4, atol=1e-5 * ACTIVATION_GAIN)
        narrow = np.int16 if bits == 16 else np.int8
        difference = q.view(narrow).astype(int) - words.view(narrow).astype(int)
        assert np.abs(difference).max() <= 1  # rounding of values that lie half-way


def test_embeddings() -> None:
    vocabulary, width = 16, 64
    tokens = np.array([3, 15, 0, 8, 1], np.int32)
    scale = RNG.uniform(1e-3, 0.1, (vocabulary, width // 32)).astype(np.float16)
    scale[8] = np.float16(5e-7)
    wide = np.repeat(scale.astype(np.float32), 32, 1)
    q8 = RNG.integers(-128, 128, (vocabulary, width))
    out = np.zeros((3, width), np.float32)
    x = WasmKernel(embedding.embed_q8(vocabulary, width))(
        tokens, tile8(q8), tile_scale(scale), out, n=3, m=5
    )[-1]
    np.testing.assert_array_equal(x, (q8 * wide)[tokens[:3]].astype(np.float32))
    for name in ("q4f16_1", "q4f32_1"):
        form = QUANTIZATIONS[name]
        q4 = RNG.integers(0, 16, (vocabulary, width))
        s = scale.astype(form.scale_dtype)
        x = WasmKernel(embedding.embed_q4(vocabulary, width, form))(
            tokens, tile4(q4), tile_scale(s), out, n=3, m=5, threads=2
        )[-1]
        np.testing.assert_array_equal(x, ((q4 - 7) * wide)[tokens[:3]].astype(np.float32))


SHAPE = attention.AttentionShape(heads=6, kv_heads=2, head_dim=16, rows=64, threads=4)


def cache_of(keys: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keys and values [row, kv head, channel] in the kernels' order."""
    k = keys.reshape(-1, 8, 2, 16).transpose(2, 0, 3, 1).reshape(2, 8, 128)
    v = values.reshape(64, 2, 2, 8).transpose(1, 2, 0, 3).reshape(2, 2, 512)
    return np.ascontiguousarray(k), np.ascontiguousarray(v)


def attend(q: np.ndarray, keys: np.ndarray, values: np.ndarray, seen: list[int]) -> np.ndarray:
    """One row of heads q [6, 16] over the named cache rows, in float64."""
    out = np.zeros((6, 16))
    for head in range(6):
        scores = keys[seen, head // 3].astype(np.float64) @ q[head]
        p = np.exp(scores - scores.max())
        out[head] = p / p.sum() @ values[seen, head // 3]
    return out.reshape(-1)


def test_rope_append() -> None:
    rows, table = 3, 40
    qkv = RNG.normal(size=(rows, (6 + 4) * 16)).astype(np.float32)
    angles = RNG.uniform(0, 6, (table, 8))
    cos, sin = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
    positions, kv_rows = np.array([5, 39, 7], np.int32), np.array([11, 0, 63], np.int32)
    k, v = cache_of(np.zeros((64, 2, 16), np.float32), np.zeros((64, 2, 16), np.float32))
    kernel = WasmKernel(attention.rope_append(SHAPE, table))
    heads = qkv.reshape(rows, 10, 2, 8)
    c, s = cos[positions][:, None], sin[positions][:, None]
    turned = np.concatenate(
        [heads[:, :, 0] * c - heads[:, :, 1] * s, heads[:, :, 1] * c + heads[:, :, 0] * s], -1
    )
    keys, values = np.zeros((64, 2, 16), np.float32), np.zeros((64, 2, 16), np.float32)
    keys[kv_rows], values[kv_rows] = turned[:, 6:8], heads.reshape(rows, 10, 16)[:, 8:]
    want_k, want_v = cache_of(keys, values)
    for threads in (1, 3):
        *_, got_k, got_v, q = kernel(
            qkv, cos, sin, positions, kv_rows, k, v, np.zeros((rows, 96), np.float32),
            threads=threads, n=rows, m=3,
        )  # fmt: skip
        np.testing.assert_allclose(q, turned[:, :6].reshape(rows, 96) / 4, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(got_k, want_k, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(got_v, want_v)


@pytest.mark.parametrize("pos", [0, 13])
def test_attend_prefix(pos: int) -> None:
    rows, longest = 8, 64
    keys, values = RNG.normal(size=(2, 64, 2, 16)).astype(np.float32)
    q = RNG.normal(size=(rows, 96)).astype(np.float32)
    kernel = WasmKernel(attention.attend_prefix(SHAPE, longest))
    want = [
        attend(q[r].reshape(6, 16), keys, values, list(range(pos + r + 1))) for r in range(rows)
    ]
    for threads in (1, 3):
        o = kernel(
            q, *cache_of(keys, values), np.zeros((rows, 96), np.float32),
            np.zeros((16, longest), np.float32), threads=threads, n=rows, pos=pos,
        )[3]  # fmt: skip
        np.testing.assert_allclose(o, want, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("sequences", [1, 4])
def test_attend_sequences(sequences: int) -> None:
    plen = 13
    keys, values = RNG.normal(size=(2, 64, 2, 16)).astype(np.float32)
    q = RNG.normal(size=(sequences, 96)).astype(np.float32)
    starts = np.array([16, 24, 40, 48], np.int32)[:sequences]
    kv_rows = np.array([16, 39, 41, 60], np.int32)[:sequences]
    tile = SHAPE.group_tile if sequences == 1 else 4
    k, v = cache_of(keys, values)
    want = [
        attend(q[y].reshape(6, 16), keys, values, [*range(plen), *range(a, b + 1)])
        for y, (a, b) in enumerate(zip(starts, kv_rows, strict=True))
    ]
    sizes = {"n": sequences, "m": sequences, "plen": plen}
    for threads in (1, 3):
        s = WasmKernel(attention.sequence_scores(SHAPE, tile))(
            q, k, starts, kv_rows, np.zeros((sequences, 6 * SHAPE.scores), np.float32),
            threads=threads, **sizes,
        )[-1]  # fmt: skip
        s, _, _, z = WasmKernel(attention.sequence_softmax(SHAPE))(
            s, starts, kv_rows, np.zeros((sequences, 6), np.float32), threads=threads, **sizes
        )
        o = WasmKernel(attention.sequence_values(SHAPE, tile))(
            s, z, v, starts, kv_rows, np.zeros((sequences, 96), np.float32),
            threads=threads, **sizes,
        )[-1]  # fmt: skip
        np.testing.assert_allclose(o, want, rtol=1e-4, atol=1e-5)


def test_best_of_slices() -> None:
    vocabulary = 1000
    logits = RNG.normal(size=(4, vocabulary)).astype(np.float32) * 3
    logits[0, [500, 503]] = 50  # a tie within a slice
    logits[1, [700, 20]] = 50  # a tie between slices
    kernel = WasmKernel(choice.best_of_slices(vocabulary, vocabulary))
    empty = np.zeros((4, choice.SLICES), np.float32)
    results = []
    for threads in (1, 3):
        _, _, value, index, total = kernel(
            np.zeros((2, 4), np.float32), logits, empty, empty.astype(np.int32), empty,
            threads=threads, n=2, m=4, k=4,
        )  # fmt: skip
        results.append((value, index, total))
        for row, best in ((0, 500), (1, 20)):
            first = int(value[row].argmax())
            assert index[row, first] == best
            whole = (total[row] * np.exp(value[row].astype(np.float64) - 50)).sum()
            assert whole == pytest.approx(np.exp(logits[row].astype(np.float64) - 50).sum(), 1e-5)
        assert (value[2:] == 0).all()
    for one, three in zip(*results, strict=True):
        np.testing.assert_array_equal(one, three)


def test_rows_move() -> None:
    x = RNG.normal(size=(5, 8)).astype(np.float32)
    kept = WasmKernel(row_kernels.copy_rows(8))(x[:3], np.zeros((5, 8), np.float32), n=3, m=5)[-1]
    np.testing.assert_array_equal(kept, np.concatenate([x[:3], np.zeros((2, 8))]))
    row = WasmKernel(row_kernels.take_row(8))(x, np.zeros((1, 8), np.float32), row=4, m=5)[-1]
    np.testing.assert_array_equal(row, x[4:])
    positions, kv_rows = WasmKernel(row_kernels.fill_positions())(
        np.zeros(4, np.int32), np.zeros(4, np.int32), n=3, pos=20, m=4
    )
    assert positions.tolist() == kv_rows.tolist() == [20, 21, 22, 0]
