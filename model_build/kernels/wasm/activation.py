"""Activations as the linear kernels read them: integers in groups of 32, a scale and a sum.

Three sources: a normalised residual stream (RMSNorm), the attention's output as it is, and SwiGLU.
Rounding happens here and nowhere else; int16 leaves 2^-16 of a group's largest value.
"""

from __future__ import annotations

from typing import Literal

from tvm import tirx
from tvm.script import tirx as T

from .linear import activation_words
from .simd import (
    ACTIVATION_GAIN,
    absolute,
    bits_as,
    exp,
    f32x4,
    i32,
    max_lanes,
    nearest_i32,
    pack_pairs_i16,
    splat,
    sum_lanes,
    thread_count,
    thread_id,
)

Source = Literal["norm", "plain", "swiglu"]


def quantize_activation(
    width: int, source: Source, bits: int = 16, gain: float = ACTIVATION_GAIN, eps: float = 1e-5
) -> tirx.PrimFunc:
    """x [n, K] (or [n, 2K] for SwiGLU: gates, then ups) → integers, scale and sum per group.

    norm: x / sqrt(mean x² + eps) · weight; swiglu: silu(x[:K]) · x[K:]. `weight` [1, K] is read by
    norm alone (others pass x again). Scale and sum carry `gain` (see `simd.F16_SHIFT`).
    """
    K, G, words = width, width // 32, activation_words(bits)
    norm, swiglu, b16 = source == "norm", source == "swiglu", bits == 16
    W = 2 * K if swiglu else K
    top = float(2 ** (bits - 1) - 1)

    @T.prim_func(s_tir=True, private=True)
    def quantize(x_h: T.handle, w_h: T.handle, q_h: T.handle, d_h: T.handle, s_h: T.handle):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        n, high, wide = T.int64(), T.int64(), T.int64()
        x = T.match_buffer(x_h, (n, W), "float32")
        weight = T.match_buffer(w_h, (high, wide), "float32")
        q = T.match_buffer(q_h, (n, K * bits // 32), "int32")
        scale = T.match_buffer(d_h, (n, G), "float32")
        total = T.match_buffer(s_h, (n, G), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        rows: T.let[T.int32] = i32(n)
        a = T.alloc_buffer((8,), "float32x4", scope="local")
        t = T.alloc_buffer((3,), "float32x4", scope="local")
        z = T.alloc_buffer((2,), "float32", scope="local")
        for r in T.serial(rows):
            z[0] = T.float32(1)
            if norm:
                t[0] = f32x4(0.0)
                t[1] = f32x4(0.0)
                for k in T.serial(K // 8):
                    for i in T.unroll(2):
                        t[i] = (
                            t[i]
                            + x[r, T.Ramp(k * 8 + i * 4, 1, 4)] * x[r, T.Ramp(k * 8 + i * 4, 1, 4)]
                        )
                z[0] = T.float32(1) / T.sqrt(
                    sum_lanes(t[0] + t[1]) * T.float32(1.0 / K) + T.float32(eps)
                )
            for g in T.serial(tid * G // threads, (tid + 1) * G // threads):
                t[0] = f32x4(0.0)
                t[1] = f32x4(0.0)
                for i in T.unroll(8):
                    a[i] = x[r, T.Ramp(g * 32 + i * 4, 1, 4)]
                    if norm:
                        a[i] = a[i] * splat(z[0]) * weight[0, T.Ramp(g * 32 + i * 4, 1, 4)]
                    if swiglu:
                        t[2] = exp(T.min(f32x4(0.0) - a[i], f32x4(87.0)))
                        a[i] = a[i] * x[r, T.Ramp(K + g * 32 + i * 4, 1, 4)] / (f32x4(1.0) + t[2])
                    t[0] = T.max(t[0], absolute(a[i]))
                    t[1] = t[1] + a[i]
                z[1] = T.max(max_lanes(t[0]), T.float32(1e-20))
                scale[r, g] = z[1] * T.float32(gain / top)
                total[r, g] = sum_lanes(t[1]) * T.float32(gain)
                z[1] = T.float32(top) / z[1]
                for i in T.unroll(4):
                    if b16:
                        q[r, T.Ramp(g * words + i * 4, 1, 4)] = pack_pairs_i16(
                            nearest_i32(a[i * 2] * splat(z[1])),
                            nearest_i32(a[i * 2 + 1] * splat(z[1])),
                        )
                    else:
                        q[r, g * words + i * 2] = bits_as(
                            "int32", T.Cast("int8x4", nearest_i32(a[i * 2] * splat(z[1])))
                        )
                        q[r, g * words + i * 2 + 1] = bits_as(
                            "int32", T.Cast("int8x4", nearest_i32(a[i * 2 + 1] * splat(z[1])))
                        )

    return quantize
