"""Linear layers over quantized weights for WebAssembly SIMD.

Weights stand in tiles of eight output columns (`q4.tile8`, `q8.tile8`), activations as integers in
groups of 32 with a scale and a sum per group (`activation.py`). For one group
    y += (Σ q_w·q_x) · scale_w·scale_x + min_w · Σx,
the inner sum in integers. A tile of R rows by eight columns stays in registers, and the weights of
a tile serve all rows before the next tile is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tvm import tirx
from tvm.script import tirx as T

from ...quantize import Quantization
from .simd import (
    RESULT_GAIN,
    bytes_i16,
    dot_add_i8,
    dot_i16,
    f32x4,
    high_nibbles_i8,
    i32,
    low_nibbles_i8,
    nibbles_i16,
    splat,
    splat_i8,
    splat_i16,
    thread_count,
    thread_id,
    widen_f16,
)

TILE = 8  # output columns of a weight tile: two vectors, so that four rows fit V8's registers
VECTORS = TILE // 4


def word_loop(row_tile: int) -> Callable[..., Any]:
    """The loop over the weight words of a group: unrolled for one row, a real loop for several.

    LLVM computes each sum of an unrolled body to its end before it starts the next, and V8 then
    keeps every unpacked word on the stack; a short body leaves the tile in registers (a quarter
    to a third faster with four rows; with one row nothing spills and the loop only costs).
    """
    return T.unroll if row_tile == 1 else T.serial


def activation_words(bits: int) -> int:
    """32-bit words that hold a group of 32 activations."""
    return 32 * bits // 32


def linear_q4(
    outputs: int,
    inputs: int,
    row_tile: int,
    quantization: Quantization,
    bits: int = 16,
    accumulate: bool = False,
) -> tirx.PrimFunc:
    """y [m, N] = x [n, K] · Wᵀ for the first n ≤ m rows (y += with `accumulate`), W 4-bit.

    `bits` is the width of the activations (16, or 8 for relaxed SIMD); n must be a multiple of
    `row_tile`. For symmetric weights `minimum` is not read.
    """
    N, K, R, V, G = outputs, inputs, row_tile, VECTORS, inputs // 32
    tiles, words, b16 = N // TILE, activation_words(bits), bits == 16
    half = quantization.scale_dtype == "float16"
    scale_dtype = "int16" if half else "float32"
    gain = RESULT_GAIN if half else 1.0
    affine, steps = quantization.affine, word_loop(row_tile)

    @T.prim_func(s_tir=True, private=True)
    def linear(
        x_h: T.handle,
        xd_h: T.handle,
        xs_h: T.handle,
        q_h: T.handle,
        d_h: T.handle,
        m_h: T.handle,
        y_h: T.handle,
    ):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        n, m = T.int64(), T.int64()
        x = T.match_buffer(x_h, (n, K * bits // 32), "int32")
        x_scale = T.match_buffer(xd_h, (n, G), "float32")
        x_sum = T.match_buffer(xs_h, (n, G), "float32")
        q = T.match_buffer(q_h, (tiles, G, 4 * TILE), "int32")
        scale = T.match_buffer(d_h, (tiles, G, TILE), scale_dtype)
        minimum = T.match_buffer(m_h, (tiles, G, TILE), scale_dtype)
        y = T.match_buffer(y_h, (m, N), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        rows: T.let[T.int32] = i32(n)
        dots = T.alloc_buffer((R * V,), "int32x4", scope="local")
        total = T.alloc_buffer((R * V,), "float32x4", scope="local")
        w = T.alloc_buffer((V,), "int32x4", scope="local")
        dw = T.alloc_buffer((V,), "float32x4", scope="local")
        mw = T.alloc_buffer((V,), "float32x4", scope="local")
        for t in T.serial(tid * tiles // threads, (tid + 1) * tiles // threads):
            for rb in T.serial(rows // R):
                for i in T.unroll(R * V):
                    total[i] = f32x4(0.0)
                for g in T.serial(G):
                    for i in T.unroll(R * V):
                        dots[i] = splat(T.int32(0))
                    for j in steps(4):
                        for v in T.unroll(V):
                            w[v] = q[t, g, T.Ramp(j * TILE + v * 4, 1, 4)]
                        for r in T.unroll(R):
                            for v in T.unroll(V):
                                if b16:
                                    dots[r * V + v] = dots[r * V + v] + dot_i16(
                                        splat_i16(x[rb * R + r, g * words + j * 4]),
                                        nibbles_i16(w[v], 0),
                                    )
                                    dots[r * V + v] = dots[r * V + v] + dot_i16(
                                        splat_i16(x[rb * R + r, g * words + j * 4 + 1]),
                                        nibbles_i16(w[v], 1),
                                    )
                                    dots[r * V + v] = dots[r * V + v] + dot_i16(
                                        splat_i16(x[rb * R + r, g * words + j * 4 + 2]),
                                        nibbles_i16(w[v], 2),
                                    )
                                    dots[r * V + v] = dots[r * V + v] + dot_i16(
                                        splat_i16(x[rb * R + r, g * words + j * 4 + 3]),
                                        nibbles_i16(w[v], 3),
                                    )
                                else:
                                    dots[r * V + v] = dot_add_i8(
                                        splat_i8(x[rb * R + r, g * words + j * 2]),
                                        low_nibbles_i8(w[v]),
                                        dots[r * V + v],
                                    )
                                    dots[r * V + v] = dot_add_i8(
                                        splat_i8(x[rb * R + r, g * words + j * 2 + 1]),
                                        high_nibbles_i8(w[v]),
                                        dots[r * V + v],
                                    )
                    for v in T.unroll(V):
                        if half:
                            dw[v] = widen_f16(scale[t, g, T.Ramp(v * 4, 1, 4)])
                        else:
                            dw[v] = scale[t, g, T.Ramp(v * 4, 1, 4)]
                        if not affine:
                            mw[v] = dw[v] * f32x4(-7.0)
                        elif half:
                            mw[v] = widen_f16(minimum[t, g, T.Ramp(v * 4, 1, 4)])
                        else:
                            mw[v] = minimum[t, g, T.Ramp(v * 4, 1, 4)]
                    for r in T.unroll(R):
                        for v in T.unroll(V):
                            total[r * V + v] = (
                                total[r * V + v]
                                + T.Cast("float32x4", dots[r * V + v])
                                * (dw[v] * splat(x_scale[rb * R + r, g]))
                                + mw[v] * splat(x_sum[rb * R + r, g])
                            )
                for r in T.unroll(R):
                    for v in T.unroll(V):
                        if accumulate:
                            y[rb * R + r, T.Ramp(t * TILE + v * 4, 1, 4)] = y[
                                rb * R + r, T.Ramp(t * TILE + v * 4, 1, 4)
                            ] + total[r * V + v] * f32x4(gain)
                        else:
                            y[rb * R + r, T.Ramp(t * TILE + v * 4, 1, 4)] = total[
                                r * V + v
                            ] * f32x4(gain)

    return linear


def linear_q8(outputs: int, inputs: int, row_tile: int) -> tirx.PrimFunc:
    """y [m, N] = x [n, K] · Wᵀ for the first n ≤ m rows, W 8-bit symmetric, int16 activations."""
    N, K, R, V, G = outputs, inputs, row_tile, VECTORS, inputs // 32
    tiles, steps = N // TILE, word_loop(row_tile)

    @T.prim_func(s_tir=True, private=True)
    def linear(x_h: T.handle, xd_h: T.handle, q_h: T.handle, d_h: T.handle, y_h: T.handle):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        n, m = T.int64(), T.int64()
        x = T.match_buffer(x_h, (n, K // 2), "int32")
        x_scale = T.match_buffer(xd_h, (n, G), "float32")
        q = T.match_buffer(q_h, (tiles, G, 8 * TILE), "int32")
        scale = T.match_buffer(d_h, (tiles, G, TILE), "int16")
        y = T.match_buffer(y_h, (m, N), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        rows: T.let[T.int32] = i32(n)
        dots = T.alloc_buffer((R * V,), "int32x4", scope="local")
        total = T.alloc_buffer((R * V,), "float32x4", scope="local")
        w = T.alloc_buffer((V,), "int32x4", scope="local")
        for t in T.serial(tid * tiles // threads, (tid + 1) * tiles // threads):
            for rb in T.serial(rows // R):
                for i in T.unroll(R * V):
                    total[i] = f32x4(0.0)
                for g in T.serial(G):
                    for i in T.unroll(R * V):
                        dots[i] = splat(T.int32(0))
                    for j in steps(8):
                        for v in T.unroll(V):
                            w[v] = q[t, g, T.Ramp(j * TILE + v * 4, 1, 4)]
                        for r in T.unroll(R):
                            for v in T.unroll(V):
                                dots[r * V + v] = dots[r * V + v] + dot_i16(
                                    splat_i16(x[rb * R + r, g * 16 + j // 2 * 4 + j % 2]),
                                    bytes_i16(w[v], False),
                                )
                                dots[r * V + v] = dots[r * V + v] + dot_i16(
                                    splat_i16(x[rb * R + r, g * 16 + j // 2 * 4 + j % 2 + 2]),
                                    bytes_i16(w[v], True),
                                )
                    for r in T.unroll(R):
                        for v in T.unroll(V):
                            total[r * V + v] = total[r * V + v] + T.Cast(
                                "float32x4", dots[r * V + v]
                            ) * (
                                widen_f16(scale[t, g, T.Ramp(v * 4, 1, 4)])
                                * splat(x_scale[rb * R + r, g])
                            )
                for r in T.unroll(R):
                    for v in T.unroll(V):
                        y[rb * R + r, T.Ramp(t * TILE + v * 4, 1, 4)] = total[r * V + v] * f32x4(
                            RESULT_GAIN
                        )

    return linear
