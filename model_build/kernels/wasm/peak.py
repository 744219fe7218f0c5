"""What this machine's WebAssembly can do at best, for the benchmark to set the kernels beside.

`peak_int16` runs the linear kernels' instruction (dot, then add) on registers alone;
`read_memory` adds up a stretch of memory.
"""

from __future__ import annotations

from tvm import tirx
from tvm.ir import IRModule
from tvm.script import tirx as T

from ...codegen_wasm import compile_wasm
from .simd import bits_as, dot_i16, splat, thread_count, thread_id

SUMS = 5  # independent sums; with as many factors and two more vectors they fill the registers
DOTS_PER_ROUND = 2 * SUMS


def peak_int16() -> tirx.PrimFunc:
    """`n` rounds of `DOTS_PER_ROUND` dot-and-add on registers; the sums go to `out`."""

    @T.prim_func(s_tir=True, private=True)
    def peak(o_h: T.handle, n: T.int64, c: T.int64, e: T.int64):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        out = T.match_buffer(o_h, (SUMS * 8,), "int32")
        tid: T.let[T.int32] = thread_id()  # noqa: F841
        threads: T.let[T.int32] = thread_count()  # noqa: F841
        total = T.alloc_buffer((SUMS,), "int32x4", scope="local")
        factor = T.alloc_buffer((SUMS,), "int32x4", scope="local")
        v = T.alloc_buffer((2,), "int32x4", scope="local")
        for i in T.unroll(SUMS):
            total[i] = out[T.Ramp(i * 4, 1, 4)]
            factor[i] = out[T.Ramp((SUMS + i) * 4, 1, 4)]
        for k in T.serial(T.Cast("int32", n)):
            v[0] = splat(T.Cast("int32", c) + k)
            v[1] = splat(T.Cast("int32", e) - k)
            for i in T.unroll(SUMS):
                for j in T.unroll(2):
                    total[i] = total[i] + dot_i16(
                        bits_as("int16x8", v[j]), bits_as("int16x8", factor[i])
                    )
        for i in T.unroll(SUMS):
            out[T.Ramp(i * 4, 1, 4)] = total[i]

    return peak


def read_memory() -> tirx.PrimFunc:
    """Sum of `n` int32 words of x, this thread's share; it goes to `out`."""

    @T.prim_func(s_tir=True, private=True)
    def read(x_h: T.handle, o_h: T.handle, n: T.int64):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        x = T.match_buffer(x_h, (1 << 28,), "int32")
        out = T.match_buffer(o_h, (64,), "int32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        lines: T.let[T.int32] = T.Cast("int32", n) // 16
        a = T.alloc_buffer((4,), "int32x4", scope="local")
        for i in T.unroll(4):
            a[i] = splat(T.int32(0))
        for line in T.serial(tid * lines // threads, (tid + 1) * lines // threads):
            for i in T.unroll(4):
                a[i] = a[i] + x[T.Ramp(line * 16 + i * 4, 1, 4)]
        out[T.Ramp(tid * 4, 1, 4)] = a[0] + a[1] + a[2] + a[3]

    return read


def peak_module() -> bytes:
    """Both kernels as one WebAssembly module over unshared memory.

    Entry points: peak_int16(out, n, c, e, …), read_memory(x, out, n, …), then thread and threads.
    """
    kernels = {"peak_int16": peak_int16(), "read_memory": read_memory()}
    return compile_wasm(IRModule(kernels)).single
