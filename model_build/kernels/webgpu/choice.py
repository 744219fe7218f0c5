"""Greedy choice with its log-probability, on the device, so that only the choices come back."""

from __future__ import annotations

from tvm import tirx
from tvm.script import tirx as T

THREADS = 256


def choose(vocabulary: int) -> tirx.PrimFunc:
    """choice[r] = argmax of logits[r] (lowest index on ties), logprob[r] its log-probability.

    x [n, …] gives the number of rows; a workgroup per row.
    """
    V, TX = vocabulary, THREADS
    steps = -(-V // TX)

    @T.prim_func(s_tir=True, private=True)
    def pick(x_h: T.handle, l_h: T.handle, c_h: T.handle, p_h: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, k, m = T.int64(), T.int64(), T.int64()
        x = T.match_buffer(x_h, (n, k), "float32")  # noqa: F841
        logits = T.match_buffer(l_h, (m, V), "float32")
        choice = T.match_buffer(c_h, (m,), "int32")
        logprob = T.match_buffer(p_h, (m,), "float32")
        for bx in T.thread_binding(n, thread="blockIdx.x"):
            for tx in T.thread_binding(TX, thread="threadIdx.x"):
                with T.sblock("pick"):
                    T.reads()
                    T.writes()
                    values = T.sblock_alloc_buffer((TX,), "float32", scope="shared")
                    indices = T.sblock_alloc_buffer((TX,), "int32", scope="shared")
                    sums = T.sblock_alloc_buffer((TX,), "float32", scope="shared")
                    best = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    at = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    other = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    other_at = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    total = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    best[0] = T.float32(-3e38)
                    at[0] = 0
                    for t in T.serial(steps):
                        if t * TX + tx < V:
                            other[0] = logits[bx, t * TX + tx]
                            if other[0] > best[0]:
                                best[0] = other[0]
                                at[0] = T.Cast("int32", t * TX + tx)
                    values[tx] = best[0]
                    indices[tx] = at[0]
                    T.tvm_storage_sync("shared")
                    for j in T.serial(TX):
                        other[0] = values[j]
                        other_at[0] = indices[j]
                        if other[0] > best[0]:
                            best[0] = other[0]
                            at[0] = other_at[0]
                        else:
                            if other[0] == best[0]:
                                at[0] = T.min(at[0], other_at[0])
                    total[0] = T.float32(0)
                    for t in T.serial(steps):
                        if t * TX + tx < V:
                            total[0] = total[0] + T.exp(logits[bx, t * TX + tx] - best[0])
                    sums[tx] = total[0]
                    T.tvm_storage_sync("shared")
                    if tx == 0:
                        total[0] = T.float32(0)
                        for j in T.serial(TX):
                            total[0] = total[0] + sums[j]
                        choice[bx] = at[0]
                        logprob[bx] = T.float32(0) - T.log(total[0])

    return pick
