"""Linear layers over quantized weights: one thread per output column, no barriers.

Weights are transposed while loading (`q4.cols`, `q8.cols`: words [K/8 or K/4, N]), so that
neighbouring threads read neighbouring words. A thread keeps TM rows by TN columns of the result
and takes each weight word apart once for all its rows.
"""

from __future__ import annotations

from tvm import tirx
from tvm.script import tirx as T

from .unpack import half, nibble, signed_byte

THREADS = 64


def column_tile(outputs: int) -> int:
    """Columns per thread: the largest of 4 … 1 that the width allows.

    Raises `ValueError` for widths that are no multiple of 64.
    """
    for tile in (4, 3, 2, 1):
        if outputs % (THREADS * tile) == 0:
            return tile
    raise ValueError(f"a WebGPU linear layer needs a multiple of {THREADS} outputs, not {outputs}")


def linear(
    outputs: int,
    inputs: int,
    row_tile: int,
    bits: int,
    scale: str,
    affine: bool,
    accumulate: bool,
    width: int | None = None,
    offset: int = 0,
) -> tirx.PrimFunc:
    """y[:n, offset : offset+N] = x [n, K] · Wᵀ (or y += with `accumulate`).

    `bits` is 4 or 8; `scale` says how scales are held: `float16`, `float32`, or `packed` (two
    float16 in a uint32, for devices without shader-f16); y is `width` columns wide.
    """
    N, K, TM = outputs, inputs, row_tile
    TN = column_tile(N)
    block, per_word, total = THREADS * TN, 32 // bits, width or outputs
    packed, dtype = scale == "packed", "uint32" if scale == "packed" else scale
    scale_columns = N // 2 if packed else N
    four = bits == 4

    @T.prim_func(s_tir=True, private=True)
    def matmul(x_h: T.handle, q_h: T.handle, s_h: T.handle, m_h: T.handle, y_h: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, rows = T.int64(), T.int64()
        x = T.match_buffer(x_h, (n, K), "float32")
        q = T.match_buffer(q_h, (K // per_word, N), "uint32")
        s = T.match_buffer(s_h, (K // 32, scale_columns), dtype)
        m = T.match_buffer(m_h, (K // 32, scale_columns), dtype)
        y = T.match_buffer(y_h, (rows, total), "float32")
        for by in T.thread_binding((n + TM - 1) // TM, thread="blockIdx.y"):
            for bx in T.thread_binding(N // block, thread="blockIdx.x"):
                for tx in T.thread_binding(THREADS, thread="threadIdx.x"):
                    with T.sblock("matmul"):
                        T.reads()
                        T.writes()
                        acc = T.sblock_alloc_buffer((TM * TN,), "float32", scope="local")
                        word = T.sblock_alloc_buffer((TN,), "uint32", scope="local")
                        d = T.sblock_alloc_buffer((TN,), "float32", scope="local")
                        low = T.sblock_alloc_buffer((TN,), "float32", scope="local")
                        w = T.sblock_alloc_buffer((TN,), "float32", scope="local")
                        xv = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        for i in T.unroll(TM * TN):
                            acc[i] = T.float32(0)
                        for g in T.serial(K // 32):
                            for c in T.unroll(TN):
                                column: T.let[T.int32] = bx * block + c * THREADS + tx
                                if packed:
                                    d[c] = half(s[g, column // 2], column % 2)
                                else:
                                    d[c] = T.Cast("float32", s[g, column])
                                if four and not affine:
                                    low[c] = d[c] * T.float32(-7)
                                elif four and packed:
                                    low[c] = half(m[g, column // 2], column % 2)
                                elif four:
                                    low[c] = T.Cast("float32", m[g, column])
                            for j in T.serial(32 // per_word):
                                for c in T.unroll(TN):
                                    word[c] = q[
                                        g * (32 // per_word) + j, bx * block + c * THREADS + tx
                                    ]
                                for e in T.unroll(per_word):
                                    for c in T.unroll(TN):
                                        if four:
                                            w[c] = nibble(word[c], e) * d[c] + low[c]
                                        else:
                                            w[c] = signed_byte(word[c], e) * d[c]
                                    for i in T.unroll(TM):
                                        xv[0] = x[
                                            T.min(by * TM + i, n - 1),
                                            g * 32 + j * per_word + e,
                                        ]
                                        for c in T.unroll(TN):
                                            acc[i * TN + c] = acc[i * TN + c] + xv[0] * w[c]
                        for i in T.unroll(TM):
                            if by * TM + i < n:
                                for c in T.unroll(TN):
                                    if accumulate:
                                        y[by * TM + i, offset + bx * block + c * THREADS + tx] = (
                                            y[
                                                by * TM + i,
                                                offset + bx * block + c * THREADS + tx,
                                            ]
                                            + acc[i * TN + c]
                                        )
                                    else:
                                        y[by * TM + i, offset + bx * block + c * THREADS + tx] = (
                                            acc[i * TN + c]
                                        )

    return matmul
