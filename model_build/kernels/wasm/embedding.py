"""Token embedding for WebAssembly, from tables in the tiles that the output head reads."""

from __future__ import annotations

from tvm import tirx
from tvm.script import tirx as T

from ...quantize import Quantization
from .linear import TILE
from .simd import i32, thread_count, thread_id, widen_f16_scalar


def embed_q8(vocabulary: int, width: int) -> tirx.PrimFunc:
    """x [n, K] = table[tokens[:n]], table 8-bit in `q8.tile8`."""
    K, G, tiles = width, width // 32, vocabulary // TILE

    @T.prim_func(s_tir=True, private=True)
    def embed(t_h: T.handle, q_h: T.handle, d_h: T.handle, x_h: T.handle):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        n, m = T.int64(), T.int64()
        tokens = T.match_buffer(t_h, (m,), "int32")
        q = T.match_buffer(q_h, (tiles, G, 8 * TILE), "int32")
        scale = T.match_buffer(d_h, (tiles, G, TILE), "int16")
        x = T.match_buffer(x_h, (n, K), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        rows: T.let[T.int32] = i32(n)
        for r in T.serial(tid * rows // threads, (tid + 1) * rows // threads):
            tile: T.let[T.int32] = tokens[r] // TILE
            column: T.let[T.int32] = tokens[r] % TILE
            for g in T.serial(G):
                d: T.let[T.float32] = widen_f16_scalar(scale[tile, g, column])
                for j in T.serial(8):
                    word: T.let[T.int32] = q[tile, g, j * TILE + column]
                    for b in T.unroll(4):
                        x[r, g * 32 + j * 4 + b] = (
                            T.Cast(
                                "float32",
                                T.shift_right(T.shift_left(word, 24 - 8 * b), T.int32(24)),
                            )
                            * d
                        )

    return embed


def embed_q4(vocabulary: int, width: int, quantization: Quantization) -> tirx.PrimFunc:
    """x [n, K] = table[tokens[:n]], table 4-bit symmetric in `q4.tile8` (MLC's formats)."""
    K, G, tiles = width, width // 32, vocabulary // TILE
    half = quantization.scale_dtype == "float16"

    @T.prim_func(s_tir=True, private=True)
    def embed(t_h: T.handle, q_h: T.handle, d_h: T.handle, x_h: T.handle):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        n, m = T.int64(), T.int64()
        tokens = T.match_buffer(t_h, (m,), "int32")
        q = T.match_buffer(q_h, (tiles, G, 4 * TILE), "int32")
        scale = T.match_buffer(d_h, (tiles, G, TILE), "int16" if half else "float32")
        x = T.match_buffer(x_h, (n, K), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        rows: T.let[T.int32] = i32(n)
        d = T.alloc_buffer((1,), "float32", scope="local")
        for r in T.serial(tid * rows // threads, (tid + 1) * rows // threads):
            tile: T.let[T.int32] = tokens[r] // TILE
            column: T.let[T.int32] = tokens[r] % TILE
            for g in T.serial(G):
                if half:
                    d[0] = widen_f16_scalar(scale[tile, g, column])
                else:
                    d[0] = scale[tile, g, column]
                for j in T.serial(4):
                    word: T.let[T.int32] = q[tile, g, j * TILE + column]
                    for b in T.unroll(4):
                        for h in T.unroll(2):  # low nibble: element b, high nibble: element 4 + b
                            x[r, g * 32 + j * 8 + h * 4 + b] = (
                                T.Cast(
                                    "float32",
                                    T.bitwise_and(T.shift_right(word, 8 * b + 4 * h), T.int32(15))
                                    - 7,
                                )
                                * d[0]
                            )

    return embed
