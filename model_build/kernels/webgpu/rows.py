"""Rows of the residual stream and of the position tables, moved on the device."""

from __future__ import annotations

from tvm import tirx
from tvm.script import tirx as T

THREADS = 64


def copy_rows(width: int) -> tirx.PrimFunc:
    """y[:n] = x [n, K]; y may have more rows (the residual stream kept for the head)."""
    K = width

    @T.prim_func(s_tir=True, private=True)
    def copy(x_h: T.handle, y_h: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, m = T.int64(), T.int64()
        x = T.match_buffer(x_h, (n, K), "float32")
        y = T.match_buffer(y_h, (m, K), "float32")
        for by in T.thread_binding(n, thread="blockIdx.y"):
            for bx in T.thread_binding((K + THREADS - 1) // THREADS, thread="blockIdx.x"):
                for tx in T.thread_binding(THREADS, thread="threadIdx.x"):
                    with T.sblock("copy"):
                        T.reads()
                        T.writes()
                        if bx * THREADS + tx < K:
                            y[by, bx * THREADS + tx] = x[by, bx * THREADS + tx]

    return copy


def take_row(width: int) -> tirx.PrimFunc:
    """y [1, K] = x[row]."""
    K = width

    @T.prim_func(s_tir=True, private=True)
    def take(x_h: T.handle, row: T.int64, y_h: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        m = T.int64()
        x = T.match_buffer(x_h, (m, K), "float32")
        y = T.match_buffer(y_h, (1, K), "float32")
        for bx in T.thread_binding((K + THREADS - 1) // THREADS, thread="blockIdx.x"):
            for tx in T.thread_binding(THREADS, thread="threadIdx.x"):
                with T.sblock("take"):
                    T.reads()
                    T.writes()
                    if bx * THREADS + tx < K:
                        y[0, bx * THREADS + tx] = x[row, bx * THREADS + tx]

    return take


def fill_positions() -> tirx.PrimFunc:
    """positions[i] = kv_rows[i] = pos + i for the n rows of a prefill chunk."""

    @T.prim_func(s_tir=True, private=True)
    def fill(p_h: T.handle, r_h: T.handle, n: T.int64, pos: T.int64):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        m = T.int64()
        positions = T.match_buffer(p_h, (m,), "int32")
        kv_rows = T.match_buffer(r_h, (m,), "int32")
        for bx in T.thread_binding((n + THREADS - 1) // THREADS, thread="blockIdx.x"):
            for tx in T.thread_binding(THREADS, thread="threadIdx.x"):
                with T.sblock("fill"):
                    T.reads()
                    T.writes()
                    if bx * THREADS + tx < n:
                        positions[bx * THREADS + tx] = T.Cast("int32", pos + bx * THREADS + tx)
                        kv_rows[bx * THREADS + tx] = T.Cast("int32", pos + bx * THREADS + tx)

    return fill
