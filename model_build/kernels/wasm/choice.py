"""Greedy choice with its log-probability, in parts that do not depend on the thread count.

The vocabulary is cut into 64 fixed slices. Each yields its largest logit, the lowest index that
has it, and the sum of exp(x - largest); the host joins the slices in order.
"""

from __future__ import annotations

from tvm import tirx
from tvm.script import tirx as T

from .simd import exp, f32x4, i32, max_lanes, splat, sum_lanes, thread_count, thread_id

SLICES = 64


def best_of_slices(vocabulary: int, columns: int) -> tirx.PrimFunc:
    """logits [m, columns] → largest, index and exp-sum [m, 64] for the first n rows of x [n, …].

    Only the first `vocabulary` columns count; both are multiples of eight. `x` gives the row count.
    """
    width = -(-vocabulary // (8 * SLICES)) * 8

    @T.prim_func(s_tir=True, private=True)
    def best(x_h: T.handle, l_h: T.handle, v_h: T.handle, i_h: T.handle, e_h: T.handle):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        n, m, k = T.int64(), T.int64(), T.int64()
        x = T.match_buffer(x_h, (n, k), "float32")  # noqa: F841
        logits = T.match_buffer(l_h, (m, columns), "float32")
        value = T.match_buffer(v_h, (m, SLICES), "float32")
        index = T.match_buffer(i_h, (m, SLICES), "int32")
        exp_sum = T.match_buffer(e_h, (m, SLICES), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        rows: T.let[T.int32] = i32(n)
        t = T.alloc_buffer((2,), "float32x4", scope="local")
        z = T.alloc_buffer((1,), "float32", scope="local")
        at = T.alloc_buffer((1,), "int32", scope="local")
        for r in T.serial(rows):
            for s in T.serial(tid * SLICES // threads, (tid + 1) * SLICES // threads):
                first: T.let[T.int32] = T.min(s * width, vocabulary)
                length: T.let[T.int32] = T.min((s + 1) * width, vocabulary) - first
                for u in T.unroll(2):
                    t[u] = f32x4(-3e38)
                for c in T.serial(length // 8):
                    for u in T.unroll(2):
                        t[u] = T.max(t[u], logits[r, T.Ramp(first + c * 8 + u * 4, 1, 4)])
                z[0] = max_lanes(T.max(t[0], t[1]))
                for u in T.unroll(2):
                    t[u] = f32x4(0.0)
                for c in T.serial(length // 8):
                    for u in T.unroll(2):
                        t[u] = t[u] + exp(
                            logits[r, T.Ramp(first + c * 8 + u * 4, 1, 4)] - splat(z[0])
                        )
                at[0] = 0
                for c in T.serial(length):  # from the end, so that the lowest index stays
                    if logits[r, first + length - 1 - c] == z[0]:
                        at[0] = first + length - 1 - c
                value[r, s] = z[0]
                index[r, s] = at[0]
                exp_sum[r, s] = sum_lanes(t[0] + t[1])

    return best
