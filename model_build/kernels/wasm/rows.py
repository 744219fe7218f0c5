"""Rows of the residual stream and of the position tables, moved by WebAssembly threads."""

from __future__ import annotations

from tvm import tirx
from tvm.script import tirx as T

from .simd import i32, thread_count, thread_id


def copy_rows(width: int) -> tirx.PrimFunc:
    """y[:n] = x [n, K]; y may have more rows (the residual stream kept for the head)."""
    K = width

    @T.prim_func(s_tir=True, private=True)
    def copy(x_h: T.handle, y_h: T.handle):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        n, m = T.int64(), T.int64()
        x = T.match_buffer(x_h, (n, K), "float32")
        y = T.match_buffer(y_h, (m, K), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        rows: T.let[T.int32] = i32(n)
        for r in T.serial(tid * rows // threads, (tid + 1) * rows // threads):
            for k in T.serial(K // 4):
                y[r, T.Ramp(k * 4, 1, 4)] = x[r, T.Ramp(k * 4, 1, 4)]

    return copy


def take_row(width: int) -> tirx.PrimFunc:
    """y [1, K] = x[row]."""
    K = width

    @T.prim_func(s_tir=True, private=True)
    def take(x_h: T.handle, row: T.int64, y_h: T.handle):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        m = T.int64()
        x = T.match_buffer(x_h, (m, K), "float32")
        y = T.match_buffer(y_h, (1, K), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        for k in T.serial(tid * (K // 4) // threads, (tid + 1) * (K // 4) // threads):
            y[0, T.Ramp(k * 4, 1, 4)] = x[i32(row), T.Ramp(k * 4, 1, 4)]

    return take


def fill_positions() -> tirx.PrimFunc:
    """positions[i] = kv_rows[i] = pos + i for the n rows of a prefill chunk."""

    @T.prim_func(s_tir=True, private=True)
    def fill(p_h: T.handle, r_h: T.handle, n: T.int64, pos: T.int64):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        m = T.int64()
        positions = T.match_buffer(p_h, (m,), "int32")
        kv_rows = T.match_buffer(r_h, (m,), "int32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        rows: T.let[T.int32] = i32(n)
        for r in T.serial(tid * rows // threads, (tid + 1) * rows // threads):
            positions[r] = i32(pos) + r
            kv_rows[r] = i32(pos) + r

    return fill
